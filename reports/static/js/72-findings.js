// All findings, filtered. The filter lives in the page's address, so that a selection can be linked.
const FILTERS = { severity: ["grave", "serious", "minor"], framework: null, subject: null, quantity: null, dtype: null, law: null, kind: null, mode: null };
let drawnFilter = null;

function textOf(finding) {
  const { summary, subject, framework, kind, region, id, worst } = completed(finding);
  return `${summary} ${subject} ${framework} ${kind} ${region} ${id} ${worst?.input_hex}`.toLowerCase();
}

const matching = (filter) => {
  const words = (filter.get("text") || "").toLowerCase().split(/\s+/).filter(Boolean);
  return FINDINGS.filter((finding) => Object.keys(FILTERS).every((field) => !filter.get(field) || filter.get(field) === finding[field])
    && words.every((word) => textOf(finding).includes(word)));
};

function drawFindings(query) {
  if (drawnFilter === query) return;
  drawnFilter = query;
  const filter = new URLSearchParams(query);
  const box = document.getElementById("finding-list");
  const change = (field, value) => {
    if (value) filter.set(field, value); else filter.delete(field);
    drawnFilter = filter.toString();
    history.replaceState(null, "", `#findings${drawnFilter ? "?" : ""}${drawnFilter}`);
    drawResult();
  };
  const result = el("div", { "aria-live": "off" });
  const drawResult = () => {
    const found = matching(filter);
    refill(result, el("p", { class: "tally", role: "status" }, `${grouped(found.length)} of ${grouped(FINDINGS.length)}: `, tallyOf(found)),
      findingList(found));
  };
  const controls = Object.entries(FILTERS).map(([field, order]) => {
    const values = inOrder(uniqueOf(FINDINGS, field).filter(Boolean), order || (field === "dtype" ? DTYPES : ORDER));
    const titles = { subject: labelOf, law: lawText };
    return select(field, [["", "any"], ...values.map((value) => [value, (titles[field] || String)(value)])], filter.get(field) || "", (value) => change(field, value));
  });
  const search = el("input", { type: "search", value: filter.get("text") || "", oninput: () => change("text", search.value) });
  refill(box, el("div", { class: "controls" }, controls, el("label", {}, "words", search),
    el("button", { type: "button", onclick: () => { location.hash = "#findings"; } }, "clear")), result);
  drawResult();
}

function showOneFinding(id) {
  const finding = FINDINGS.find((each) => idOf(each) === id);
  drawnFilter = null;
  document.getElementById("finding-list").replaceChildren(
    el("p", { class: "crumbs" }, el("a", { href: "#findings" }, "← all findings")),
    finding ? findingNode(finding, true) : el("p", {}, `No finding ${id} is in this report.`));
}
