// What may lie beside a study's runs: which parameters matter, and boxes in which something happens.

import { card, h } from "./dom.js";
import { capital, number, percent } from "./words.js";

/** Cards for sensitivity.json and boxes.json; `keep(ranges)` filters the runs to a box. */
export function beside(about, shared, keep) {
  return [about.sensitivity ? sensitivity(about.sensitivity) : null, about.boxes ? boxes(about.boxes, keep) : null].filter(Boolean);
}

function sensitivity(found) {
  const outcomes = Object.entries(found.outcomes ?? {});
  return card("Which parameters matter", {}, outcomes.map(([name, rows]) => h("table", {}, h("caption", {}, capital(name.replaceAll("_", " "))),
    h("tbody", {}, rows.slice(0, 6).map((row) => h("tr", {}, h("th", { scope: "row" }, row.parameter), h("td", { class: "number" }, `${number(row.mu_star ?? row.total ?? row.first)} (${number(row.low)} to ${number(row.high)})`)))))));
}

function boxes(found, keep) {
  const all = Array.isArray(found.boxes) ? found.boxes : [];
  return card("Boxes", {}, h("p", { class: "muted" }, found.text ?? ""), all.map((box, i) => {
    const limits = Object.entries(box.limits ?? {}).filter(([, ends]) => Array.isArray(ends));
    return h("div", { class: "question" }, h("p", {}, limits.map(([name, [low, high]]) => `${name} ${low === null ? "up to" : `from ${number(low)}`} ${high === null ? "" : `to ${number(high)}`}`).join(", ")),
      h("p", { class: "muted" }, `density ${percent(box.density)}, coverage ${percent(box.coverage)} `, h("button", { type: "button", onclick: () => keep(Object.fromEntries(limits)) }, `Keep the runs in box ${i + 1}`)));
  }));
}
