// One matrix entry from one cell or, for "worst", from all cells of a column: text, colour step, share, reading.
const FIGURES = {
  worst: ["worst ulp", (cell) => num(cell.worst_ulp), (v) => v],
  p99: ["99th percentile ulp", (cell) => num(cell.p99_ulp), (v) => v],
  nats: ["worst nats", (cell) => num(cell.regions.ordinary?.worst_nats), (v, dtype) => v / 2 ** (1 - precisionOf(dtype))],
  kept: ["bits kept, %", (cell) => num(cell.kept_percent), (v, dtype) => 2 ** (precisionOf(dtype) * (1 - v / 100)) - 1],
};
const STATUS_TEXT = { not_offered: "–", raised: "raised", crashed: "crashed", timed_out: "timed out" };
const GRAVITY = ["not_offered", "raised", "timed_out", "crashed"];

function entryOf(cells, figure, whole) {
  const present = cells.filter(Boolean);
  if (!present.length) return { text: "·", style: "st-none", told: "not part of this run", cell: null };
  const scored = present.filter((cell) => cell.status === "scored");
  const broken = present.filter((cell) => cell.status !== "scored" && (cell.status !== "not_offered" || !scored.length))
    .sort((a, b) => GRAVITY.indexOf(b.status) - GRAVITY.indexOf(a.status));
  if (broken.length) {
    const cell = broken[0];
    return { text: STATUS_TEXT[cell.status] || spaced(cell.status), cell,
      style: cell.status === "not_offered" ? "st-absent" : "st-broken",
      told: (whole ? `${cell.quantity}: ` : "") + spaced(cell.status) };
  }
  const [name, take, asUlp] = FIGURES[figure];
  const badness = (cell) => { const v = take(cell); return v === null ? -1 : Number.isNaN(v) ? Infinity : asUlp(v, cell.dtype); };
  const cell = scored.reduce((a, b) => (badness(b) > badness(a) ? b : a));
  const value = take(cell);
  const shares = scored.map((each) => num(each.share)).filter((share) => share !== null);
  const share = shares.length ? Math.min(...shares) : null;
  const wrong = scored.some((each) => (each.regions.ordinary?.unusable ?? each.regions.ordinary?.failed) > 0);
  const coverage = cell.exact ? "exact maximum" : "lower bound";
  let told = value === null ? "no ordinary inputs" : figure === "worst" ? `worst ${short(value)} ulp (${coverage})` : `${name} ${short(value)}`;
  if (whole) told = `${cell.quantity}: ${told}`;
  if (wrong) told += ", some ordinary inputs unusable";
  if (share !== null) told += `, ${percent(share)} of extreme inputs usable`;
  return { text: short(value), style: value === null ? "st-blank" : `l${level(badness(cell), cell.dtype)}`, told, cell, share,
    wrong, exact: cell.exact && figure === "worst" };
}

function entryNode(entry, href) {
  return el("td", { class: entry.style }, el("a", { href, title: entry.told },
    el("b", {}, entry.text, entry.exact ? el("i", {}, "▪") : null, entry.wrong ? el("i", {}, "▲") : null),
    entry.share === null || entry.share === undefined ? null : el("small", {}, `${usableGlyph(entry.share)} ${percent(entry.share)}`)));
}
