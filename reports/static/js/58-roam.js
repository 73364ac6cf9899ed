// Arrow keys inside the table: one cell is in the tab order, the arrows move it.
function roam(grid) {
  const rows = [...grid.querySelectorAll("tbody tr:not(.band)")].map((row) => [...row.querySelectorAll("a")]);
  rows.flat().forEach((anchor, at) => anchor.setAttribute("tabindex", at ? "-1" : "0"));
  grid.onkeydown = (event) => {
    const at = rows.findIndex((row) => row.includes(document.activeElement));
    if (at < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
    const across = rows[at].indexOf(document.activeElement);
    const last = rows[at].length - 1;
    const target = { ArrowUp: [at - 1, across], ArrowDown: [at + 1, across], ArrowLeft: [at, across - 1], ArrowRight: [at, across + 1],
      Home: [at, 0], End: [at, last], PageUp: [0, across], PageDown: [rows.length - 1, across] }[event.key];
    const next = target && rows[target[0]]?.[target[1]];
    if (!target) return;
    event.preventDefault();
    if (!next) return;
    document.activeElement.setAttribute("tabindex", "-1");
    next.setAttribute("tabindex", "0");
    next.focus();
  };
}
