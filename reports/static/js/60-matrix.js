// The matrix again, for the dtype, quantity and figure that the reader chooses.
const WHOLE = "worst of all";
const KINDS = ["distribution", "transform"].filter((kind) => quantitiesOf(kind).length);
const firstQuantity = (kind) => (quantitiesOf(kind).includes(DEFAULT_QUANTITY[kind]) ? DEFAULT_QUANTITY[kind] : quantitiesOf(kind)[0]);
const matrixChoice = { dtype: DEFAULT_DTYPE, transform: firstQuantity("transform"), distribution: firstQuantity("distribution"), figure: "worst" };

function matrixRow(subject) {
  const chosen = matrixChoice[subject.kind];
  const whole = chosen === WHOLE;
  const quantities = whole ? quantitiesOf(subject.kind) : [chosen];
  const entries = COLUMNS.map((column) => {
    const cells = quantities.map((quantity) => BY_KEY.get(keyOf(column, matrixChoice.dtype, subject.id, quantity)));
    const entry = entryOf(cells, matrixChoice.figure, whole);
    return entryNode(entry, entry.cell ? fragment("subject", subject.id, matrixChoice.dtype, entry.cell.quantity) : fragment("subject", subject.id));
  });
  return el("tr", { class: subject.tanh_normal ? "tanh-normal" : null },
    el("th", { scope: "row" },
      el("a", { href: fragment("subject", subject.id) }, subject.label, subject.small ? [" ", el("small", {}, subject.small)] : null),
      subject.tanh_normal ? el("span", { class: "tag" }, "the policy of reinforcement learning") : null),
    entries);
}

function drawMatrix() {
  for (const body of document.querySelectorAll("#matrix-table tbody")) {
    const kind = body.dataset.kind;
    body.querySelector(".of").textContent = matrixChoice[kind];
    body.replaceChildren(body.firstElementChild, ...DATA.subjects.filter((subject) => subject.kind === kind).map(matrixRow));
  }
  const about = document.querySelector("#matrix-caption .about");
  document.getElementById("matrix-caption").replaceChildren([matrixChoice.dtype,
    KINDS.map((kind) => `${matrixChoice[kind]} for ${kind}s`).join(", "), `${FIGURES[matrixChoice.figure][0]}. `].join("; "), about);
  roam(document.getElementById("matrix-table"));
}

// Arrow keys inside the table: one cell is in the tab order, the arrows move it.
function roam(grid) {
  grid.setAttribute("role", "grid");
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

function startMatrix() {
  const pick = (key) => (value) => { matrixChoice[key] = value; drawMatrix(); };
  const plain = (items) => items.map((item) => [item, item]);
  document.getElementById("matrix-controls").append(
    select("dtype", plain(DTYPES), matrixChoice.dtype, pick("dtype")),
    ...KINDS.map((kind) => select(`${kind}s`, plain([...quantitiesOf(kind), WHOLE]), matrixChoice[kind], pick(kind))),
    select("figure", Object.entries(FIGURES).map(([key, [name]]) => [key, name]), matrixChoice.figure, pick("figure")));
  roam(document.getElementById("matrix-table"));
}
