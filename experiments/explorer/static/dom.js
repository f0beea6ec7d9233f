// Elements made by hand: text goes in as text, never as markup.

const SVG = "http://www.w3.org/2000/svg";

function fill(node, attributes, children) {
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key in node && typeof value !== "string" && !(node instanceof SVGElement)) node[key] = value;
    else node.setAttribute(key, value === true ? "" : String(value));
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** An HTML element; attributes that begin with "on" are listeners. */
export function h(name, attributes, ...children) {
  return fill(document.createElement(name), attributes, children);
}

/** An SVG element. */
export function s(name, attributes, ...children) {
  return fill(document.createElementNS(SVG, name), attributes, children);
}

/** A card: a section with a heading, and what stands in it. */
export function card(title, attributes, ...children) {
  return h("section", { ...attributes, class: `card ${attributes?.class ?? ""}` }, h("h2", {}, title), ...children);
}

/** A select box from [value, text] pairs. */
export function choice(pairs, value, onchange, attributes) {
  const box = h("select", { ...attributes, onchange: () => onchange(box.value) },
    pairs.map(([key, text]) => h("option", { value: key, selected: key === value }, text)));
  return box;
}
