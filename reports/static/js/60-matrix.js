// The matrix again, for the dtype, quantity, figure, columns and rows that the reader chooses. All of it is in the address.
const WHOLE = "worst of all";
const KINDS = ["distribution", "transform"].filter((kind) => quantitiesOf(kind).length);
const columnKey = (column) => [column.framework, column.label].join(" ");
const MATRIX_DEFAULTS = { dtype: DEFAULT_DTYPE, transform: firstQuantity("transform"), distribution: firstQuantity("distribution"), figure: VERDICT,
  rows: "", columns: "" };
let matrixChoice = { ...MATRIX_DEFAULTS };
let drawnMatrix = "";

const hiddenColumns = () => new Set(matrixChoice.columns ? matrixChoice.columns.split(",") : []);
const shownColumns = () => { const hidden = hiddenColumns(); return COLUMNS.filter((column) => !hidden.has(columnKey(column))); };

function matrixQuery() {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(matrixChoice)) if (value !== MATRIX_DEFAULTS[key] && value !== undefined) query.set(key, value);
  return query.toString();
}

function matrixEntry(subject, column) {
  const chosen = matrixChoice[subject.kind];
  const whole = chosen === WHOLE;
  const cells = (whole ? quantitiesOf(subject.kind) : [chosen]).map((quantity) =>
    BY_KEY.get(keyOf(column, matrixChoice.dtype, subject.id, quantity)));
  const entry = entryOf(cells, matrixChoice.figure, whole);
  return { ...entry, href: entry.cell ? fragment("subject", subject.id, matrixChoice.dtype, entry.cell.quantity) : fragment("subject", subject.id) };
}

function matrixRow(subject, columns) {
  const entries = columns.map((column) => matrixEntry(subject, column)).map((entry) => entryNode(entry, entry.href));
  return el("tr", { class: subject.tanh_normal ? "tanh-normal" : null },
    el("th", { scope: "row" },
      el("a", { href: fragment("subject", subject.id) }, subject.label, subject.small ? [" ", el("small", {}, subject.small)] : null),
      subject.tanh_normal ? el("span", { class: "tag" }, "the policy of reinforcement learning") : null),
    entries);
}

// On a large page the entries come without addresses and readings (templates/matrix.html.j2): without a script the former
// lead nowhere.
function linkMatrix(grid) {
  if (grid.querySelector("td a[href]")) return;
  for (const body of grid.tBodies) {
    const subjects = DATA.subjects.filter((subject) => subject.kind === body.dataset.kind);
    [...body.rows].slice(1).forEach((row, at) => [...row.cells].slice(1).forEach((cell, n) => {
      const { href, told } = matrixEntry(subjects[at], COLUMNS[n]);
      fill(cell.firstElementChild, { href, title: told }, []);
    }));
  }
}

function matrixHead(columns) {
  const groups = Map.groupBy ? [...Map.groupBy(columns, (column) => column.framework)] : [...new Set(columns.map((c) => c.framework))]
    .map((name) => [name, columns.filter((column) => column.framework === name)]);
  const under = (name) => { const row = DATA.frameworks.find((each) => each.name === name); return [row.role, row.version].filter(Boolean).join(", "); };
  return [el("tr", {}, el("th", { scope: "col", rowspan: 2, class: "corner" }, "subject"), groups.map(([name, own]) =>
    el("th", { scope: "colgroup", colspan: own.length, class: "group", "data-framework": name }, el("a", { href: fragment("framework", name) }, name), el("small", {}, under(name))))),
  el("tr", {}, groups.flatMap(([, own]) => own.map((column, at) => el("th", { scope: "col", class: at ? "mode" : "mode first" }, column.label))))];
}

function drawMatrix() {
  const grid = document.getElementById("matrix-table");
  const columns = shownColumns();
  const words = matrixChoice.rows.toLowerCase().split(/\s+/).filter(Boolean);
  grid.tHead.replaceChildren(...matrixHead(columns));
  for (const body of grid.tBodies) {
    const kind = body.dataset.kind;
    body.querySelector(".of").textContent = matrixChoice[kind];
    body.querySelector(".words").textContent = matrixChoice[kind] === WHOLE ? "" : wordsOf(matrixChoice[kind]);
    body.querySelector(".words").title = apiOf(matrixChoice[kind], Object.keys(DATA.api)).map(([name, call]) => `${name}: ${call}`).join("; ");
    body.firstElementChild.firstElementChild.colSpan = columns.length + 1;
    const rows = DATA.subjects.filter((subject) => subject.kind === kind && words.every((word) => subject.id.toLowerCase().includes(word)));
    body.replaceChildren(body.firstElementChild, ...rows.map((subject) => matrixRow(subject, columns)));
  }
  document.getElementById("matrix-caption").textContent = [matrixChoice.dtype,
    KINDS.map((kind) => `${matrixChoice[kind]} for ${kind}s`).join(", "), `${FIGURES[matrixChoice.figure][0]}.`].join("; ");
  document.querySelector(".legend .for-verdict").hidden = matrixChoice.figure !== VERDICT;
  document.querySelector(".legend .for-figure").hidden = matrixChoice.figure === VERDICT;
  roam(grid);
  drawnMatrix = matrixQuery();
}

// From the address; an unknown value is as if it were not there.
function showMatrix(query) {
  if (query === drawnMatrix) return;
  const given = new URLSearchParams(query);
  const allowed = { dtype: DTYPES, figure: Object.keys(FIGURES), transform: [...quantitiesOf("transform"), WHOLE],
    distribution: [...quantitiesOf("distribution"), WHOLE] };
  matrixChoice = { ...MATRIX_DEFAULTS };
  for (const [key, value] of given) if (key in MATRIX_DEFAULTS && (!allowed[key] || allowed[key].includes(value))) matrixChoice[key] = value;
  if (!shownColumns().length) matrixChoice.columns = "";
  drawControls();
  drawMatrix();
}

function changeMatrix(key, value) {
  matrixChoice[key] = value;
  drawMatrix();
  history.replaceState(null, "", `#matrix${drawnMatrix ? "?" : ""}${drawnMatrix}`);
}

function drawControls() {
  const pick = (key) => (value) => changeMatrix(key, value);
  const plain = (items) => items.map((item) => [item, item]);
  const rows = el("input", { type: "search", value: matrixChoice.rows, oninput: () => changeMatrix("rows", rows.value) });
  const hidden = hiddenColumns();
  const boxes = COLUMNS.map((column) => {
    const key = columnKey(column);
    const box = el("input", { type: "checkbox", checked: !hidden.has(key), onchange: () => {
      if (box.checked) hidden.delete(key); else hidden.add(key);
      if (hidden.size === COLUMNS.length) { hidden.delete(key); box.checked = true; return; }
      changeMatrix("columns", [...hidden].join(","));
    } });
    return el("label", {}, box, key);
  });
  const open = document.querySelector(".columns")?.open;
  refill(document.getElementById("matrix-controls"),
    select("dtype", plain(DTYPES), matrixChoice.dtype, pick("dtype")),
    KINDS.map((kind) => select(`${kind}s`, plain([...quantitiesOf(kind), WHOLE]), matrixChoice[kind], pick(kind))),
    select("figure", Object.entries(FIGURES).map(([key, [name]]) => [key, name]), matrixChoice.figure, pick("figure")),
    el("label", {}, "rows with", rows),
    el("details", { class: "columns", open }, el("summary", {}, "columns"), el("div", {}, boxes)));
}

function startMatrix() {
  drawControls();
  linkMatrix(document.getElementById("matrix-table"));
  roam(document.getElementById("matrix-table"));
}
