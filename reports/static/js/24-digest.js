// The first twelve hexadecimal digits of the SHA-256 of a text (FIPS 180-4): crypto.subtle would be there only where the
// page comes from disk or over https, and answers later.
const PRIMES = [];
for (let n = 2; PRIMES.length < 64; n += 1) if (PRIMES.every((prime) => n % prime)) PRIMES.push(n);
// The first 32 bits behind the point of a root.
const behind = (root) => ((root % 1) * 2 ** 32) | 0;
const STEPS = Int32Array.from(PRIMES, (prime) => behind(Math.cbrt(prime))), FIRST = PRIMES.slice(0, 8).map((prime) => behind(Math.sqrt(prime)));
const spread = new Int32Array(64);
const turned = (word, by) => (word >>> by) | (word << (32 - by));

function digestOf(text) {
  const told = new TextEncoder().encode(text);
  const padded = new DataView(new ArrayBuffer(((told.length + 72) >> 6) << 6));
  new Uint8Array(padded.buffer).set(told);
  padded.setUint8(told.length, 0x80);
  padded.setUint32(padded.byteLength - 4, told.length * 8);
  let sum = FIRST;
  for (let from = 0; from < padded.byteLength; from += 64) {
    for (let at = 0; at < 64; at += 1) {
      if (at < 16) { spread[at] = padded.getInt32(from + 4 * at); continue; }
      const near = spread[at - 2], far = spread[at - 15];
      spread[at] = spread[at - 16] + spread[at - 7] + (turned(far, 7) ^ turned(far, 18) ^ (far >>> 3))
        + (turned(near, 17) ^ turned(near, 19) ^ (near >>> 10));
    }
    let [a, b, c, d, e, f, g, h] = sum.map((word) => word | 0);
    for (let at = 0; at < 64; at += 1) {
      const one = (h + (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) + ((e & f) ^ (~e & g)) + STEPS[at] + spread[at]) | 0;
      const two = ((turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g; g = f; f = e; e = (d + one) | 0; d = c; c = b; b = a; a = (one + two) | 0;
    }
    sum = [sum[0] + a, sum[1] + b, sum[2] + c, sum[3] + d, sum[4] + e, sum[5] + f, sum[6] + g, sum[7] + h];
  }
  const hex = (word) => (word >>> 0).toString(16).padStart(8, "0");
  return (hex(sum[0]) + hex(sum[1])).slice(0, 12);
}
