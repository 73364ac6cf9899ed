// "Is it safe?": subject, framework and dtype chosen; the verdict in words and what to write instead.
const FIRST_ASKED = VERDICTS.find((row) => SUBJECTS.get(row.subject)?.tanh_normal && row.framework !== "numpy" && row.dtype === DEFAULT_DTYPE) || VERDICTS[0];
const askChoice = FIRST_ASKED ? { framework: FIRST_ASKED.framework, subject: FIRST_ASKED.subject, dtype: FIRST_ASKED.dtype } : {};

function remedyNode(remedy) {
  return el("div", { class: "remedy" }, el("p", {}, "Write this instead: ", remedy.words, " ", el("span", { class: "quiet" },
    `Run at ${remedy.tried} failing input${remedy.tried === 1 ? "" : "s"}: ${remedy.right ? "right at every one" : "not right at every one"}.`)),
  remedy.code ? el("div", { class: "script" }, el("pre", { tabindex: "0" }, el("code", {}, remedy.code)), copyButton(remedy.code)) : null);
}

function verdictNodes(rows, most = 1) {
  const remedies = rows.flatMap((row) => row.remedies).filter((remedy, at, all) => all.findIndex((each) => each.code === remedy.code && each.words === remedy.words) === at);
  const causes = [...new Set(rows.flatMap((row) => row.causes))].map((id) => CAUSES.get(id)).filter(Boolean);
  return [rows.map((row) => el("p", { class: `verdict safe-${row.safe}` }, rows.length > 1 ? el("strong", {}, `${row.mode}: `) : null, row.text)),
    remedies.slice(0, most).map(remedyNode),
    causes.length ? el("p", { class: "quiet" }, "Because of: ", causes.slice(0, 3).map((cause, at) => [at ? "; " : "", el("a", { href: fragment("cause", cause.id), title: cause.title }, `${cause.component.split(".").slice(-2).join(".")}: ${cause.mechanism}`)])) : null];
}

// The modes of one framework that say the same are one verdict.
function verdictRows(framework, dtype, subject) {
  const found = VERDICTS.filter((row) => row.framework === framework && row.dtype === dtype && row.subject === subject);
  const texts = new Map();
  for (const row of found) {
    if (!texts.has(row.text)) texts.set(row.text, { ...row, mode: [] });
    texts.get(row.text).mode.push(row.mode);
  }
  return [...texts.values()].map((row) => ({ ...row, mode: row.mode.join(", ") }));
}

function drawAnswer() {
  const { framework, subject, dtype } = askChoice;
  const rows = verdictRows(framework, dtype, subject);
  refill(document.getElementById("ask-answer"),
    rows.length ? verdictNodes(rows) : el("p", { class: "quiet" }, `${framework} was not asked about this in ${dtype}, or does not offer it.`),
    el("p", {}, el("a", { href: fragment("subject", subject, dtype) }, "Everything about it")));
}

function startAsk() {
  const box = document.getElementById("ask-controls");
  if (!FIRST_ASKED) { box.remove(); } else {
    const pick = (key) => (value) => { askChoice[key] = value; drawAnswer(); };
    box.append(select("is", inOrder(uniqueOf(VERDICTS, "subject"), DATA.subjects.map(({ id }) => id)).map((id) => [id, labelOf(id)]), askChoice.subject, pick("subject")),
      select("safe in", uniqueOf(VERDICTS, "framework").map((name) => [name, name]), askChoice.framework, pick("framework")),
      select("dtype", inOrder(uniqueOf(VERDICTS, "dtype"), DTYPES).map((name) => [name, name]), askChoice.dtype, pick("dtype")));
    drawAnswer();
  }
  startPair();
}

function startPair() {
  const names = READY.map(({ name }) => name);
  if (names.length < 2) { document.getElementById("pair-controls").closest("section").remove(); return; }
  const others = names.filter((name) => name !== "numpy");
  const chosen = { from: others.includes("tfp") ? "tfp" : others[0] || names[0], to: others.find((name) => name !== (others.includes("tfp") ? "tfp" : others[0])) || names[1] };
  const go = el("a", { class: "go", href: fragment("pair", chosen.from, chosen.to) });
  const draw = () => { go.setAttribute("href", fragment("pair", chosen.from, chosen.to)); go.textContent = `Where do ${chosen.from} and ${chosen.to} differ? →`; };
  const pick = (key) => (value) => { chosen[key] = value; draw(); };
  draw();
  document.getElementById("pair-controls").append(select("from", names.map((name) => [name, name]), chosen.from, pick("from")),
    select("to", names.map((name) => [name, name]), chosen.to, pick("to")), go);
}
