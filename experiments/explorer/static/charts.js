// Charts drawn by hand as SVG: they take the colours of the page, and say in words what they show.

import { h, s } from "./dom.js";
import { capital, number, percent, points, when } from "./words.js";

/** A box that draws itself again when its width changes. set(draw): draw(width) gives its elements. */
export function plot() {
  const box = h("div", { class: "plot" });
  let draw = null;
  let drawn = 0;
  const again = (width) => {
    drawn = width;
    if (draw && width) box.replaceChildren(...[draw(width)].flat());
  };
  new ResizeObserver(() => Math.abs(box.clientWidth - drawn) > 1 && again(box.clientWidth)).observe(box);
  return { box, set(next) { draw = next; again(box.clientWidth); } };
}

/** Round steps of an axis from 0 (or below it) to the highest value. */
export function ticks(low, high, count = 4) {
  const span = Math.max(high - low, 1e-9);
  const raw = span / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((m) => m * power).find((one) => one >= raw);
  const made = [];
  for (let at = Math.ceil(low / step - 1e-9) * step; at <= high + step * 1e-6; at += step) made.push(at);
  return made;
}

function path(xs, ys) {
  return xs.map((x, i) => `${i ? "L" : "M"}${x.toFixed(1)} ${ys[i].toFixed(1)}`).join("");
}

function area(xs, low, high) {
  return `${path(xs, high)}${path([...xs].reverse(), [...low].reverse()).replace("M", "L")}Z`;
}

/** Places of dates on a chart: years where they fit, else the first and last date. */
function dateLabels(starts) {
  const years = starts.flatMap((day, i) => (day.slice(5, 7) === "01" && (i === 0 || starts[i - 1].slice(0, 4) !== day.slice(0, 4)) ? [[i, day.slice(0, 4)]] : []));
  if (years.length >= 2) return years;
  return [[0, when(starts[0], true)], [starts.length - 1, when(starts.at(-1), true)]];
}

/** The frame of a chart over time: scales, axes, and a pointer that follows mouse and arrow keys. */
function frame(width, height, starts, top, format, told, label) {
  const left = 14 + 6.6 * Math.max(...ticks(0, top, 3).map((at) => format(at).length)), right = 10, above = 8, below = 22;
  const x = (i) => left + (starts.length < 2 ? 0 : (i / (starts.length - 1)) * (width - left - right));
  const y = (v) => height - below - (v / top) * (height - above - below);
  const chart = s("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", tabindex: 0, "aria-label": label, class: "chart" });
  for (const at of ticks(0, top, 3))
    chart.append(s("line", { class: "grid", x1: left, x2: width - right, y1: y(at), y2: y(at) }),
      s("text", { class: "tick", x: left - 6, y: y(at) + 4, "text-anchor": "end" }, format(at)));
  for (const [i, text] of dateLabels(starts))
    chart.append(s("line", { class: "tickmark", x1: x(i), x2: x(i), y1: height - below, y2: height - below + 4 }),
      s("text", { class: "tick", x: x(i), y: height - 5, "text-anchor": i === 0 ? "start" : i === starts.length - 1 ? "end" : "middle" }, text));
  const cross = s("line", { class: "cross", y1: above, y2: height - below, visibility: "hidden" });
  const readout = h("p", { class: "readout" }, told(null));
  let at = null;
  const point = (next) => {
    at = next;
    cross.setAttribute("visibility", at === null ? "hidden" : "visible");
    if (at !== null) { cross.setAttribute("x1", x(at)); cross.setAttribute("x2", x(at)); }
    readout.textContent = told(at);
  };
  chart.addEventListener("pointermove", (event) => {
    const box = chart.getBoundingClientRect();
    const share = ((event.clientX - box.left) * (width / box.width) - left) / (width - left - right);
    point(Math.max(0, Math.min(starts.length - 1, Math.round(share * (starts.length - 1)))));
  });
  chart.addEventListener("pointerleave", () => point(null));
  chart.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step) { event.preventDefault(); point(Math.max(0, Math.min(starts.length - 1, (at ?? -1) + step))); }
    if (event.key === "Escape") point(null);
  });
  chart.addEventListener("blur", () => point(null));
  return { chart, readout, cross, x, y };
}

/** A fan over runs: bands of 90 % and 50 %, the median, and the pinned scenario dashed. */
export function fan(data, width, height = 180) {
  const [q05, q25, q50, q75, q95] = data.levels;
  const pinned = data.pinned;
  const top = Math.max(...q95, ...(pinned ? pinned[2] : []), 1e-6) * 1.04;
  const told = (i) => {
    const at = i ?? q50.length - 1;
    return `${when(data.starts[at])}: median ${number(q50[at])} (95 %: ${number(data.low[at])} to ${number(data.high[at])}); ` +
      `90 % of runs ${number(q05[at])} to ${number(q95[at])}${pinned ? `; ${data.than ?? "pinned"} ${number(pinned[1][at])}` : ""}`;
  };
  const { chart, readout, cross, x, y } = frame(width, height, data.starts, top, number, told,
    `${capital(data.text)}, ${data.starts.length} periods. ${told(null)}`);
  const xs = q50.map((_, i) => x(i));
  const ys = (values) => values.map(y);
  chart.append(s("path", { class: "band wide", d: area(xs, ys(q05), ys(q95)) }), s("path", { class: "band", d: area(xs, ys(q25), ys(q75)) }));
  if (pinned) chart.append(
    s("path", { class: "line pinned thin", d: path(xs, ys(pinned[0])) }), s("path", { class: "line pinned thin", d: path(xs, ys(pinned[2])) }),
    s("path", { class: "line pinned", d: path(xs, ys(pinned[1])) }));
  chart.append(s("path", { class: "line", d: path(xs, ys(q50)) }), cross);
  return [chart, readout];
}

/** Chances that grow over time, with their intervals; the pinned ones dashed. */
export function curves(rows, starts, width, height = 230) {
  const told = (i) => rows.map((row) => {
    const at = i ?? starts.length - 1;
    return `${capital(row.text)} ${percent(row.p[at])} (${percent(row.low[at])} to ${percent(row.high[at])})`;
  }).join(" · ") + ` ${i === null ? "by the end" : `by the end of ${when(starts[i])}`}`;
  const { chart, readout, cross, x, y } = frame(width, height, starts, 1, percent, told, `Chance that it has happened. ${told(null)}`);
  rows.forEach((row) => {
    const xs = row.p.map((_, i) => x(i));
    chart.append(s("path", { class: `band wide c${row.colour}`, d: area(xs, row.low.map(y), row.high.map(y)) }));
    if (row.pinned) chart.append(s("path", { class: `line pinned c${row.colour}`, d: path(xs, row.pinned.map(y)) }));
    chart.append(s("path", { class: `line c${row.colour}`, d: path(xs, row.p.map(y)) }));
  });
  chart.append(cross);
  return [chart, readout];
}

/** A share on a track from 0 to 1: a bar, its interval, and where the pinned one lies. */
export function track(row, className) {
  const place = (node, from, to) => {
    node.style.left = `${100 * from}%`;
    if (to !== undefined) node.style.width = `${Math.max(0.3, 100 * (to - from))}%`;
    return node;
  };
  return h("div", { class: "track", "aria-hidden": "true" },
    place(h("i", { class: `fill ${className}` }), 0, row.p ?? 0),
    place(h("i", { class: "whisker" }), row.low, row.high),
    row.pinned ? place(h("i", { class: "was", title: "pinned" }), row.pinned.p) : null);
}

/** "34 % (29 to 40)", and what changed against the pinned scenario. */
export function shareText(row) {
  return h("span", { class: "value" }, h("b", {}, percent(row.p)), ` ${percent(row.low)} to ${percent(row.high)}`);
}

/** A paired difference with its interval; bold where the interval leaves zero out. */
export function change(row, say = points, unit = " points") {
  const found = row.difference;
  if (!found) return h("span", { class: "change" });
  const same = found.mean === 0 && found.low === 0 && found.high === 0;
  const settled = found.low > 0 || found.high < 0;
  return h("span", { class: `change ${settled ? "settled" : ""}`, title: "paired difference to the pinned scenario, 95 % interval" },
    same ? "no change" : [h("b", {}, say(found.mean)), unit, h("small", {}, ` (${say(found.low)} to ${say(found.high)})`)]);
}
