// Elements are made here and nowhere else. Children that are not nodes become text nodes, so no string is ever parsed
// as HTML; links lead into this page or to http(s), and nothing else.
const SVG = "http://www.w3.org/2000/svg";

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "href" && !/^(#|https?:\/\/)/.test(value)) throw new Error("a link that leads elsewhere");
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}
const el = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);
const svg = (tag, attributes, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);

function refill(node, ...children) {
  node.replaceChildren();
  return fill(node, {}, children);
}

function link(href, text) {
  if (href) return el("a", { href, rel: "noopener noreferrer" }, text === undefined ? href : text);
  return text === undefined ? null : text;
}

function select(label, options, value, change) {
  const box = el("select", { onchange: () => change(box.value) },
    options.map(([key, text]) => el("option", { value: key, selected: key === value }, text)));
  return el("label", {}, label, box);
}

// A table from rows of cells; a cell is a node, a text, or {th|td attributes, content}.
function table(name, heads, rows, style = "plain") {
  const cell = (tag, item, scope) => {
    const wrapped = item && item.content !== undefined && !(item instanceof Node);
    const { content, ...attributes } = wrapped ? item : { content: item };
    return el(tag, { scope, ...attributes }, content);
  };
  return el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": name },
    el("table", { class: style },
      el("thead", {}, el("tr", {}, heads.map((head) => cell("th", head, "col")))),
      el("tbody", {}, rows.map(([first, ...rest]) =>
        el("tr", {}, cell("th", first, "row"), rest.map((item) => cell("td", item)))))));
}
