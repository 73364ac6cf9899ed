// The address after # chooses the view: #matrix?dtype=float64, #cause/<id>, #pair/tfp/torch, #findings?severity=grave, …
const VIEWS = {
  matrix: (parts, query) => showMatrix(query),
  cause: ([id]) => showCause(id),
  findings: (parts, query) => drawFindings(query),
  finding: ([id]) => showOneFinding(id),
  statistics: () => {},
  policies: () => {},
  laws: () => {},
  coverage: () => {},
  known: () => {},
  guide: () => {},
  reproduce: () => {},
  subject: (parts) => drawSubject(...parts),
  framework: (parts) => drawFramework(...parts),
  pair: (parts) => drawPair(...parts),
};
const NEEDS = { cause: ["body", "articles", "details", "curves", "findings", "issues"], findings: ["findings"], finding: ["findings"],
  subject: ["details", "curves", "findings"], framework: ["laws", "findings"] };
let shownView = null;

function decoded(part) {
  try { return decodeURIComponent(part); } catch { return part; }
}

// An empty address is the front page, so that Back from the first click leads there.
async function route() {
  const asked2 = location.hash;
  const [path, query = ""] = asked2.slice(1).split("?");
  const [first, ...parts] = path.split("/").map(decoded);
  const name = Object.hasOwn(VIEWS, first) ? first : !first || !shownView ? "matrix" : null;
  if (!name) return;
  await needed(NEEDS[name] || []);
  if (location.hash !== asked2) return;
  VIEWS[name](parts, query);
  const section = name === "finding" ? "findings" : name;
  for (const view of document.querySelectorAll(".view")) {
    view.classList.toggle("shown", view.id === `view-${section}`);
    view.hidden = false;
  }
  const tab = { finding: "#findings", subject: "#matrix", cause: "#matrix", framework: fragment("framework", parts[0] || "") }[name] || `#${name}`;
  for (const anchor of document.querySelectorAll(".views a")) {
    if (anchor.getAttribute("href") === tab) anchor.setAttribute("aria-current", "page");
    else anchor.removeAttribute("aria-current");
  }
  const page = `${name}/${parts[0] || ""}`;
  if (shownView && shownView !== page) {
    scrollTo(0, 0);
    document.getElementById("main").focus({ preventScroll: true });
  }
  shownView = page;
  document.documentElement.dataset.shown = asked2;
}
