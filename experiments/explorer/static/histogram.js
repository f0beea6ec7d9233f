// A histogram that is brushed: all runs in grey, those left in colour; drag over it, or type the ends.

import { h, s } from "./dom.js";
import { ticks } from "./charts.js";
import { capital, number } from "./words.js";

const HEIGHT = 92, BELOW = 18;

/** A histogram of a column. `moved(range or null)` is called while it is brushed. */
export function histogram(column, range, moved, removed) {
  const svg = s("svg", { class: "histogram", role: "img", tabindex: 0 });
  const low = h("input", { type: "number", step: "any", "aria-label": `${column.text}, lowest`, placeholder: "from" });
  const high = h("input", { type: "number", step: "any", "aria-label": `${column.text}, highest`, placeholder: "to" });
  const told = h("p", { class: "readout" });
  const clear = h("button", { type: "button", class: "quiet", onclick: () => set(null) }, "clear");
  const box = h("div", { class: "column", "data-name": column.name },
    h("div", { class: "head" }, h("h3", {}, capital(column.text)), removed ? h("button", { type: "button", class: "quiet", "aria-label": `hide ${column.text}`, onclick: removed }, "×") : null),
    svg, h("div", { class: "ends" }, low, h("span", {}, "to"), high, clear), told);
  let data = null, ends = range ?? null, start = null;

  const width = () => Math.max(140, svg.parentElement?.clientWidth ?? 260);
  const lowest = () => data.edges[0], highest = () => data.edges.at(-1);
  const bars = () => data.all.length;
  const at = (value) => { // a value's place from 0 to 1
    if (data.single) {
      const i = data.edges.slice(0, -1).findIndex((edge) => edge >= value);
      return i < 0 ? 1 : i / bars();
    }
    return Math.max(0, Math.min(1, (value - lowest()) / (highest() - lowest() || 1)));
  };
  const valueAt = (share) => {
    if (data.single) return data.edges[Math.max(0, Math.min(bars() - 1, Math.floor(share * bars())))];
    return lowest() + share * (highest() - lowest());
  };

  function set(next) {
    ends = next;
    low.value = ends?.[0] ?? "";
    high.value = ends?.[1] ?? "";
    draw();
    moved(ends);
  }
  function share(event) {
    const area = svg.getBoundingClientRect();
    return Math.max(0, Math.min(1, (event.clientX - area.left) / area.width));
  }
  svg.addEventListener("pointerdown", (event) => { if (data) { start = share(event); svg.setPointerCapture(event.pointerId); } });
  svg.addEventListener("pointermove", (event) => {
    if (start === null || !data) return;
    const now = share(event);
    if (Math.abs(now - start) < 0.01 && !data.single) return;
    const [a, b] = [Math.min(start, now), Math.max(start, now)];
    const digits = (value) => Number(value.toPrecision(4));
    set([a < 0.005 ? null : digits(valueAt(a)), b > 0.995 ? null : digits(valueAt(b))]);
  });
  svg.addEventListener("pointerup", (event) => {
    if (start !== null && Math.abs(share(event) - start) < 0.01) {
      if (data.single && !ends) { const value = valueAt(start); set([value, value]); } else set(null);
    }
    start = null;
  });
  const typed = () => set(low.value === "" && high.value === "" ? null : [low.value === "" ? null : Number(low.value), high.value === "" ? null : Number(high.value)]);
  low.addEventListener("change", typed);
  high.addEventListener("change", typed);
  svg.addEventListener("keydown", (event) => { if (event.key === "Escape") set(null); });

  function draw() {
    if (!data) return;
    const w = width(), top = Math.max(...data.all, 1);
    const most = Math.max(...data.left, 1);
    svg.setAttribute("viewBox", `0 0 ${w} ${HEIGHT + BELOW}`);
    svg.setAttribute("width", w);
    svg.setAttribute("height", HEIGHT + BELOW);
    const step = w / bars();
    const made = [];
    if (ends) {
      const from = ends[0] === null ? 0 : at(ends[0]);
      const to = ends[1] === null ? 1 : Math.min(1, at(ends[1]) + (data.single ? 1 / bars() : 0));
      made.push(s("rect", { class: "brush", x: from * w, y: 0, width: Math.max(1, (to - from) * w), height: HEIGHT }));
    }
    data.all.forEach((count, i) => made.push(
      s("rect", { class: "all", x: i * step + 0.5, width: Math.max(0.5, step - 1), y: HEIGHT * (1 - count / top), height: (HEIGHT * count) / top }),
      s("rect", { class: "left", x: i * step + 0.5, width: Math.max(0.5, step - 1), y: HEIGHT * (1 - data.left[i] / most), height: (HEIGHT * data.left[i]) / most })));
    const marks = data.single ? data.edges.slice(0, -1).filter((_, i, all) => all.length <= 6 || i % Math.ceil(all.length / 6) === 0) : ticks(lowest(), highest(), 3);
    for (const mark of marks) {
      const x = (data.single ? at(mark) + 0.5 / bars() : at(mark)) * w;
      made.push(s("text", { class: "tick", x, y: HEIGHT + 13, "text-anchor": x < 18 ? "start" : x > w - 18 ? "end" : "middle" }, number(mark)));
    }
    svg.replaceChildren(...made);
    const never = data.never_all ? `; not in ${number(data.never)} runs` : "";
    told.textContent = data.median === null ? `no number in the runs left${never}` : `median ${number(data.median)} (${number(data.low)} to ${number(data.high)})${never}`;
    svg.setAttribute("aria-label", `${capital(column.text)}: ${told.textContent}. Drag to keep a range of it.`);
    clear.hidden = !ends;
    box.classList.toggle("set", Boolean(ends));
  }
  new ResizeObserver(draw).observe(box);
  if (ends) { low.value = ends[0] ?? ""; high.value = ends[1] ?? ""; }
  return { box, set(next) { data = next; draw(); }, clear() { ends = null; low.value = ""; high.value = ""; } };
}
