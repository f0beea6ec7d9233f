// What other verbs told of a study: which parameters matter, and boxes of parameters in which something happens.

import { card, h } from "./dom.js";
import { capital, number, percent } from "./words.js";

/** Cards for sensitivity.json and boxes.json; `keep(ranges)` filters the runs to a box. */
export function beside(about, keep) {
  return [about.sensitivity ? sensitivity(about.sensitivity) : null, about.boxes ? boxes(about.boxes, keep) : null].filter(Boolean);
}

/** The leading parameters of each outcome as bars with their intervals. */
function sensitivity(found) {
  const bar = (row, top) => {
    const place = (name, from, to) => {
      const mark = h("i", { class: name });
      mark.style.left = `${Math.max(0, (100 * from) / top)}%`;
      mark.style.width = `${Math.max(0.4, (100 * (to - from)) / top)}%`;
      return mark;
    };
    return h("div", { class: "ending" }, h("span", { class: "name" }, row.parameter),
      h("div", { class: "track", "aria-hidden": "true" }, place(`fill ${row.clear ? "" : "faint"}`, 0, Math.max(0, row.value)), place("whisker", Math.max(0, row.low), Math.min(top, row.high))),
      h("span", { class: "value" }, h("b", {}, number(row.value)), ` ${number(row.low)} to ${number(row.high)}`));
  };
  return card("Which parameters matter", { class: "wide" }, h("p", { class: "muted" }, `${found.measure ?? ""}, ${found.method ?? ""}; ${(found.notes ?? []).join("; ")}`),
    h("div", { class: "columns broad" }, (found.outcomes ?? []).map((one) => {
      const rows = (one.indices ?? []).slice(0, 6);
      const top = Math.max(...rows.map((row) => row.high ?? 0), 1e-9);
      return h("div", { class: "matters" }, h("h3", {}, capital(one.label ?? one.outcome)), h("div", { class: "endings" }, rows.map((row) => bar(row, top))),
        one.luck ? h("p", { class: "readout" }, `luck: ${percent(one.luck.share)} of the variance (${percent(one.luck.low)} to ${percent(one.luck.high)})`) : null);
    })));
}

/** Boxes in words; one press keeps the runs that lie in one. */
function boxes(found, keep) {
  return card("Where it comes true", { class: "wide" }, h("p", { class: "muted" }, `${capital(found.words ?? found.condition ?? "")}: in ${percent(found.share)} of ${number(found.runs)} runs. Boxes of parameters in which it comes true more often, judged on runs held out.`),
    (found.boxes ?? []).map((box) => h("div", { class: "question" }, h("p", {}, box.sentence),
      h("button", { type: "button", onclick: () => keep(Object.fromEntries((box.limits ?? []).map((one) => [one.parameter, [one.low ?? null, one.high ?? null]]))) }, `Keep the runs of box ${box.number}`))),
    (found.notes ?? []).map((note) => h("p", { class: "muted" }, note)));
}
