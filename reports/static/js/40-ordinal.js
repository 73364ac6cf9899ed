function exponentOf(size) {
  const exponent = Math.floor(Math.log2(size));
  if (2 ** exponent > size) return exponent - 1;
  return exponent < 1023 && 2 ** (exponent + 1) <= size ? exponent + 1 : exponent;
}
// Floats numbered in order: -largest is -maximum, 0 is 0, the next float is one more. As JavaScript numbers these are
// exact for the small formats and rounded for float64, which a picture does not show.
function ordinal(value, dtype) {
  const [precision, emin] = DATA.formats[dtype];
  const size = Math.abs(value);
  const half = 2 ** (precision - 1);
  if (size < 2 ** emin) return Math.sign(value) * (size / 2 ** (emin - precision + 1));
  const exponent = exponentOf(size);
  return Math.sign(value) * ((exponent - emin) * half + (size / 2 ** exponent) * half);
}
function fromOrdinal(number, dtype) {
  const [precision, emin, emax] = DATA.formats[dtype];
  const size = Math.abs(number);
  const half = 2 ** (precision - 1);
  if (size < half) return Math.sign(number) * size * 2 ** (emin - precision + 1);
  const exponent = Math.min(emax, emin + Math.floor(size / half) - 1);
  return Math.sign(number) * (size / half - (exponent - emin)) * 2 ** exponent;
}
function largestOrdinal(dtype) {
  const [precision, emin, emax] = DATA.formats[dtype];
  return (emax - emin + 2) * 2 ** (precision - 1) - 1;
}
// Where ``value`` lies on the whole axis: 0 at -largest, 1 at +largest.
const placeOf = (value, dtype) => 0.5 + ordinal(Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, value)), dtype) / largestOrdinal(dtype) / 2;
const valueAt = (place, dtype) => fromOrdinal((2 * place - 1) * largestOrdinal(dtype), dtype);

const superscript = (number) => String(number).replace(/[-\d]/g, (c) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(c)]);
const powerText = (sign, exponent) => (sign < 0 ? "−" : "") + (exponent === 0 ? "1" : exponent === 1 ? "10" : "10" + superscript(exponent));

// Decade ticks between two places: every decade, the ones at multiples of a step that keeps labels apart with text.
function decadeTicks(from, to, dtype, width) {
  const [precision, emin, emax] = DATA.formats[dtype];
  const perDecade = (Math.log2(10) * 2 ** (precision - 1)) / largestOrdinal(dtype) / 2;
  const pixels = (perDecade / (to - from)) * width;
  const step = [1, 2, 5, 10, 20, 50, 100, 200].find((candidate) => candidate * pixels >= 48) || 500;
  const ticks = from <= 0.5 && to >= 0.5 ? [{ place: 0.5, text: "0" }] : [];
  const lowest = Math.ceil((emin - precision + 1) * Math.log10(2));
  const highest = Math.floor((emax + 1) * Math.log10(2));
  for (const sign of [-1, 1]) {
    for (let exponent = lowest; exponent <= highest; exponent += 1) {
      const place = placeOf(sign * 10 ** exponent, dtype);
      if (place < from || place > to) continue;
      const far = (Math.abs(place - 0.5) / (to - from)) * width > 30 || ticks[0]?.text !== "0";
      if (exponent % step === 0 && far) ticks.push({ place, text: powerText(sign, exponent) });
      else if (pixels >= 4) ticks.push({ place, text: "" });
    }
  }
  return ticks;
}
