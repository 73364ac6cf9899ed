// One finding: a line that opens to everything known about it.
const distance = (worst) => (worst && num(worst.ulp) !== null ? `${short(num(worst.ulp))} ulp` : "");

// What a line need not repeat: {subject: true} on the page of a subject, {framework: true} on that of a framework.
function findingNode(finding, open = false, same = {}) {
  const node = el("details", { class: "finding", id: `finding-${idOf(finding)}` }, el("summary", {},
    el("span", { class: `sev sev-${finding.severity}` }, finding.severity),
    el("span", { class: "who" }, same.framework ? finding.mode || "" : `${finding.framework} ${finding.mode || ""}`),
    el("span", { class: "where" }, same.subject ? null : [el("bdi", {}, labelOf(finding.subject)), " "], `${finding.quantity} ${finding.dtype}`),
    el("span", { class: "kind" }, finding.kind, finding.known ? " ⚑" : "", finding.caught ? el("span", { class: "badge" }, "caught by default") : null,
      finding.confirmed === false ? el("span", { class: "badge" }, "not confirmed") : null),
    el("span", { class: "told" }, briefly(finding))));
  const openUp = () => { if (node.open && node.children.length === 1) node.append(findingBody(finding)); };
  node.addEventListener("toggle", openUp);
  if (open) { node.open = true; openUp(); }
  return node;
}

// Input and result, which the line is about; the summary where there are none. A vector is cut, and says so.
function briefly(finding) {
  const worst = finding.worst;
  if (!worst || !worst.input) return completed(finding).summary;
  const cut = (value) => { const all = String(value).split(" "); return all.length > 2 ? `(${all.slice(0, 2).map((v) => readable(v, 6)).join(", ")}, …)` : all.map((v) => readable(v, 9)).join(", "); };
  return [`at ${cut(worst.input)}: `, el("b", {}, cut(worst.got)), ", exact ", /^[-\d]/.test(worst.exact || "") ? readable(worst.exact, 9) : worst.exact || "–"];
}

const pair = (name, ...values) => {
  const present = values.flat().filter((value) => value !== null && value !== undefined && value !== "");
  return present.length ? [el("dt", {}, name), el("dd", {}, present)] : [];
};
// Numbers of an event as a reader can take them in, like findings.names.elided; the script below has all of them.
const elided = (numbers) => { const all = String(numbers).split(" "); return all.length > 9 ? `${all.slice(0, 8).join(" ")} … (${all.length} numbers)` : all.join(" "); };
const valued = (decimal, hex) => (decimal === null || decimal === undefined ? [] : [el("code", {}, elided(decimal)),
  hex ? el("code", { class: "hex" }, elided(hex)) : null]);

function findingBody(finding) {
  const worst = completed(finding).worst || {};
  // At an exact 0 an ulp is the smallest subnormal: a number of those tells nothing that the plain distance does not.
  const fromZero = worst.exact === "0" && Number.isFinite(Number(worst.got));
  const figures = [["ulp", "ulp"], ["bits", "bits lost"], ["nats", "nats"], ["excess_bits", "excess bits"]]
    .filter(([key]) => num(worst[key]) !== null)
    .map(([key, unit]) => (fromZero && key === "ulp" ? `${short(Math.abs(Number(worst.got)))} away from exactly 0` : `${short(num(worst[key]))} ${unit}`)).join(" · ");
  const span = finding.from_hex ? [el("code", {}, elided(finding.from_hex)), " … ", el("code", {}, elided(finding.to_hex))] : [];
  const facts = el("dl", { class: "values" },
    pair("what", finding.summary),
    pair("input", valued(worst.input, worst.input_hex)),
    pair("got", valued(worst.got, worst.got_hex)),
    pair("expected", valued(worst.expected, worst.expected_hex)),
    pair("exact", worst.exact ? el("code", {}, worst.exact) : null),
    pair("distance", figures),
    pair("how often", finding.count === null ? null : `${grouped(finding.count)} of ${grouped(finding.points)} inputs of the region “${spaced(finding.region || "")}”`),
    pair("between", span));
  const context = el("dl", { class: "values" },
    pair("where", el("a", { href: fragment("subject", finding.subject, finding.dtype, finding.quantity) }, labelOf(finding.subject)), ` ${finding.quantity}, ${finding.dtype}`),
    pair("framework", el("a", { href: fragment("framework", finding.framework) }, finding.framework), ` ${finding.version || ""}, ${finding.mode || ""}, ${finding.device || ""}`),
    pair("note", finding.note),
    pair("cause", CAUSES.has(finding.cause) ? el("a", { href: fragment("cause", finding.cause) }, CAUSES.get(finding.cause).title) : null),
    pair("component", finding.component ? el("code", {}, finding.component) : null),
    pair("right here", finding.attainable),
    pair("one value alone", finding.single ? el("code", {}, finding.single) : null),
    pair("law", lawText(finding.law)),
    pair("blame", finding.blame),
    pair("certificate", finding.certificate),
    pair("confirmed by", finding.confirmed === false ? `${finding.confirmed_by || "nothing"} (not confirmed)` : finding.confirmed_by),
    pair("known", finding.known, finding.known_versions ? ` (versions ${finding.known_versions})` : null, finding.link ? [" ", link(finding.link)] : null),
    pair("link here", el("a", { href: fragment("finding", finding.id) }, finding.id)));
  return el("div", { class: "body" }, facts, el("div", {}, context, scriptNode(finding)));
}

function lawText(law) {
  const found = DATA.laws.find((each) => each.id === law);
  return found ? `${law} ${found.title || ""}` : law;
}

function scriptNode(finding) {
  if (!finding.code) return el("p", { class: "caption" }, "The reproduction script is in findings.json.");
  const ran = finding.reproduced === false ? "When the suite ran this script it did not misbehave; it printed " : "The suite ran this script; it printed ";
  return [el("div", { class: "script" }, el("pre", { tabindex: "0" }, el("code", {}, codeOf(finding))), copyButton(withNeeds(finding))),
    finding.ran === false ? el("p", { class: "caption" }, "One script of its cause was run for this mode and dtype; this one was not.") : null,
    finding.printed && finding.ran !== false ? el("p", { class: "caption" }, ran, el("code", {}, finding.printed)) : null];
}

// The script with what it needs and what it shows, so that it can be pasted and judged by whoever never saw this page.
function withNeeds(finding) {
  const framework = DATA.frameworks.find((each) => each.name === finding.framework);
  const worst = finding.worst || {};
  const lines = [`${finding.framework} ${finding.version || ""}, ${finding.mode || ""}, ${finding.dtype}: ${finding.summary}`,
    framework?.install ? `needs: ${framework.install}` : "", finding.printed ? `printed: ${finding.printed}` : "",
    worst.exact ? `exact: ${worst.exact}; nearest ${finding.dtype}: ${worst.expected} (${worst.expected_hex})` : ""];
  return `${lines.filter(Boolean).map((line) => `# ${line.replace(/\s+/g, " ")}`).join("\n")}\n${codeOf(finding)}`;
}

// A list in portions, so that hundreds of findings do not wait for each other.
function findingList(findings, portion = 120, same = {}) {
  const list = el("div", { class: "list" });
  const more = el("button", { type: "button", class: "more", onclick: () => add() });
  let shown = 0;
  const add = () => {
    list.append(...findings.slice(shown, shown + portion).map((finding) => findingNode(finding, false, same)));
    shown = Math.min(findings.length, shown + portion);
    more.textContent = `Show ${Math.min(portion, findings.length - shown)} more of ${grouped(findings.length - shown)}`;
    more.hidden = shown === findings.length;
  };
  add();
  return el("div", {}, list, more);
}
function tallyOf(findings) {
  const accused = findings.filter((finding) => finding.confirmed !== false);
  const rest = findings.length - accused.length;
  return [["grave", "serious", "minor"].map((severity) => [el("span", { class: `sev sev-${severity}` },
    `${grouped(accused.filter((finding) => finding.severity === severity).length)} ${severity}`), " "]), rest ? `${grouped(rest)} not confirmed` : ""];
}
