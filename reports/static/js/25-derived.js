// What is not carried because it follows: reports/derived.py holds the same rules, and a test compares the two.
const DERIVED = 0;

function nearest(value, dtype) {
  const [precision, least] = DATA.formats[dtype];
  if (precision === 53 || value === 0 || !Number.isFinite(value)) return value;
  const step = 2 ** (Math.max(exponentOf(Math.abs(value)), least) - precision + 1);
  const steps = Math.abs(value) / step;
  const whole = steps % 1 === 0.5 ? 2 * Math.round(steps / 2) : Math.round(steps);
  return Math.sign(value) * whole * step;
}

function hexWord(value) {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "nan" : value < 0 ? "-inf" : "inf";
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, value);
  const sign = bits.getUint32(0) >>> 31 ? "-" : "", power = (bits.getUint32(0) >>> 20) & 0x7ff;
  if (value === 0) return `${sign}0x0.0p+0`;
  const digits = (bits.getUint32(0) & 0xfffff).toString(16).padStart(5, "0") + bits.getUint32(4).toString(16).padStart(8, "0");
  const exponent = power ? power - 1023 : -1022;
  return `${sign}0x${power ? 1 : 0}.${digits}p${exponent < 0 ? "" : "+"}${exponent}`;
}
// float.hex of a number, or of the floats that decimals tell, unless ``held`` says it.
const hexOf = (held, told, dtype) => (held !== DERIVED ? held : typeof told === "number" ? hexWord(told)
  : told.split(" ").map((word) => hexWord(nearest(num(word), dtype))).join(" "));

// The decimals of the float nearest to the exact number, unless ``held`` says them.
function decimalOf(held, exact, dtype) {
  if (held !== DERIVED) return held;
  const value = nearest(Number(exact), dtype), short16 = dtype === "bfloat16";
  if (value === 0) return `${Object.is(value, -0) ? "-" : ""}${short16 ? "0" : "0.0"}`;
  let places = short16 ? 5 : 0;
  while (!short16 && nearest(Number(value.toExponential(places)), dtype) !== value) places += 1;
  const [long, power] = value.toExponential(places).split("e");
  const digits = long.includes(".") ? long.replace(/\.?0+$/, "") : long;
  if (power < -4 || power >= (short16 ? 6 : 16)) return `${digits}e${power[0]}${power.slice(1).padStart(2, "0")}`;
  const whole = Number(`${digits}e${power}`);
  return `${whole}${Number.isInteger(whole) && !short16 ? ".0" : ""}`;
}

// log2(1 + ulp), at most the format's, to five digits, unless ``held`` says it.
const bitsOf = (held, ulp, dtype) => (held !== DERIVED ? held
  : Number(Math.min(DATA.formats[dtype][0], Math.log2(1 + num(ulp))).toPrecision(5)));

function briefOf(exact) {
  const found = /^(-?[0.]*[1-9](?:\.?\d){11})\d+(e.+)?$/.exec(exact ?? "");
  return found && found[1].includes(".") ? `${found[1]}…${found[2] || ""}` : null;
}

// "-fep2" is -0x1.fe00000000000p+2.
const untrimmed = (text) => text && text.split(" ").map((word) => word.replace(/^(-?)([0-9a-f]{0,13})p(-?)(\d+)$/,
  (all, sign, digits, minus, power) => `${sign}0x1.${digits.padEnd(13, "0")}p${minus || "+"}${power}`)).join(" ");

const regionHex = (cell, region) => (region.worst_input_hex === DERIVED
  ? hexOf(cell.worst_input_hex, cell.worst_input, cell.dtype) : untrimmed(region.worst_input_hex));
