// The same rules as reports/numbers.py; a test compares the two.
function short(value) {
  if (value === null || value === undefined) return "–";
  if (Number.isNaN(value)) return "nan";
  if (value === Infinity) return "∞";
  if (value === -Infinity) return "−∞";
  if (value < 0) return "−" + short(-value);
  if (value === 0) return "0";
  if (value >= 0.005 && value < 0.995) return value.toFixed(2);
  if (value >= 0.995 && value < 9.95) return value.toFixed(1);
  if (value >= 9.95 && value < 9999.5) return value.toFixed(0);
  return value.toExponential(1).replace("e+", "e");
}
const precisionOf = (dtype) => DATA.formats[dtype][0];
const bitsLost = (ulp, dtype) => (Number.isNaN(ulp) ? precisionOf(dtype) : Math.min(precisionOf(dtype), Math.log2(1 + ulp)));
function level(ulp, dtype) {
  if (!(ulp < Infinity) || bitsLost(ulp, dtype) >= precisionOf(dtype)) return 6;
  if (ulp <= 4) return ulp <= 1 ? 0 : 1;
  const share = bitsLost(ulp, dtype) / precisionOf(dtype);
  return 2 + (share > 0.25) + (share > 0.5) + (share > 0.75);
}
function percent(share) {
  const rounded = Math.floor(100 * share + 0.5);
  if (rounded === 100 && share < 1) return ">99 %";
  if (rounded === 0 && share > 0) return "<1 %";
  return `${rounded} %`;
}
const usableGlyph = (share) => "○◔◑◕●"[share >= 1 ? 4 : share <= 0 ? 0 : 1 + Math.min(2, Math.floor(share * 3))];
const grouped = (count) => String(count).replace(/\B(?=(\d{3})+$)/g, "\u202f");
const spaced = (words) => words.replace(/_/g, " ");
const labelOf = (subject) => [SUBJECTS.get(subject).label, SUBJECTS.get(subject).small].filter(Boolean).join(" ");
const swatch = (ulp, dtype) => (ulp === null ? "–" : el("span", { class: `swatch l${level(ulp, dtype)}` }, short(ulp)));
// At most so many significant digits and never a long row of zeros: -1.744192e19. Texts that are no numbers stay.
function readable(value, digits = 9) {
  const number = typeof value === "number" ? value : num(value);
  if (number === null || !Number.isFinite(number)) return String(value ?? "–").replace("-", "−");
  const short2 = Number(number.toPrecision(digits));
  const size = Math.abs(short2);
  const shown = size !== 0 && (size >= 1e9 || size < 1e-4) ? short2.toExponential().replace("e+", "e") : String(short2);
  return shown.replace(/-/g, "−");
}
const wordsOf = (quantity) => DATA.words[quantity] || spaced(quantity);
const apiOf = (quantity, frameworks = READY.map(({ name }) => name)) => frameworks
  .filter((name) => DATA.api[name]?.[quantity]).map((name) => [name, DATA.api[name][quantity]]);
