// One matrix entry from one cell or, for "worst", from all cells of a column: text, colour, small text, reading.
const VERDICT = "verdict";
const WORD_RANK = ["right", "usable", "inside", "wrong"];
const FIGURES = {
  verdict: ["verdict", (cell) => WORD_RANK.indexOf(cell.word), (v) => v],
  worst: ["worst ulp", (cell) => num(cell.worst_ulp), (v) => v],
  p99: ["99th percentile ulp", (cell) => num(cell.p99_ulp), (v) => v],
  nats: ["worst nats", (cell) => num(cell.nats), (v, dtype) => v / 2 ** (1 - precisionOf(dtype))],
  kept: ["bits kept, %", (cell) => num(cell.kept_percent), (v, dtype) => 2 ** (precisionOf(dtype) * (1 - v / 100)) - 1],
};
const STATUS_TEXT = { not_offered: "–", raised: "raised", crashed: "crashed", timed_out: "timed out", too_large: "too large" };
const UNJUDGED = ["not_offered", "too_large"];
const GRAVITY = ["not_offered", "too_large", "raised", "timed_out", "crashed"];

function entryOf(cells, figure, whole) {
  const present = cells.filter(Boolean);
  if (!present.length) return { text: "·", style: "st-none", told: "not part of this run", cell: null };
  const scored = present.filter((cell) => cell.status === "scored");
  const broken = present.filter((cell) => cell.status !== "scored" && (!UNJUDGED.includes(cell.status) || !scored.length))
    .sort((a, b) => GRAVITY.indexOf(b.status) - GRAVITY.indexOf(a.status));
  if (broken.length) {
    const cell = broken[0];
    return { text: STATUS_TEXT[cell.status] || spaced(cell.status), cell,
      style: UNJUDGED.includes(cell.status) ? "st-absent" : "st-broken",
      told: (whole ? `${cell.quantity}: ` : "") + spaced(cell.status) };
  }
  const [name, take, asUlp] = FIGURES[figure];
  const size = (cell) => (num(cell.worst_ulp) === null ? -1 : bitsLost(num(cell.worst_ulp), cell.dtype) / precisionOf(cell.dtype));
  const badness = (cell) => { const v = take(cell); return v === null ? -1 : Number.isNaN(v) ? Infinity : asUlp(v, cell.dtype); };
  const worse = (a, b) => badness(b) > badness(a) || (badness(b) === badness(a) && size(b) > size(a));
  const cell = scored.reduce((a, b) => (worse(a, b) ? b : a));
  const ulp = num(cell.worst_ulp), share = num(cell.share);
  const coverage = cell.exact ? "exact maximum" : "lower bound";
  let told = DATA.told[cell.word] + (cell.reach ? `: ${cell.reach}` : "");
  told += ulp === null ? "; no ordinary inputs" : `; worst ${short(ulp)} ulp (${coverage})`;
  if (share !== null) told += `, ${percent(share)} of extreme inputs usable`;
  if (whole) told = `${cell.quantity}: ${told}`;
  if (figure === VERDICT) {
    return { text: cell.word, style: cell.style, told, cell, exact: cell.exact,
      small: cell.reach || (ulp === null ? "" : `${short(ulp)} ulp`) };
  }
  const value = take(cell);
  return { text: short(value), style: value === null ? "st-blank" : `l${level(badness(cell), cell.dtype)}`, told: `${name} ${short(value)}; ${told}`,
    cell, small: cell.word, exact: cell.exact && figure === "worst" };
}

function entryNode(entry, href) {
  return el("td", { class: entry.style }, el("a", { href, title: entry.told },
    el("b", {}, entry.text, entry.exact ? el("i", {}, "▪") : null), entry.small ? el("small", {}, entry.small) : null));
}
const nameOf = (cell) => `${cell.framework} ${cell.mode}${SEVERAL_DEVICES ? ` on ${cell.device}` : ""}`;
