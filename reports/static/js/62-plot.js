// Error against input for every framework in one picture: ordinal axis, conditioning envelope, unusable inputs above,
// safe ranges below. A colour and a marker per framework, a dash per mode, so that neither needs the other.
const DASHES = [null, "7 3", "2 3", "9 3 2 3"];
const MARKS = ["M-3,0a3,3 0 1 0 6,0a3,3 0 1 0 -6,0z", "M-2.7,-2.7h5.4v5.4h-5.4z", "M0,-3.4L3.2,2.6H-3.2z", "M0,-3.6L3.6,0L0,3.6L-3.6,0z",
  "M0,3.4L3.2,-2.6H-3.2z", "M-3,-1h2v-2h2v2h2v2h-2v2h-2v-2h-2z", "M-3.4,-1.6h6.8v3.2h-6.8z", "M-1.6,-3.4h3.2v6.8h-3.2z"];
const BRIDGE = 6; // empty stretches that a faint line may cross
const WIDTH = 1080, LEFT = 60, RIGHT = 14, HIGH = 250, LANE = 8;

// Series with the very same curve are one series with several names. Each has, per bin, the worst finite bits or null,
// and whether something in it was unusable.
function seriesOf(cells, view) {
  const found = new Map();
  for (const cell of cells) {
    const curve = curveOf(cell);
    if (!curve || (view === "close" ? !curve.axis : curve.bits === null)) continue;
    const framework = DATA.frameworks.findIndex((row) => row.name === cell.framework);
    const key = JSON.stringify([curve, cell.safe_range, cell.framework]);
    const mode = COLUMNS.filter((column) => column.framework === cell.framework)
      .findIndex((column) => column.mode === cell.mode && column.device === cell.device);
    if (found.has(key)) { found.get(key).names.push(nameOf(cell)); continue; }
    const drawn = view === "close" ? curve.close : curve.bits;
    found.set(key, { names: [nameOf(cell)], style: framework % 8, dash: DASHES[mode % 4], cell, shown: true, axis: curve.axis,
      condition: view === "close" ? null : curve.condition,
      bits: [...drawn].map((_, bin) => finiteBits(drawn, bin)),
      bad: [...drawn].map((_, bin) => (view === "close" ? curve.unusable[bin] !== " " : drawn[bin] === "~")) });
  }
  return [...found.values()];
}
const finiteBits = (curve, bin) => { const code = curve.charCodeAt(bin); return code === 32 || code === 126 ? null : code - 48; };
// 64 stands for a condition number that is infinite or unknown: such a stretch gets no band, rather than a full excuse.
const conditionAt = (curve, bin) => { const bits = finiteBits(curve, bin); return bits === null || bits >= 64 ? null : bits; };

function plotFrame(series, dtype, view) {
  const bins = series[0].bits.length;
  const used = [...Array(bins).keys()].filter((bin) => series.some(({ bits, bad }) => bits[bin] !== null || bad[bin]));
  const first = view === "close" || !used.length ? 0 : Math.max(0, used[0] - 2);
  const last = view === "close" || !used.length ? bins - 1 : Math.min(bins - 1, used.at(-1) + 2);
  const from = first / bins, to = (last + 1) / bins, inner = WIDTH - LEFT - RIGHT;
  const unusable = series.some(({ bad }) => bad.includes(true));
  const top = unusable ? 14 + LANE * series.length : 8;
  const axis = view === "close" ? closeAxis(series[0].axis) : lineAxis(dtype, from, to);
  return { bins, first, last, from, to, top, unusable, inner, precision: precisionOf(dtype), dtype, axis,
    condition: series.find((each) => each.condition)?.condition,
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
  for (const tick of frame.axis.ticks(frame.inner)) {
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
  let path = "", bridges = "", bad = "", last = null;
  const marks = [];
  const every = Math.max(12, Math.round((frame.last - frame.first) / 9));
  for (let bin = frame.first; bin <= frame.last; bin += 1) {
    const bits = each.bits[bin], x = frame.x((bin + 0.5) / frame.bins);
    if (each.bad[bin]) {
      const [left, right] = [frame.x(bin / frame.bins), frame.x((bin + 1) / frame.bins)];
      bad += `M${left.toFixed(1)},${8 + LANE * at}H${right.toFixed(1)}V${8 + LANE * at + LANE - 2}H${left.toFixed(1)}Z`;
    }
    if (bits === null) { if (each.bad[bin]) last = null; continue; }
    const y = frame.y(Math.min(bits, frame.precision));
    const joined = last && last.bin === bin - 1;
    if (!joined && last && bin - last.bin <= BRIDGE) bridges += `M${last.x.toFixed(1)},${last.y.toFixed(1)}L${x.toFixed(1)},${y.toFixed(1)}`;
    path += `${joined ? "L" : "M"}${x.toFixed(1)},${y.toFixed(1)}`;
    last = { bin, x, y };
    const alone = !joined && (each.bits[bin + 1] ?? null) === null;
    if (alone || (bin + Math.round((at * every) / count)) % every === 0) marks.push(
      svg("path", { class: each.dash ? "mark hollow" : "mark", d: MARKS[each.style], transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})` }));
  }
  return svg("g", { class: `s${each.style}` }, svg("path", { class: "bad", d: bad }), svg("path", { class: "line bridge", d: bridges }),
    svg("path", { class: "line", d: path, "stroke-dasharray": each.dash }), marks, safeBar(frame, each, frame.under + 4 + LANE * at));
}

function safeBar(frame, each, lane) {
  const safe = each.cell.safe_range;
  const low = safe && num(safe.low), high = safe && num(safe.high);
  if (low === null || high === null || Number.isNaN(low) || Number.isNaN(high)) return null;
  const within = (value) => Math.max(LEFT, Math.min(WIDTH - RIGHT, frame.x(frame.axis.place(value)))).toFixed(1);
  return svg("path", { class: "safe", "stroke-width": 3, "stroke-dasharray": each.dash, d: `M${within(low)},${lane + 3}H${within(high)}` });
}
