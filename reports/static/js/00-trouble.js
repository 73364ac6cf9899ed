// Whatever goes wrong in this script is shown, never swallowed: a report that is silently half empty misleads.
function trouble(text) {
  const box = document.getElementById("trouble");
  box.hidden = false;
  box.append(box.childNodes.length ? " · " : "This page's script failed; the static part is still right. ", text);
}
addEventListener("error", (event) => trouble(`${event.message} (line ${event.lineno})`));
addEventListener("unhandledrejection", (event) => trouble(String(event.reason)));
document.addEventListener("securitypolicyviolation", (event) => trouble(`blocked by policy: ${event.effectiveDirective}`));
