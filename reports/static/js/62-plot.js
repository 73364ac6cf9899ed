// Error against input for every framework in one picture: ordinal axis, conditioning envelope, unusable inputs above,
// safe ranges below. A colour and a marker per framework, a dash per mode, so that neither needs the other.
const DASHES = [null, "7 3", "2 3", "9 3 2 3"];
const MARKS = ["M-3,0a3,3 0 1 0 6,0a3,3 0 1 0 -6,0z", "M-2.7,-2.7h5.4v5.4h-5.4z", "M0,-3.4L3.2,2.6H-3.2z", "M0,-3.6L3.6,0L0,3.6L-3.6,0z",
  "M0,3.4L3.2,-2.6H-3.2z", "M-3,-1h2v-2h2v2h2v2h-2v2h-2v-2h-2z", "M-3.4,-1.6h6.8v3.2h-6.8z", "M-1.6,-3.4h3.2v6.8h-3.2z"];
const BRIDGE = 6; // empty stretches that a faint line may cross
const WIDTH = 1080, LEFT = 60, RIGHT = 14, HIGH = 250, LANE = 8;

// Series with the very same curve are one series with several names.
function seriesOf(cells) {
  const found = new Map();
  for (const cell of cells) {
    if (cell.curve === null || cell.curve === undefined) continue;
    const framework = DATA.frameworks.findIndex((row) => row.name === cell.framework);
    const key = JSON.stringify([cell.curve, cell.safe_range]);
    const mode = COLUMNS.filter((column) => column.framework === cell.framework)
      .findIndex((column) => column.mode === cell.mode && column.device === cell.device);
    const name = `${cell.framework} ${cell.mode}${SEVERAL_DEVICES ? ` on ${cell.device}` : ""}`;
    if (found.has(key)) found.get(key).names.push(name);
    else found.set(key, { names: [name], style: framework % 8, dash: DASHES[mode % 4], cell, curve: text(cell.curve), shown: true });
  }
  return [...found.values()];
}
const bitsAt = (curve, bin) => { const code = curve.charCodeAt(bin); return code === 32 ? null : code === 126 ? NaN : code - 48; };
// 64 stands for a condition number that is infinite or unknown: such a stretch gets no band, rather than a full excuse.
const conditionAt = (curve, bin) => { const bits = bitsAt(curve, bin); return bits >= 64 || Number.isNaN(bits) ? null : bits; };

function plotFrame(series, condition, dtype) {
  const bins = series[0].curve.length;
  let first = bins, last = -1;
  for (const { curve } of series) {
    for (let bin = 0; bin < bins; bin += 1) if (curve[bin] !== " ") { first = Math.min(first, bin); last = Math.max(last, bin); }
  }
  if (last < 0) { first = 0; last = bins - 1; }
  first = Math.max(0, first - 2); last = Math.min(bins - 1, last + 2);
  const from = first / bins, to = (last + 1) / bins, inner = WIDTH - LEFT - RIGHT;
  const unusable = series.some(({ curve }) => curve.includes("~"));
  const top = unusable ? 14 + LANE * series.length : 8;
  return { bins, first, last, from, to, top, unusable, inner, precision: precisionOf(dtype), dtype, condition,
    x: (place) => LEFT + ((place - from) / (to - from)) * inner,
    y: (bits) => top + HIGH * (1 - bits / precisionOf(dtype)),
    under: top + HIGH + 30, height: top + HIGH + 34 + LANE * series.length + 6 };
}

function axes(frame) {
  const step = frame.precision > 30 ? 10 : frame.precision > 12 ? 4 : 2;
  const nodes = [];
  for (let bits = 0; bits <= frame.precision; bits += step) {
    nodes.push(svg("line", { class: "grid", x1: LEFT, x2: WIDTH - RIGHT, y1: frame.y(bits), y2: frame.y(bits) }),
      svg("text", { x: LEFT - 7, y: frame.y(bits) + 4, "text-anchor": "end" }, String(bits)));
  }
  for (const tick of decadeTicks(frame.from, frame.to, frame.dtype, frame.inner)) {
    const x = frame.x(tick.place), bottom = frame.top + HIGH;
    if (tick.text) nodes.push(svg("line", { class: tick.text === "0" ? "grid zero" : "grid", x1: x, x2: x, y1: frame.top, y2: bottom }),
      svg("text", { x, y: bottom + 18, "text-anchor": "middle" }, tick.text));
    nodes.push(svg("line", { class: "frame", x1: x, x2: x, y1: bottom, y2: bottom + (tick.text ? 6 : 3) }));
  }
  nodes.push(svg("rect", { class: "frame", x: LEFT, y: frame.top, width: frame.inner, height: HIGH }),
    svg("text", { x: 13, y: frame.top + HIGH / 2, transform: `rotate(-90 13 ${frame.top + HIGH / 2})`, "text-anchor": "middle" }, "bits lost"),
    frame.unusable ? svg("text", { x: LEFT - 7, y: 16, "text-anchor": "end" }, "unusable") : "",
    svg("text", { x: LEFT - 7, y: frame.under + 11, "text-anchor": "end" }, "safe"));
  return nodes;
}

function envelope(frame) {
  if (!frame.condition) return null;
  let path = "", open = false;
  for (let bin = frame.first; bin <= frame.last; bin += 1) {
    const bits = conditionAt(frame.condition, bin);
    const [left, right] = [frame.x(bin / frame.bins), frame.x((bin + 1) / frame.bins)];
    if (bits === null) { if (open) path += `V${frame.y(0)}Z`; open = false; continue; }
    const y = frame.y(Math.min(bits, frame.precision)).toFixed(1);
    path += open ? `V${y}H${right.toFixed(1)}` : `M${left.toFixed(1)},${frame.y(0)}V${y}H${right.toFixed(1)}`;
    open = true;
  }
  return svg("path", { class: "envelope", d: path + (open ? `V${frame.y(0)}Z` : "") });
}

function drawSeries(frame, each, at, count) {
  let path = "", bridges = "", bad = "", open = false, last = null;
  const marks = [];
  for (let bin = frame.first; bin <= frame.last; bin += 1) {
    const bits = bitsAt(each.curve, bin), x = frame.x((bin + 0.5) / frame.bins);
    if (Number.isNaN(bits)) {
      const [left, right] = [frame.x(bin / frame.bins), frame.x((bin + 1) / frame.bins)];
      bad += `M${left.toFixed(1)},${8 + LANE * at}H${right.toFixed(1)}V${8 + LANE * at + LANE - 2}H${left.toFixed(1)}Z`;
    }
    if (bits === null || Number.isNaN(bits)) { open = false; if (bits !== null) last = null; continue; }
    const y = frame.y(Math.min(bits, frame.precision));
    if (!open && last && bin - last.bin <= BRIDGE) bridges += `M${last.x.toFixed(1)},${last.y.toFixed(1)}L${x.toFixed(1)},${y.toFixed(1)}`;
    last = { bin, x, y };
    const alone = !open && !(bitsAt(each.curve, bin + 1) >= 0);
    path += `${open ? "L" : "M"}${x.toFixed(1)},${y.toFixed(1)}`;
    open = true;
    const every = Math.max(12, Math.round((frame.last - frame.first) / 9));
    if (alone || (bin + Math.round((at * every) / count)) % every === 0) marks.push(
      svg("path", { class: each.dash ? "mark hollow" : "mark", d: MARKS[each.style], transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})` }));
  }
  const safe = each.cell.safe_range, lane = frame.under + 4 + LANE * at;
  const low = safe && num(safe.low), high = safe && num(safe.high);
  const bar = low === null || high === null || Number.isNaN(low) || Number.isNaN(high) ? null
    : svg("path", { class: "safe", "stroke-width": 3, "stroke-dasharray": each.dash,
      d: `M${Math.max(LEFT, frame.x(placeOf(low, frame.dtype))).toFixed(1)},${lane + 3}H${Math.min(WIDTH - RIGHT, frame.x(placeOf(high, frame.dtype))).toFixed(1)}` });
  return svg("g", { class: `s${each.style}` }, svg("path", { class: "bad", d: bad }),
    svg("path", { class: "line bridge", d: bridges }),
    svg("path", { class: "line", d: path, "stroke-dasharray": each.dash }), marks, bar);
}

const inputText = (place, dtype) => { const v = valueAt(place, dtype); return v === 0 ? "0" : v.toPrecision(3).replace("e+", "e").replace("-", "−"); };

function plot(cells, dtype, what) {
  const series = seriesOf(cells);
  if (!series.length) return el("p", { class: "caption" }, "No curve was recorded for this choice.");
  const condition = text(cells.find((cell) => cell.condition !== null && cell.condition !== undefined)?.condition);
  const frame = plotFrame(series, condition, dtype);
  const lines = series.map((each, at) => drawSeries(frame, each, at, series.length));
  const cursor = svg("line", { class: "cursor", y1: frame.top, y2: frame.top + HIGH, visibility: "hidden" });
  const readout = el("p", { class: "readout", "aria-live": "polite" }, "Point at the picture, or focus it and use the arrow keys, to read values.");
  let bin = Math.round((frame.first + frame.last) / 2);
  const show = (next) => {
    bin = Math.max(frame.first, Math.min(frame.last, next));
    const x = frame.x((bin + 0.5) / frame.bins);
    cursor.setAttribute("visibility", "visible");
    cursor.setAttribute("x1", x); cursor.setAttribute("x2", x);
    const told = series.filter((each) => each.shown).flatMap((each) => {
      const bits = bitsAt(each.curve, bin);
      return [" · ", each.names.join(", "), " ", el("b", {}, bits === null ? "no point" : Number.isNaN(bits) ? "unusable" : `${bits} bits`)];
    });
    const band = condition ? conditionAt(condition, bin) : null;
    readout.replaceChildren("Inputs from ", el("b", {}, inputText(bin / frame.bins, dtype)), " to ", el("b", {}, inputText((bin + 1) / frame.bins, dtype)),
      ...told, band === null ? "" : ` · conditioning ${band} bits`);
  };
  const picture = svg("svg", { viewBox: `0 0 ${WIDTH} ${frame.height}`, role: "img", tabindex: "0",
    "aria-label": `Bits lost against input for ${what}; arrow keys read the values`,
    onkeydown: (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1, PageUp: -16, PageDown: 16, Home: -frame.bins, End: frame.bins }[event.key];
      if (step) { event.preventDefault(); show(bin + step); }
    },
    onpointermove: (event) => {
      const box = picture.getBoundingClientRect();
      const place = frame.from + (((event.clientX - box.left) / box.width) * WIDTH - LEFT) / frame.inner * (frame.to - frame.from);
      show(Math.floor(place * frame.bins));
    } }, axes(frame), envelope(frame), lines, cursor);
  const keys = el("fieldset", { class: "keys" }, el("legend", { class: "sr-only" }, "Lines shown"), series.map((each, at) => {
    const box = el("input", { type: "checkbox", checked: true, onchange: () => {
      each.shown = box.checked;
      lines[at].setAttribute("class", `s${each.style}${box.checked ? "" : " faint"}`);
    } });
    return el("label", { class: `s${each.style}` }, box, svg("svg", { viewBox: "0 0 34 12", "aria-hidden": "true" },
      svg("path", { d: "M1,6H33", "stroke-dasharray": each.dash }), svg("path", { d: MARKS[each.style], transform: "translate(17 6)" })),
      el("span", {}, each.names.join(", ")));
  }), condition ? el("label", {}, svg("svg", { viewBox: "0 0 34 12", class: "plot", "aria-hidden": "true" }, svg("rect", { class: "envelope", width: 34, height: 12 })),
    el("span", {}, "conditioning: unavoidable if the input were rounded")) : null);
  return el("div", { class: "plot" }, keys, el("div", { class: "picture" }, picture), readout);
}
