// Causes: lists of them, their pages (which stand in this file already; here come plot, issue and findings), the issue.
const GRADES = ["grave", "serious", "minor"];

function causeItems(causes, withFramework = false, start = 1) {
  if (!causes.length) return el("p", { class: "quiet" }, DATA.has_causes ? "None." : "This run has no causes.json.");
  return el("ol", { class: "causes", start: start === 1 ? null : start }, causes.map((cause) => el("li", {},
    el("a", { href: fragment("cause", cause.id) }, el("span", { class: `sev sev-${cause.grade}` }, cause.grade), " ",
      withFramework ? [el("span", { class: "who" }, cause.framework), " "] : null, el("span", { class: "title" }, cause.title)),
    " ", el("span", { class: "meta" }, el("code", {}, cause.component), ` · ${cause.mechanism} · explains ${grouped(cause.count)} finding${cause.count === 1 ? "" : "s"}`,
      cause.caught ? [" · ", el("span", { class: "badge" }, "caught by default")] : null))));
}

// The worst of them, and the others folded: hundreds in a row hide what comes below.
const OPEN = 20;
const foldedCauses = (causes) => [causeItems(causes.slice(0, OPEN)), causes.length > OPEN
  ? el("details", { class: "rest" }, el("summary", {}, `${causes.length - OPEN} more`), causeItems(causes.slice(OPEN), false, OPEN + 1)) : null];

const gradesOf = (causes) => GRADES.map((grade) => [el("span", { class: `sev sev-${grade}` },
  `${causes.filter((cause) => cause.grade === grade).length} ${grade}`), " "]);

async function copyText(value, button, done) {
  const before = button.textContent;
  try {
    await navigator.clipboard.writeText(value);
    button.textContent = done;
  } catch {
    const area = el("textarea", { "aria-label": "Text to copy", rows: 20 });
    area.value = value;
    button.after(area);
    area.select();
    let copied = false;
    try { copied = document.execCommand("copy"); } catch { copied = false; }
    button.textContent = copied ? done : "selected: copy it";
    if (copied) area.remove();
  }
  setTimeout(() => { button.textContent = before; }, 2500);
}

const causePlace = (id) => fragment("cause", id).slice(1);

function showCause(id) {
  const cause = CAUSES.get(id);
  const view = document.getElementById("view-cause");
  view.querySelector(".absent-cause")?.remove();
  const place = causePlace(id);
  for (const article of view.querySelectorAll("article.cause")) article.hidden = article.id !== place;
  if (!cause) { view.append(el("p", { class: "absent-cause" }, `No cause ${id} is in this report. `, el("a", { href: "#matrix" }, "Front page"))); return; }
  const article = document.getElementById(place);
  if (article.dataset.done) return;
  completeArticle(article, id);
  article.dataset.done = "1";
  const issue = article.querySelector("button.issue");
  issue.addEventListener("click", () => copyText(issueText(article, id), issue, "Copied: paste it into the tracker"));
  for (const script of article.querySelectorAll("pre")) {
    const box = el("div", { class: "script" });
    script.replaceWith(box);
    box.append(script, copyButton(script.textContent));
  }
  causePlot(article.querySelector(".cause-plot"), cause);
  const folded = article.querySelector(".own-findings");
  folded.addEventListener("toggle", () => {
    if (folded.open && folded.children.length === 1) folded.append(findingList(FINDINGS.filter((finding) => finding.cause === id), 40, { framework: true }));
  });
}

// A large page carries the lower parts of an article packed (reports/articles.py), as tags, attributes and texts; the
// largest all of it.
function completeArticle(article, id) {
  const grown = (tree) => (typeof tree === "string" ? tree : el(tree[0], tree[1], tree.slice(2).map(grown)));
  const places = article.querySelectorAll("[data-piece]"), pieces = (PIECES.get(id) || []).map((piece) => piece.map(grown));
  places.forEach((place, at) => place.replaceWith(...pieces[at]));
  if (!places.length && pieces.length) article.append(...pieces[0]);
  article.setAttribute("aria-labelledby", article.querySelector("h2").id);
}

// Most texts as an issue escapes them: _inert of reports/causes.py.
const inert = (text) => text.replace(/[\\`*<>[\]|~$&]/g, "\\$&").replace(/(?<!\w)_|_(?!\w)/g, "\\_");

// The issue, with what the article says word for word put back: _said of reports/causes.py. Findings that were opened in
// it have scripts and numbers of their own.
function issueText(article, id) {
  const said = (selector) => [...article.querySelectorAll(selector)].filter((node) => !node.closest(".own-findings")).map((node) => node.textContent);
  const { title, component } = CAUSES.get(id);
  const told = [title.replace(/\.+$/, ""), ...said(".advice"), ...said(".evidence li").slice(0, DATA.issue.evidence)].map(inert);
  const scripts = said("pre.own code"), codes = said("pre:not(.own) code");
  const places = said(".places .where").slice(0, DATA.issue.places);
  return unmarked(ISSUES[id], [component, ...told, ...[...codes, ...places, ...said("dl.values code"), ...scripts]
    .map((text) => text.replace(/\n+$/, ""))]);
}

function causePlot(box, cause) {
  const [subject, quantity, , dtype, input] = cause.example;
  const cells = COLUMNS.map((column) => BY_KEY.get(keyOf(column, dtype, subject, quantity))).filter((cell) => cell && cell.status === "scored");
  if (!cells.some((cell) => curveOf(cell))) return;
  refill(box, el("h3", {}, `Error against input: ${labelOf(subject)} ${quantity}, ${dtype}`), plot(cells, dtype, `${labelOf(subject)} ${quantity} ${dtype}`, num(input) ?? undefined));
}

const copyButton = (value) => {
  const button = el("button", { type: "button", onclick: () => copyText(value, button, "copied") }, "copy");
  return button;
};
