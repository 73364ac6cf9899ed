const DATA = await CORE;
const num = (value) => (value === null || value === undefined || value === "" ? null : Number(
  { inf: Infinity, "-inf": -Infinity, nan: NaN }[value] ?? value));

const CELLS = records(DATA.cells);
CELLS.forEach((cell, at) => { cell.at = at; });
const VERDICTS = records(DATA.verdicts);
const STATISTICS = records(DATA.statistics), OFFERS = records(DATA.offers);
let offered = 0;
for (const row of STATISTICS) row.offers = OFFERS.slice(offered, offered += row.offers);
const REMEDIES = records(DATA.remedies);
for (const verdict of VERDICTS) verdict.remedies = verdict.remedies.map((number) => REMEDIES[number]);
const SUBJECTS = new Map(DATA.subjects.map((subject) => [subject.id, subject]));
const CAUSES = new Map(DATA.causes.map((cause) => [cause.id, cause]));
const READY = DATA.frameworks.filter((framework) => framework.status === "ready");
const uniqueOf = (rows, field) => [...new Set(rows.map((row) => row[field]))];
const ORDER = DATA.quantities;
const rank = (list, item) => (list.indexOf(item) < 0 ? list.length : list.indexOf(item));
const inOrder = (items, list) => [...items].sort((a, b) => rank(list, a) - rank(list, b) || (a < b ? -1 : 1));
const DTYPES = inOrder(uniqueOf(CELLS, "dtype"), Object.keys(DATA.formats));
const DEFAULT_DTYPE = DTYPES.includes("float32") ? "float32" : uniqueOf(CELLS, "dtype")[0];
const DEFAULT_QUANTITY = { transform: "fldj", distribution: "log_prob" };
const quantitiesOf = (kind) => inOrder(
  uniqueOf(CELLS.filter((cell) => SUBJECTS.get(cell.subject).kind === kind), "quantity"), ORDER);
// As default_quantities of reports/matrix.py, which made the matrix that stands in the page.
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
// As reports/text.py: names are full of what an address may hold.
const encoded = (part) => encodeURIComponent(part).replace(/%(?:3D|2C|5B|5D)/g, decodeURIComponent);
const fragment = (...parts) => "#" + parts.map(encoded).join("/");
const verdictOf = (framework, mode, dtype, subject) => VERDICTS.find((row) =>
  row.framework === framework && row.mode === mode && row.dtype === dtype && row.subject === subject);
