// The address after # chooses the view: #matrix, #findings?severity=grave, #subject/tanh/float32/fldj, #finding/<id>, …
const VIEWS = {
  matrix: () => {},
  findings: (parts, query) => drawFindings(query),
  finding: ([id]) => showOneFinding(id),
  statistics: () => {},
  laws: () => {},
  guide: () => {},
  reproduce: () => {},
  subject: (parts) => drawSubject(...parts),
  framework: (parts) => drawFramework(...parts),
};
let shownView = null;

function decoded(part) {
  try { return decodeURIComponent(part); } catch { return part; }
}

function route() {
  const [path, query = ""] = location.hash.slice(1).split("?");
  const [first, ...parts] = path.split("/").map(decoded);
  const name = Object.hasOwn(VIEWS, first) ? first : shownView ? null : "matrix";
  if (!name) return;
  VIEWS[name](parts, query);
  const section = name === "finding" ? "findings" : name;
  for (const view of document.querySelectorAll(".view")) {
    view.classList.toggle("shown", view.id === `view-${section}`);
    view.hidden = false;
  }
  const tab = { finding: "findings", subject: "matrix", framework: "matrix" }[name] || name;
  for (const anchor of document.querySelectorAll(".views a")) {
    if (anchor.getAttribute("href") === `#${tab}`) anchor.setAttribute("aria-current", "page");
    else anchor.removeAttribute("aria-current");
  }
  const page = `${name}/${parts[0] || ""}`;
  if (shownView && shownView !== page) {
    scrollTo(0, 0);
    document.getElementById("main").focus({ preventScroll: true });
  }
  shownView = page;
}
