// Statistics: the oracle's certified value beside every framework's offer.
const signOf = (verdict) => String(verdict).startsWith("estimate: unbiased") ? "≈" : { right: "✓", undecided: "?", "not offered": "" }[verdict] ?? "✗";

const gotText = ({ got, dtype }) => readable(got, DATA.digits[dtype]);

function offerNode(row, framework, dtype) {
  const own = (row.offers || []).filter((offer) => offer.framework === framework && offer.dtype === dtype);
  const values = own.filter((offer) => offer.status === "ok");
  if (!values.length) return { class: "absent", ...(own[0]?.message ? { title: own[0].message } : {}), content: own.length ? spaced(own[0].status) : "not asked" };
  const first = values[0];
  const told = values.map((offer) => `${offer.mode}: ${offer.got}, ${offer.verdict}${num(offer.ulp) === null ? "" : `, ${short(num(offer.ulp))} ulp`}${offer.message ? `, ${offer.message}` : ""}`).join("; ");
  const other = values.filter((offer) => offer.verdict !== first.verdict).map((offer) => `${offer.mode} ${signOf(offer.verdict) || offer.verdict}`);
  return { class: "offer", title: told, content: el("span", {}, signOf(first.verdict) ? [el("b", { class: "sign" }, signOf(first.verdict)), " "] : null,
    gotText(first), other.length ? ` (${other.join(", ")})` : "") };
}

function drawStatistics(dtype) {
  const body = document.querySelector("#statistics-table tbody");
  document.getElementById("statistics-dtype").textContent = dtype;
  [...body.rows].forEach((tr, at) => {
    const row = STATISTICS[at];
    // A large page has one cell for neighbours that offer nothing.
    tr.replaceChildren(...[...tr.children].filter((cell) => !cell.matches(".offer, .absent")), ...READY.map(({ name }) => {
      const { content, ...attributes } = offerNode(row, name, dtype);
      return el("td", attributes, content);
    }));
  });
}

function startStatistics() {
  const dtypes = inOrder(new Set(STATISTICS.flatMap((row) => (row.offers || []).map((offer) => offer.dtype))), DTYPES);
  if (!dtypes.length) return;
  const first = dtypes.includes(DEFAULT_DTYPE) ? DEFAULT_DTYPE : dtypes[0];
  document.getElementById("statistics-controls").append(select("dtype", dtypes.map((dtype) => [dtype, dtype]), first, drawStatistics));
  drawStatistics(first);
}

function statisticsOf(subject) {
  const rows = STATISTICS.filter((row) => row.subject === subject);
  if (!rows.length) return null;
  return [el("h3", {}, "Statistics"), table("Statistics", ["statistic", "exact", ...READY.map(({ name }) => name)], rows.map((row) => [
    row.quantity, el("span", {}, el("code", {}, row.exact), " ", el("small", {}, row.certificate)), ...READY.map(({ name }) => offerNode(row, name, DEFAULT_DTYPE))]))];
}
