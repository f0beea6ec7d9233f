// Runs as dots, coloured by how they end; a dot is chosen by click, or with arrow keys and Enter.

import { h, s } from "./dom.js";
import { ticks } from "./charts.js";
import { capital, number } from "./words.js";

const HEIGHT = 320, LEFT = 66, RIGHT = 14, ABOVE = 10, BELOW = 40;

/** A scatter of runs. found: {runs, endings, x, y}; x, y: what the axes show; choose(run) opens one. */
export function scatter(found, x, y, endings, chosen, choose) {
  const WIDTH = Math.max(320, Math.min(900, document.documentElement.clientWidth - 60));
  const across = scale(found.x, LEFT, WIDTH - RIGHT), up = scale(found.y, HEIGHT - BELOW, ABOVE);
  const svg = s("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "scatter", role: "group", tabindex: 0, "aria-label": `${found.runs.length} runs: ${x.text} across, ${y.text} up. Arrow keys move, Enter opens.` });
  for (const at of ticks(across.low, across.high, WIDTH < 500 ? 2 : 5)) svg.append(
    s("line", { class: "grid", x1: across.at(at), x2: across.at(at), y1: ABOVE, y2: HEIGHT - BELOW }),
    s("text", { class: "tick", x: across.at(at), y: HEIGHT - BELOW + 15, "text-anchor": "middle" }, number(at)));
  for (const at of ticks(up.low, up.high, 4)) svg.append(
    s("line", { class: "grid", x1: LEFT, x2: WIDTH - RIGHT, y1: up.at(at), y2: up.at(at) }),
    s("text", { class: "tick", x: LEFT - 6, y: up.at(at) + 4, "text-anchor": "end" }, number(at)));
  svg.append(s("text", { class: "tick", x: WIDTH - RIGHT, y: HEIGHT - 6, "text-anchor": "end" }, labelled(x)),
    s("text", { class: "tick", x: LEFT + 4, y: ABOVE + 10 }, labelled(y)));
  const readout = h("p", { class: "readout", "aria-live": "polite" }, "Point at a dot.");
  const dots = [];
  found.runs.forEach((run, i) => {
    if (found.x[i] === null || found.y[i] === null) return;
    const dot = s("circle", { class: `dot c${found.endings[i]}${run === chosen ? " chosen" : ""}`, cx: across.at(found.x[i]), cy: up.at(found.y[i]), r: found.runs.length > 600 ? 3 : 4.5 });
    dot.dataset.run = run;
    dot.addEventListener("pointerenter", () => tell(dots.indexOf(dot)));
    dot.addEventListener("click", () => choose(run));
    dots.push(dot);
    dot.tell = `${run}: ${endings[found.endings[i]].text}; ${x.text} ${number(found.x[i])}, ${y.text} ${number(found.y[i])}`;
    svg.append(dot);
  });
  const order = [...dots].sort((a, b) => a.cx.baseVal.value - b.cx.baseVal.value);
  let at = -1;
  function tell(index) {
    readout.textContent = dots[index].tell;
  }
  svg.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (by && order.length) {
      event.preventDefault();
      order[at]?.classList.remove("at");
      at = (at + by + order.length) % order.length;
      order[at].classList.add("at");
      readout.textContent = order[at].tell;
    }
    if (event.key === "Enter" && at >= 0) choose(order[at].dataset.run);
  });
  const key = h("p", { class: "key" }, endings.map((one, i) => found.endings.includes(i) ? h("span", { class: `c${i}` }, h("span", { class: "dot" }), h("span", { class: "said" }, `${one.text}  `)) : null));
  return { box: h("div", {}, svg, key, readout) };
}

function scale(values, from, to) {
  const known = values.filter((value) => value !== null);
  const most = Math.max(...known, 0), least = Math.min(...known, 0);
  const high = most > least ? most + 0.04 * (most - least) : least + 1;
  return { low: least, high, at: (value) => from + ((value - least) / (high - least)) * (to - from) };
}

function labelled(one) {
  return `${capital(one.text)}${one.unit ? ` (${one.unit})` : ""}`;
}
