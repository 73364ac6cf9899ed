// The run lies in this file in parts, each deflated: the first is unpacked at once, the others when a view needs them.
async function part(name) {
  const packed = atob(document.getElementById(`part-${name}`).textContent.trim());
  const bytes = new Uint8Array(packed.length);
  for (let at = 0; at < packed.length; at += 1) bytes[at] = packed.charCodeAt(at);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return JSON.parse(await new Response(stream).text());
}
const DATA = await part("core");
const text = (index) => (index === null || index === undefined ? null : DATA.texts[index]);
function record(fields, row) {
  if (!row) return row;
  const made = {};
  for (let at = 0; at < fields.length; at += 1) made[fields[at]] = row[at];
  return made;
}
const named = (counts) => Object.fromEntries(Object.entries(counts || {}).map(([index, value]) => [text(index), value]));
const num = (value) => (value === null || value === undefined || value === "" ? null : Number(
  { inf: Infinity, "-inf": -Infinity, nan: NaN }[value] ?? value));

const CELL_TEXTS = [...DATA.cell_fields.slice(0, 8), "word", "style", "reach"];
const CELLS = DATA.cells.map((row, at) => {
  const cell = record(DATA.cell_fields, row);
  for (const field of CELL_TEXTS) cell[field] = text(cell[field]);
  cell.regions = named(cell.regions);
  for (const name of Object.keys(cell.regions)) cell.regions[name] = record(DATA.region_fields, cell.regions[name]);
  cell.safe_range = record(DATA.safe_fields, cell.safe_range);
  cell.failures = named(cell.failures);
  cell.at = at;
  return cell;
});
const LAW_RESULTS = DATA.law_results.map((row) => {
  const [framework, mode, dtype, subject, law, status] = row.slice(0, 6).map(text);
  return { framework, mode, dtype, subject, law, status, checks: row[6], failed: row[7] };
});
const SUBJECTS = new Map(DATA.subjects.map((subject) => [subject.id, subject]));
const CAUSES = new Map(DATA.causes.map((cause) => [cause.id, cause]));
const READY = DATA.frameworks.filter((framework) => framework.status === "ready");
const uniqueOf = (rows, field) => [...new Set(rows.map((row) => row[field]))];
const ORDER = ["forward", "inverse", "fldj", "ildj", "log_prob", "log_prob_from_base", "cdf", "sample"];
const rank = (list, item) => (list.indexOf(item) < 0 ? list.length : list.indexOf(item));
const inOrder = (items, list) => [...items].sort((a, b) => rank(list, a) - rank(list, b) || (a < b ? -1 : 1));
const DTYPES = inOrder(uniqueOf(CELLS, "dtype"), Object.keys(DATA.formats));
const DEFAULT_DTYPE = DTYPES.includes("float32") ? "float32" : uniqueOf(CELLS, "dtype")[0];
const DEFAULT_QUANTITY = { transform: "fldj", distribution: "log_prob" };
const quantitiesOf = (kind) => inOrder(
  uniqueOf(CELLS.filter((cell) => SUBJECTS.get(cell.subject).kind === kind), "quantity"), ORDER);
const firstQuantity = (kind) => (quantitiesOf(kind).includes(DEFAULT_QUANTITY[kind]) ? DEFAULT_QUANTITY[kind] : quantitiesOf(kind)[0]);

// One column, one series: a framework in a mode on a device.
const SEVERAL_DEVICES = uniqueOf(CELLS, "device").length > 1;
const COLUMNS = DATA.frameworks.flatMap((framework) => {
  const own = CELLS.filter((cell) => cell.framework === framework.name);
  const keys = new Map(own.map((cell) => [`${cell.mode}\n${cell.device}`, { mode: cell.mode, device: cell.device }]));
  const modes = framework.modes || [];
  const sorted = [...keys.values()].sort((a, b) => rank(modes, a.mode) - rank(modes, b.mode) || (a.device < b.device ? -1 : 1));
  return sorted.map(({ mode, device }) => ({ framework: framework.name, mode, device,
    label: SEVERAL_DEVICES ? `${mode} on ${device}` : mode }));
});
const keyOf = (column, dtype, subject, quantity) =>
  [column.framework, column.mode, column.device, dtype, subject, quantity].join("\n");
const BY_KEY = new Map(CELLS.map((cell) => [keyOf(cell, cell.dtype, cell.subject, cell.quantity), cell]));
const fragment = (...parts) => "#" + parts.map((part) => encodeURIComponent(part)).join("/");
const verdictOf = (framework, mode, dtype, subject) => DATA.verdicts.find((row) =>
  row.framework === framework && row.mode === mode && row.dtype === dtype && row.subject === subject);
