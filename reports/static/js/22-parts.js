// Findings, curves and issues, unpacked once, when they are first asked for.
let FINDINGS = [];
let CURVES = [];
let ISSUES = {};

function unpackFindings({ findings, worst }) {
  FINDINGS = records(findings);
  handOut(FINDINGS, "worst", records(worst));
  for (const finding of FINDINGS) {
    const [point = null] = finding.worst, { dtype } = finding;
    finding.worst = point;
    if (point) {
      point.expected = decimalOf(point.expected, point.exact, dtype);
      for (const name of ["input", "got", "expected"]) point[`${name}_hex`] = hexOf(point[`${name}_hex`], point[name], dtype);
    }
    finding.from_hex = untrimmed(finding.from_hex);
    finding.to_hex = untrimmed(finding.to_hex);
    finding.summary &&= unmarked(finding.summary, [finding.subject, finding.note, finding.quantity, point?.input, point?.exact,
      briefOf(point?.exact), point?.got, finding.region, finding.count, finding.points]);
    finding.code &&= unmarked(finding.code, [dtype, ...(point?.input_hex || "").split(" ")]);
  }
}

const UNPACK = { findings: unpackFindings, curves: (data) => { CURVES = records(data); }, issues: (data) => { ISSUES = data; } };
const asked = {};
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
