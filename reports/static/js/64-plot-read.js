// Why there is no picture, and where the numbers are: the page keeps to a size, and results.json has every curve.
function unpictured(cells, view) {
  if (view === "close") return "No close view was recorded for this choice.";
  const elsewhere = "the numbers are in the tables below, and where the input is one number results.json has the curve.";
  if (cells.some((cell) => SUBJECTS.get(cell.subject).asked)) return `No picture is drawn of further subjects: ${elsewhere}`;
  if (cells.some((cell) => UNDRAWN.has(cell.subject))) return `This page has no room for this curve: ${elsewhere}`;
  return "No curve was recorded for this choice.";
}

// The picture with its keys and its reading, and the choice between the ordinary inputs and the whole line.
function picture(cells, dtype, what, view, mark) {
  const series = seriesOf(cells, view);
  if (!series.length) return el("p", { class: "caption" }, unpictured(cells, view));
  const frame = plotFrame(series, dtype, view);
  const lines = series.map((each, at) => drawSeries(frame, each, at, series.length));
  const cursor = svg("line", { class: "cursor", y1: frame.top, y2: frame.top + HIGH, visibility: "hidden" });
  const readout = el("p", { class: "readout", "aria-live": "polite" }, "Point at the picture, or focus it and use the arrow keys, to read values.");
  let bin = Math.round((frame.first + frame.last) / 2);
  const show = (next) => {
    bin = Math.max(frame.first, Math.min(frame.last, next));
    const x = frame.x((bin + 0.5) / frame.bins);
    for (const [name, value] of [["visibility", "visible"], ["x1", x], ["x2", x]]) cursor.setAttribute(name, value);
    const told = series.filter((each) => each.shown).flatMap((each) => {
      const bits = each.bits[bin], bad = each.bad[bin];
      const said = bits === null && !bad ? "no point" : [bits === null ? "" : `${bits} bits`, bad ? "unusable" : ""].filter(Boolean).join(", some ");
      return [" · ", each.names.join(", "), " ", el("b", {}, said)];
    });
    const band = frame.condition ? conditionAt(frame.condition, bin) : null;
    const end = (place) => el("b", {}, frame.axis.label(place) || inputText(place, dtype));
    readout.replaceChildren("Inputs from ", end(bin / frame.bins), " to ", end((bin + 1) / frame.bins), ...told,
      band === null ? "" : ` · conditioning ${band} bits`);
  };
  const drawn = svg("svg", { viewBox: `0 0 ${WIDTH} ${frame.height}`, role: "img", tabindex: "0",
    "aria-label": `Bits lost against input for ${what}; arrow keys read the values`,
    onkeydown: (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1, PageUp: -16, PageDown: 16, Home: -frame.bins, End: frame.bins }[event.key];
      if (step) { event.preventDefault(); show(bin + step); }
    },
    onpointermove: (event) => {
      const box = drawn.getBoundingClientRect();
      const place = frame.from + (((event.clientX - box.left) / box.width) * WIDTH - LEFT) / frame.inner * (frame.to - frame.from);
      show(Math.floor(place * frame.bins));
    } }, axes(frame), envelope(frame), lines, markNode(frame, mark), cursor);
  return [keysNode(series, lines, frame), el("div", { class: "picture", tabindex: "-1" }, drawn), readout];
}

const inputText = (place, dtype) => { const v = valueAt(place, dtype); return v === 0 ? "0" : v.toPrecision(3).replace("e+", "e").replace(/-/g, "−"); };

// The example's input, as a line across the picture.
function markNode(frame, mark) {
  if (mark === undefined || !Number.isFinite(mark)) return null;
  const place = frame.axis.place(mark);
  if (!(place >= frame.from && place <= frame.to)) return null;
  const x = frame.x(place);
  return svg("g", { class: "example" }, svg("line", { x1: x, x2: x, y1: frame.top, y2: frame.top + HIGH }),
    svg("text", { x: x + (place > 0.8 ? -4 : 4), y: frame.top + 12, "text-anchor": place > 0.8 ? "end" : "start" }, "the example"));
}

function keysNode(series, lines, frame) {
  return el("fieldset", { class: "keys" }, el("legend", { class: "sr-only" }, "Lines shown"), series.map((each, at) => {
    const box = el("input", { type: "checkbox", checked: true, onchange: () => {
      each.shown = box.checked;
      lines[at].setAttribute("class", `s${each.style}${box.checked ? "" : " faint"}`);
    } });
    return el("label", { class: `s${each.style}` }, box, svg("svg", { viewBox: "0 0 34 12", "aria-hidden": "true" },
      svg("path", { d: "M1,6H33", "stroke-dasharray": each.dash }), svg("path", { d: MARKS[each.style], transform: "translate(17 6)" })),
      el("span", {}, each.names.join(", ")));
  }), frame.condition ? el("label", {}, svg("svg", { viewBox: "0 0 34 12", class: "plot", "aria-hidden": "true" }, svg("rect", { class: "envelope", width: 34, height: 12 })),
    el("span", {}, "conditioning: unavoidable if the input were rounded")) : null);
}

// Opens on the ordinary inputs where a close view was recorded and the example, if there is one, lies in it.
function plot(cells, dtype, what, mark) {
  const close = cells.map(curveOf).find((curve) => curve?.axis);
  if (!close) return el("div", { class: "plot" }, picture(cells, dtype, what, "line", mark));
  const axis = closeAxis(close.axis);
  const place = mark === undefined ? 0.5 : axis.place(mark);
  let view = mark !== undefined && Number.isFinite(mark) && (place === 0 || place === 1) && ![close.axis.low.anchor, close.axis.high.anchor].includes(mark) ? "line" : "close";
  const box = el("div", {});
  const button = el("button", { type: "button", onclick: () => { view = view === "close" ? "line" : "close"; draw(); } });
  const draw = () => {
    refill(box, picture(cells, dtype, what, view, mark));
    button.textContent = view === "close" ? "Show the whole line" : "Show the ordinary inputs";
  };
  draw();
  return el("div", { class: "plot" }, el("p", { class: "plot-choice" }, button), box);
}
