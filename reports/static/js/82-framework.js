// The page of one framework: what it offers, what was measured, which laws it keeps, its findings.
const frameworkChoice = { dtype: DEFAULT_DTYPE, mode: null };
const LAW_SIGNS = { fail: "✗", known: "⚑", undecided: "?", pass: "✓", not_offered: "–" };

function drawFramework(name) {
  const view = document.getElementById("view-framework");
  const framework = DATA.frameworks.find((each) => each.name === name);
  if (!framework) { refill(view, el("p", {}, `No framework ${name} is in this report.`)); return; }
  const flushing = Object.entries(framework.flush_to_zero || {}).filter(([, flushes]) => flushes).map(([dtype]) => dtype);
  const packages = Object.entries(framework.packages || {}).map(([key, version]) => `${key} ${version}`).join(", ");
  const items = [["version", framework.version], ["status", framework.status + (framework.reason ? `: ${framework.reason}` : "")], ["dtypes", (framework.dtypes || []).join(", ")],
    ["modes", (framework.modes || []).join(", ")], ["devices", (framework.devices || []).join(", ")], ["flushes subnormals to zero", flushing.join(", ") || "no"], ["packages", packages],
    ["to install them", framework.install ? el("code", {}, framework.install) : null],
    ["public classes covered", framework.classes.length ? el("a", { href: "#coverage" }, framework.classes.map((row) => `${row.covered} of ${row.total} ${row.kind}s`).join(", ")) : null]];
  const causes = DATA.causes.filter((cause) => cause.framework === name);
  const found = FINDINGS.filter((finding) => finding.framework === name);
  refill(view, [
    el("div", { class: "crumbs" }, el("a", { href: "#matrix" }, "← Front page"), DATA.frameworks.filter((each) => each.name !== name).map((each) => el("a", { href: fragment("framework", each.name) }, each.name))),
    el("h2", { tabindex: "-1" }, name, " ", el("small", {}, framework.version || "")),
    el("dl", { class: "definition" }, items.filter(([, value]) => value).map(([key, value]) => el("div", {}, el("dt", {}, key), el("dd", {}, value)))),
    el("h3", {}, "What to mend, in this order"), el("p", { class: "tally" }, gradesOf(causes)), foldedCauses(causes),
    framework.status === "ready" ? [notOffered(name), cellTable(name), lawTable(name)] : null,
    el("h3", {}, "Findings"), el("p", { class: "tally" }, tallyOf(found), " ", found.length ? el("a", { href: `#findings?framework=${encodeURIComponent(name)}` }, "filter them") : null),
    found.length ? findingList(found, 40, { framework: true }) : null,
  ]);
}

// One line for each reason, with what it is about, so that a missing kernel is said once.
function notOffered(name) {
  const reasons = new Map();
  for (const cell of CELLS) {
    if (cell.framework !== name || cell.status !== "not_offered") continue;
    const key = cell.message || "no public way to compute it";
    if (!reasons.has(key)) reasons.set(key, { subjects: new Set(), quantities: new Set(), dtypes: new Set() });
    const reason = reasons.get(key);
    reason.subjects.add(labelOf(cell.subject)); reason.quantities.add(cell.quantity); reason.dtypes.add(cell.dtype);
  }
  const rows = [...reasons].sort((a, b) => b[1].subjects.size - a[1].subjects.size);
  if (!rows.length) return null;
  const listed = (set) => (set.size > 4 ? `${[...set].slice(0, 3).join("; ")} and ${set.size - 3} more` : [...set].join("; "));
  return el("details", {}, el("summary", {}, `What is not offered: ${rows.length} reason${rows.length === 1 ? "" : "s"}`),
    table(`Not offered, ${name}`, ["reason", "subjects", "quantities", "dtypes"], rows.map(([reason, { subjects, quantities, dtypes }]) =>
      [el("bdi", {}, reason), listed(subjects), inOrder(quantities, ORDER).join(", "), inOrder(dtypes, DTYPES).join(", ")])));
}

function cellTable(name) {
  const ways = COLUMNS.filter((column) => column.framework === name);
  const dtypes = DTYPES.filter((dtype) => CELLS.some((cell) => cell.framework === name && cell.dtype === dtype));
  if (!dtypes.includes(frameworkChoice.dtype)) frameworkChoice.dtype = dtypes[0];
  if (!ways.some((way) => way.label === frameworkChoice.mode)) frameworkChoice.mode = ways[0].label;
  const box = el("div", { class: "abreast" });
  const draw = () => {
    const way = ways.find((each) => each.label === frameworkChoice.mode);
    refill(box, ["distribution", "transform"].map((kind) => {
      const quantities = quantitiesOf(kind);
      const rows = DATA.subjects.filter((subject) => subject.kind === kind).map((subject) => el("tr", {},
        el("th", { scope: "row" }, el("a", { href: fragment("subject", subject.id) }, subject.label, subject.small ? [" ", el("small", {}, subject.small)] : null)),
        quantities.map((quantity) => entryNode(entryOf([BY_KEY.get(keyOf(way, frameworkChoice.dtype, subject.id, quantity))], VERDICT, false),
          fragment("subject", subject.id, frameworkChoice.dtype, quantity)))));
      return rows.length ? el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": `${name}, ${kind}s` }, el("table", { class: "matrix" },
        el("thead", {}, el("tr", {}, el("th", { scope: "col" }, `${kind}s`), quantities.map((quantity) => el("th", { scope: "col", title: wordsOf(quantity) }, quantity, DATA.api[name]?.[quantity] ? el("small", { class: "api" }, DATA.api[name][quantity]) : null)))), el("tbody", {}, rows))) : null;
    }));
  };
  draw();
  const pick = (key) => (value) => { frameworkChoice[key] = value; draw(); };
  return [el("h3", {}, "What is offered, and how well"), el("div", { class: "controls" },
    select("dtype", dtypes.map((dtype) => [dtype, dtype]), frameworkChoice.dtype, pick("dtype")),
    select("mode", ways.map((way) => [way.label, way.label]), frameworkChoice.mode, pick("mode"))), box];
}

function lawTable(name) {
  const own = LAW_RESULTS.filter((row) => row.framework === name);
  if (!own.length) return null;
  const laws = uniqueOf(own, "law").sort();
  const groups = new Map();
  for (const row of own) {
    const key = `${row.subject}\n${row.law}`;
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(row);
  }
  const cell = (subject, law) => {
    const rows = groups.get(`${subject}\n${law}`);
    if (!rows) return { class: "absent", content: "·" };
    const status = Object.keys(LAW_SIGNS).find((each) => rows.some((row) => row.status === each)) || rows[0].status;
    const count = rows.filter((row) => row.status === status).length;
    const told = rows.filter((row) => row.status !== "pass").map((row) => `${row.dtype} ${row.mode}: ${spaced(row.status)}${row.failed ? `, ${row.failed} of ${row.checks}` : ""}`).join("; ");
    return { class: status === "fail" ? "wrong" : status === "pass" ? "good" : status === "not_offered" ? "absent" : null, title: told || `passed ${rows.length} times`,
      content: `${LAW_SIGNS[status] || spaced(status)}${status === "pass" || status === "not_offered" ? "" : ` ${count}/${rows.length}`}` };
  };
  return [el("h3", {}, "Laws"), el("p", { class: "caption" }, "✗ failed in so many of the dtypes and modes, ⚑ known failure, ? undecided, ✓ passed everywhere, – not offered."),
    table(`Laws, ${name}`, ["subject", ...laws.map((law) => ({ title: lawText(law), content: law }))],
      DATA.subjects.filter((subject) => own.some((row) => row.subject === subject.id)).map((subject) => [
        el("a", { href: fragment("subject", subject.id) }, labelOf(subject.id)), ...laws.map((law) => cell(subject.id, law))]))];
}
