// Findings, curves and issues, unpacked once, when they are first asked for.
let FINDINGS = [];
let CURVES = { rows: [], texts: [] };
let ISSUES = {};

function unpackFindings({ fields, worst, rows, texts }) {
  const known = (index) => (index === null || index === undefined ? null : texts[index]);
  const numbered = [...fields.slice(1, 12), "blame", "certificate", "confirmed_by", "known", "link", "known_versions",
    "cause", "component", "attainable"];
  FINDINGS = rows.map((row) => {
    const finding = record(fields, row);
    for (const field of numbered) finding[field] = known(finding[field]);
    finding.worst = record(worst, finding.worst);
    finding.code = finding.code && finding.code.map(known).join("\n");
    return finding;
  });
  const owner = new Map(DATA.causes.flatMap((cause) => cause.findings.map((id) => [id, cause.id])));
  for (const finding of FINDINGS) finding.cause = finding.cause || owner.get(finding.id) || null;
}

const UNPACK = { findings: unpackFindings, curves: (data) => { CURVES = data; }, issues: (data) => { ISSUES = data; } };
const asked = {};
const needed = (names) => Promise.all(names.map((name) => {
  asked[name] ??= part(name).then(UNPACK[name]);
  return asked[name];
}));

// Curves of a cell by name; null where none was recorded.
function curveOf(cell) {
  const row = CURVES.rows[cell.at];
  if (!row) return null;
  const [bits, condition, axis, close, unusable] = row.map((index) => (index === null ? null : CURVES.texts[index]));
  return { bits, condition, axis: axis && JSON.parse(axis), close, unusable };
}
