// Two frameworks side by side: what only one offers, where the verdicts differ, and the causes of either.
const pairChoice = { dtype: DEFAULT_DTYPE, all: false };

// The first mode of a framework stands for it; what a port meets is the default mode.
const firstWay = (name) => COLUMNS.find((column) => column.framework === name);

function drawPair(a, b, dtype) {
  const view = document.getElementById("view-pair");
  const names = READY.map(({ name }) => name);
  const others = names.filter((name) => name !== "numpy");
  const left = names.includes(a) ? a : others[0] || names[0];
  const right = names.includes(b) && b !== left ? b : others.find((name) => name !== left) || names.find((name) => name !== left);
  if (!right) { refill(view, el("p", {}, "There is only one framework in this run.")); return; }
  if (DTYPES.includes(dtype)) pairChoice.dtype = dtype;
  const go = (x, y, d) => { location.hash = fragment("pair", x, y, d); };
  const options = names.map((name) => [name, name]);
  const box = el("div", {});
  const every = el("input", { type: "checkbox", checked: pairChoice.all, onchange: () => { pairChoice.all = every.checked; fillPair(box, left, right); } });
  refill(view, el("p", { class: "crumbs" }, el("a", { href: "#matrix" }, "← Front page")),
    el("h2", { tabindex: "-1" }, `${left} and ${right}: where do they differ?`),
    el("div", { class: "controls" }, select("from", options, left, (value) => go(value, value === right ? left : right, pairChoice.dtype)),
      select("to", options, right, (value) => go(value === left ? right : left, value, pairChoice.dtype)),
      select("dtype", DTYPES.map((each) => [each, each]), pairChoice.dtype, (value) => go(left, right, value)),
      el("label", { class: "inline" }, every, "also where they agree")), box);
  fillPair(box, left, right);
}

function fillPair(box, left, right) {
  const rows = pairRows(left, right);
  const kinds = [["One is better than the other", (row) => row.gap > 0],
    ["Offered by one only", (row) => row.gap === 0 && row.lacks], ["Alike", (row) => row.gap === 0 && !row.lacks && pairChoice.all]];
  const own = (name) => DATA.causes.filter((cause) => cause.framework === name);
  const shared = own(left).filter((cause) => cause.linked.some((id) => CAUSES.get(id)?.framework === right));
  const sharedIds = new Set(shared.flatMap((cause) => [cause.id, ...cause.linked]));
  refill(box, el("p", { class: "tally", role: "status" }, pairSummary(rows, left, right)),
    kinds.map(([title, choose]) => { const found = rows.filter(choose); return found.length ? pairTable(title, found, left, right) : null; }),
    el("h3", {}, "What to mend behind it"),
    el("div", { class: "abreast two" }, [left, right].map((name) => {
      const causes = own(name).filter((cause) => !sharedIds.has(cause.id));
      return el("div", {}, el("h4", {}, `Only ${name}: `, gradesOf(causes)), causeItems(causes.slice(0, 15)),
        causes.length > 15 ? el("p", {}, el("a", { href: fragment("framework", name) }, `all ${causes.length} of ${name}`)) : null);
    })),
    shared.length ? [el("h4", {}, "Both, at the same inputs"), causeItems(shared)] : null);
}

function pairRows(left, right) {
  const [a, b] = [firstWay(left), firstWay(right)];
  return DATA.subjects.flatMap((subject) => quantitiesOf(subject.kind).map((quantity) => {
    const cells = [a, b].map((way) => BY_KEY.get(keyOf(way, pairChoice.dtype, subject.id, quantity)));
    const entries = cells.map((cell) => entryOf([cell], VERDICT, false));
    const scored = cells.map((cell) => cell?.status === "scored");
    const ranks = cells.map((cell, at) => (scored[at] ? WORD_RANK.indexOf(cell.word) : null));
    return { subject, quantity, entries, gap: scored[0] && scored[1] ? Math.abs(ranks[0] - ranks[1]) : 0, better: ranks[0] < ranks[1] ? 0 : 1,
      lacks: scored[0] !== scored[1], asked: cells.some(Boolean) && (scored[0] || scored[1]), worst: Math.max(...ranks.map((rank2) => rank2 ?? -1)),
      only: scored[0] ? 0 : 1 };
  })).filter((row) => row.asked).sort((x, y) => y.gap - x.gap || y.worst - x.worst);
}

function pairSummary(rows, left, right) {
  const better = [0, 1].map((side) => rows.filter((row) => row.gap > 0 && row.better === side).length);
  const only = [0, 1].map((side) => rows.filter((row) => row.lacks && row.only === side).length);
  return [`In ${pairChoice.dtype}, ${left} is better at ${better[0]} and ${right} at ${better[1]} of ${rows.length} quantities of the subjects that either offers; `,
    `${only[0]} are offered by ${left} only, ${only[1]} by ${right} only.`];
}

function pairTable(title, rows, left, right) {
  const verdictText = (name, subject) => firstSentence(verdictRows(name, pairChoice.dtype, subject)[0]?.text || "");
  const side = (row, at, name) => {
    const entry = row.entries[at];
    const said = row.quantity === DEFAULT_QUANTITY[row.subject.kind] ? verdictText(name, row.subject.id) : null;
    return { class: "pair-cell", content: el("span", {}, el("span", { class: `key ${entry.style}`, title: entry.told }, entry.text === "–" ? "not offered" : entry.text),
      " ", el("small", {}, entry.small || ""), said ? el("small", { class: "said" }, said) : null) };
  };
  const call = (name, quantity) => DATA.api[name]?.[quantity];
  return [el("h3", {}, `${title} (${rows.length})`), table(title, ["subject", "quantity", left, right], rows.map((row) => [
    el("a", { href: fragment("subject", row.subject.id, pairChoice.dtype, row.quantity) }, labelOf(row.subject.id)),
    { title: wordsOf(row.quantity), content: el("span", {}, row.quantity, call(left, row.quantity) || call(right, row.quantity)
      ? el("small", { class: "api" }, [left, right].map((name) => call(name, row.quantity)).filter(Boolean).join(" → ")) : null) },
    side(row, 0, left), side(row, 1, right)]))];
}
const firstSentence = (words) => words.split(/(?<=[.;])\s+(?=[A-Z]|[a-z_-]+ (?:is|are|scored|cannot) )/)[0];
