// The one script besides the early line whose names are global: it runs before the body is there.
// The run lies in this file in parts, each deflated and written in printable characters (reports/dense.py): two of 91
// hold 13 bits, one left over at the end 6. Inside are records as columns (reports/columns.py).
function undense(packed) {
  const places = new Uint8Array(128);
  for (let code = 33, place = 0; code < 127; code += 1) if (!"&<>".includes(String.fromCharCode(code))) places[code] = place++;
  const odd = packed.length % 2, pairs = packed.length - odd;
  const bytes = new Uint8Array(Math.floor((pairs / 2 * 13 + odd * 6) / 8));
  let held = 0, bits = 0, to = 0;
  for (let at = 0; at < packed.length; at += 2) {
    const lone = at === pairs, first = places[packed.charCodeAt(at)];
    held = lone ? (held << 6) | first : (held << 13) | (first * 91 + places[packed.charCodeAt(at + 1)]);
    bits += lone ? 6 : 13;
    for (; bits >= 8; bits -= 8) bytes[to++] = held >> (bits - 8);
    held &= (1 << bits) - 1;
  }
  return bytes;
}

async function part(name) {
  const bytes = undense(document.getElementById(`part-${name}`).textContent);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return JSON.parse(await new Response(stream).text());
}

// A column of texts says for each row by a character: "#", the next new text; the n-th behind it, the n-th before the
// newest; "!", none. Texts of one width, each of which comes once, are one text.
function unfolded({ texts, at, width, joined }) {
  if (width) return Array.from({ length: joined.length / width }, (_, row) => joined.slice(row * width, (row + 1) * width));
  let seen = 0;
  return Array.from(at, (mark) => {
    const code = mark.codePointAt(0), back = (code < 0xd800 ? code : code - 0x800) - 35;
    return back < 0 ? null : back === 0 ? texts[seen++] : texts[seen - back];
  });
}

function records({ count, columns }) {
  const rows = Array.from({ length: count }, () => ({}));
  for (const [field, column] of Object.entries(columns)) {
    const values = Array.isArray(column) ? column : unfolded(column);
    for (let at = 0; at < count; at += 1) rows[at][field] = values[at];
  }
  return rows;
}

// Rows of another table that belong to ``owners``, so many to each as its field says: the number becomes the rows.
function handOut(owners, field, rows) {
  let from = 0;
  for (const owner of owners) owner[field] = rows.slice(from, from += owner[field]);
}

// Marks in the place of what stands beside a sentence (reports/marks.py).
const unmarked = (sentence, values) => sentence.replace(/[\x80-\x9f]/g, (mark) => values[mark.charCodeAt(0) - 0x80]);
