// What the front page does without, unpacked once, when it is first asked for.
let LAW_RESULTS = [];
let FINDINGS = [];
let CURVES = [];
let UNDRAWN = new Set();
let ISSUES = {};
let PIECES = new Map();

function unpackDetails({ details, regions, safe }) {
  records(details).forEach((detail, at) => Object.assign(CELLS[at], detail));
  handOut(CELLS, "regions", records(regions));
  handOut(CELLS, "safe_range", records(safe));
  for (const cell of CELLS) {
    cell.regions = Object.fromEntries(cell.regions.map((region) => [region.name, region]));
    cell.safe_range = cell.safe_range[0] ?? null;
  }
}

function unpackFindings({ findings, worst }) {
  FINDINGS = records(findings);
  handOut(FINDINGS, "worst", records(worst));
  for (const finding of FINDINGS) finding.worst = finding.worst[0] ?? null;
}

// What is known of a cause that its article says again (reports/causes.py).
const toldOf = ({ title, id, component, example: [subject, quantity, , dtype] }) => [title, id, component, labelOf(subject), quantity, dtype];

// Shapes of trees, in which a number stands for the next text of its column (reports/trees.py).
function unpackArticles({ owners, shapes, texts }) {
  const columns = texts.map((column) => unfolded(column).values());
  let known;
  const told = (value) => (typeof value === "number" ? unmarked(columns[value].next().value, known) : value);
  const grown = (shape) => (Array.isArray(shape) ? [shape[0],
    Object.fromEntries(Object.entries(shape[1]).map(([name, value]) => [name, told(value)])), ...shape.slice(2).map(grown)] : told(shape));
  PIECES = new Map(owners.map((owner, at) => {
    known = toldOf(CAUSES.get(owner));
    return [owner, shapes[at].map((piece) => piece.map(grown))];
  }));
}

const idOf = (finding) => {
  if (finding.id === DERIVED) finding.id = digestOf(DATA.id_of.map((name) => finding[name]).join("|"));
  return finding.id;
};

// What a finding does not carry is worked out when somebody looks at it: of thousands few are opened.
function completed(finding) {
  if (finding.completed) return finding;
  const { worst: point, dtype } = finding;
  idOf(finding);
  if (point) {
    point.expected = decimalOf(point.expected, point.exact, dtype);
    point.bits = bitsOf(point.bits, point.ulp, dtype);
    for (const name of ["input", "got", "expected"]) point[`${name}_hex`] = hexOf(point[`${name}_hex`], point[name], dtype);
  }
  finding.from_hex = untrimmed(finding.from_hex);
  finding.to_hex = untrimmed(finding.to_hex);
  finding.summary &&= unmarked(finding.summary, [finding.subject, finding.note, finding.quantity, point?.input, point?.exact,
    briefOf(point?.exact), point?.got, finding.region, finding.count, finding.points]);
  finding.completed = true;
  return finding;
}
const codeOf = (finding) => finding.code && unmarked(finding.code,
  [finding.dtype, ...(completed(finding).worst?.input_hex || "").split(" ")]);

const UNPACK = { details: unpackDetails, laws: (data) => { LAW_RESULTS = records(data); }, findings: unpackFindings,
  curves: ({ curves, left_out }) => { CURVES = records(curves); UNDRAWN = new Set(left_out); }, issues: (data) => { ISSUES = data; },
  articles: unpackArticles };
// The articles of the causes come last in the file, behind this script, so that nobody waits for them who does not ask.
const asked = { body: new Promise((done) => {
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", done); else done();
}) };
const needed = (names) => Promise.all(names.map((name) => {
  asked[name] ??= part(name).then(UNPACK[name]);
  return asked[name];
}));

// Curves of a cell by name; null where none was recorded.
function curveOf(cell) {
  const { bits, condition, axis, close, unusable } = CURVES[cell.at] ?? {};
  if (!bits && !axis) return null;
  return { bits, condition, axis: axis && JSON.parse(axis), close, unusable };
}
