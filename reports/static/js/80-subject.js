// The page of one transform or distribution.
function drawSubject(id, dtype, quantity) {
  const view = document.getElementById("view-subject");
  const subject = SUBJECTS.get(id);
  if (!subject) { refill(view, el("p", {}, `No subject ${id} is in this report.`)); return; }
  const own = CELLS.filter((cell) => cell.subject === id);
  const dtypes = DTYPES.filter((each) => own.some((cell) => cell.dtype === each));
  const quantities = inOrder(uniqueOf(own, "quantity"), ORDER);
  const chosenDtype = dtypes.includes(dtype) ? dtype : dtypes.includes(DEFAULT_DTYPE) ? DEFAULT_DTYPE : dtypes[0];
  const preferred = quantities.includes(DEFAULT_QUANTITY[subject.kind]) ? DEFAULT_QUANTITY[subject.kind] : quantities[0];
  const chosenQuantity = quantities.includes(quantity) ? quantity : preferred;
  const all = DATA.subjects;
  const at = all.indexOf(subject);
  const step = (by, sign) => (all[at + by] ? el("a", { href: fragment("subject", all[at + by].id), title: labelOf(all[at + by].id) }, sign) : null);
  const choose = (d, q) => { location.hash = fragment("subject", id, d, q); };
  const body = el("div", {});
  refill(view, 
    el("div", { class: "crumbs" }, el("a", { href: "#matrix" }, "← Front page"), step(-1, "‹ previous"), step(1, "next ›"),
      el("label", {}, el("span", { class: "sr-only" }, "subject"), el("select", { onchange: (event) => { location.hash = fragment("subject", event.target.value); } },
        all.map((each) => el("option", { value: each.id, selected: each.id === id }, labelOf(each.id)))))),
    el("h2", { tabindex: "-1" }, subject.label, subject.small ? [" ", el("small", {}, subject.small)] : null),
    subject.tanh_normal ? el("p", { class: "caption" }, "The policy of reinforcement learning: a normal variable squashed by tanh, scored by its own, often saturated, samples.") : null,
    verdictTable(subject, chosenDtype),
    definition(subject),
    own.length ? el("div", { class: "controls" },
      select("quantity", quantities.map((each) => [each, each]), chosenQuantity, (value) => choose(chosenDtype, value)),
      select("dtype", dtypes.map((each) => [each, each]), chosenDtype, (value) => choose(value, chosenQuantity))) : null,
    body);
  const cells = COLUMNS.map((column) => BY_KEY.get(keyOf(column, chosenDtype, id, chosenQuantity))).filter(Boolean);
  const scored = cells.filter((cell) => cell.status === "scored");
  refill(body, [
    own.length ? [
      el("h3", {}, `Error against input: ${chosenQuantity}, ${chosenDtype}`),
      quantityNote(chosenQuantity),
      plot(scored, chosenDtype, `${labelOf(id)} ${chosenQuantity} ${chosenDtype}`),
      absences(cells), remarks(scored),
      worstInputs(scored, chosenDtype), promises(scored), safeRanges(scored, chosenDtype), regionTable(scored, chosenDtype), failureTable(scored),
    ] : el("p", {}, "This run asked for no value of it: what it has is of its laws."),
    clustersOf(id), statisticsOf(id), subjectCauses(id), subjectFindings(id),
  ]);
}

// In words, for each framework: up to where it is safe, and what to write instead.
function verdictTable(subject, dtype) {
  const rows = READY.map(({ name }) => [name, verdictRows(name, dtype, subject.id)]).filter(([, found]) => found.length);
  if (!rows.length) return null;
  return [el("h3", {}, `Is it safe in ${dtype}?`), el("div", { class: "verdicts" }, rows.map(([name, found]) =>
    el("section", { "aria-label": `Verdict, ${name}` }, el("h4", {}, el("a", { href: fragment("framework", name) }, name)), verdictNodes(found, 2))))];
}

function quantityNote(quantity) {
  return el("p", { class: "caption" }, `${quantity}: ${wordsOf(quantity)}. `, apiOf(quantity).map(([name, call], at) => [at ? " · " : "", name, " ", el("code", {}, call)]));
}

function subjectCauses(id) {
  const own = DATA.causes.filter((cause) => cause.subjects.includes(id));
  return own.length ? [el("h3", {}, "What to mend"), causeItems(own, true)] : null;
}

function definition(subject) {
  const rank2 = Array.isArray(subject.event_rank) ? `${subject.event_rank[0]} → ${subject.event_rank[1]}` : null;
  const reference = subject.reference ? link(subject.link, subject.reference) : null;
  const items = [["definition", subject.formula], ["domain", subject.domain], ["codomain", subject.codomain],
    ["base measure", subject.base_measure], ["event rank", rank2], ["source", reference], ["name", el("code", {}, subject.id)],
    ["asked in this run", subject.asked]];
  return el("dl", { class: "definition" }, items.filter(([, value]) => value).map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))));
}

const counts = (record2) => Object.entries(record2 || {}).map(([name, count]) => `${grouped(count)} ${spaced(name)}`).join(", ");

function absences(cells) {
  const absent = cells.filter((cell) => cell.status !== "scored");
  if (!absent.length) return null;
  return el("ul", { class: "plain" }, absent.map((cell) => el("li", { class: UNJUDGED.includes(cell.status) ? "quiet" : "wrong" },
    `${nameOf(cell)}: ${spaced(cell.status)}`, cell.message ? [" — ", el("bdi", {}, cell.message)] : null)));
}

// What is said of cells that were judged: which inputs were not asked, and why, or how some of the inputs failed.
function remarks(scored) {
  const said = [...new Set(scored.map((cell) => cell.message).filter(Boolean))];
  if (!said.length) return null;
  return el("ul", { class: "plain" }, said.map((message) => el("li", { class: "quiet" },
    `${scored.filter((cell) => cell.message === message).map(nameOf).join(", ")}: `, el("bdi", {}, message))));
}

function promises(scored) {
  const held = scored.filter((cell) => cell.promise);
  if (!held.length) return null;
  return [el("p", { class: "caption" }, "Judged by what the documentation promises, in the place of ulp:"),
    el("ul", { class: "plain" }, held.map((cell) => el("li", {}, `${nameOf(cell)}: `, el("bdi", {}, cell.promise))))];
}

function worstInputs(scored, dtype) {
  if (!scored.length) return null;
  return [el("h3", {}, "Worst ordinary inputs"), table("Worst ordinary inputs",
    ["framework", { class: "n", content: "worst ulp" }, "at", "hexadecimal", { class: "n", content: "99 % below" }, { class: "n", content: "mean ulp" }, { class: "n", content: "bits kept" }, "coverage", { class: "n", content: "points" }, "verdicts rest on"],
    scored.map((cell) => [nameOf(cell), { class: "n", content: swatch(num(cell.worst_ulp), dtype) }, el("code", {}, cell.worst_input === null ? "–" : cell.worst_input.split(" ").map((v) => readable(v, DATA.digits[dtype])).join(" ")), el("code", {}, hexOf(cell.worst_input_hex, cell.worst_input, dtype) ?? "–"),
      { class: "n", content: short(num(cell.p99_ulp)) }, { class: "n", content: short(num(cell.mean_ulp)) },
      { class: "n", content: num(cell.kept_percent) === null ? "–" : `${num(cell.kept_percent).toFixed(1)} %` },
      cell.exact ? "▪ exact maximum" : "lower bound", { class: "n", content: grouped(cell.points) },
      [counts(cell.certificates), cell.undecided ? `${grouped(cell.undecided)} undecided` : "", cell.inherent ? `${grouped(cell.inherent)} inherent` : "", cell.promise ? "a promise" : ""].filter(Boolean).join(", ")]))];
}

function safeRanges(scored, dtype) {
  const rows = scored.filter((cell) => cell.safe_range);
  if (!rows.length) return null;
  const end = (decimal, hex) => el("span", {}, el("code", {}, readable(decimal, DATA.digits[dtype])), " ", el("small", {}, el("code", {}, hexOf(hex, decimal, "float64") ?? "")));
  return [el("h3", {}, "Safe ranges"), table("Safe ranges", ["framework", "from", "to", { class: "n", content: "bound, ulp" }, { class: "n", content: "or nats" }],
    rows.map((cell) => { const s = cell.safe_range; return [nameOf(cell), end(s.low, s.low_hex), end(s.high, s.high_hex),
      { class: "n", content: short(num(s.bound_ulp)) }, { class: "n", content: short(num(s.bound_nats)) }]; }))];
}

function regionTable(scored, dtype) {
  const names = inOrder(new Set(scored.flatMap((cell) => Object.keys(cell.regions))), ["ordinary", "near zero", "subnormal", "saturation", "range end", "boundary", "special", "outside"]);
  if (!names.length) return null;
  return [el("h3", {}, "By region"), el("p", { class: "caption" }, "Results outside the tolerance in ulp, of those tried; how many of these are unusable, too, that is outside the tolerance in nats or without any; the worst error in ulp and in nats."),
    table("By region", ["framework", ...names], scored.map((cell) => [nameOf(cell), ...names.map((name) => {
      const region = cell.regions[name];
      if (!region) return { class: "absent", content: "–" };
      const nats = num(region.worst_nats);
      return { title: region.worst_input_hex === null ? null : `worst at ${regionHex(cell, region)}`, content: el("span", {},
        region.failed ? el("span", { class: region.unusable === 0 ? null : "wrong" }, `✗ ${grouped(region.failed)} of ${grouped(region.points)}`,
          region.unusable === null || region.unusable === undefined || region.unusable === region.failed ? "" : region.unusable ? `, ${grouped(region.unusable)} unusable` : ", usable") : el("span", { class: "good" }, `✓ ${grouped(region.points)}`),
        " ", el("br"), swatch(num(region.worst_ulp), dtype), nats === null ? "" : el("small", {}, ` ${short(nats)} nats`)) };
    })]))];
}

function failureTable(scored) {
  const names = [...new Set(scored.flatMap((cell) => Object.keys(cell.failures)))];
  if (!names.length) return null;
  return [el("h3", {}, "Kinds of failure"), table("Kinds of failure", ["framework", ...names.map((name) => ({ class: "n", content: name }))],
    scored.map((cell) => [nameOf(cell), ...names.map((name) => ({ class: "n", content: cell.failures[name] ? grouped(cell.failures[name]) : "·" }))]))];
}

function clustersOf(id) {
  const found = DATA.clusters.filter((cluster) => cluster.subject === id && (cluster.members || []).length > 1);
  if (!found.length) return null;
  const words = ["", "", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
  return [el("h3", {}, "Same worst input"), found.map((cluster) => el("p", { class: "cluster" },
    `${cluster.quantity}, ${cluster.dtype}: these ${words[cluster.members.length] || cluster.members.length} share a worst input, probably a formula: `,
    el("b", {}, cluster.members.join(", ")), `; ${short(num(cluster.worst_ulp))} ulp at `, el("code", {}, String(cluster.worst_input)), " ", el("code", { class: "quiet" }, cluster.worst_input_hex)))];
}

function subjectFindings(id) {
  const found = FINDINGS.filter((finding) => finding.subject === id);
  return [el("h3", {}, "Findings"), el("p", { class: "tally" }, tallyOf(found), " ", found.length ? el("a", { href: `#findings?subject=${encodeURIComponent(id)}` }, "filter them") : null),
    found.length ? findingList(found, 25, { subject: true }) : null];
}
