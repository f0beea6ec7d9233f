// What moves in a story: the map with its signs, the valley, the lanes of events, and the list of what happened.

import { h, s } from "./dom.js";
import { country, scale, valley } from "./ground.js";
import { number, when } from "./words.js";

/** Flags that change on some days: at(day) gives them after that day is over. */
function flags(track) {
  let day = -1, index = 0, held = [...track.first];
  return (wanted) => {
    if (wanted < day) { index = 0; held = [...track.first]; }
    day = wanted;
    for (; index < track.changes.length && track.changes[index][0] <= wanted; index++) held[track.changes[index][1]] = track.changes[index][2];
    return held;
  };
}

/** Map and valley of a story: at(day) shows a day, series(data) colours the map by something else. */
export function scene(shared, story, data) {
  const told = h("p", { class: "readout", "aria-live": "off" });
  const map = country(shared.ground, told), graph = valley(shared.ground, told);
  const signs = map.svg.appendChild(s("g", { class: "signs" }));
  const legend = h("div");
  const held = flags(story.place), capitals = flags(story.capital), risings = flags(story.rising);
  const provinces = shared.ground.provinces, centre = map.centre;
  const lost = map.shapes.map((shape) => signs.appendChild(s("path", { class: "lost", d: shape.getAttribute("d"), hidden: true })));
  const bands = provinces.map((_, i) => { const [x, y] = centre(i); return signs.appendChild(s("circle", { class: "band", cx: x, cy: y, r: 0 })); });
  const up = provinces.map((_, i) => { const [x, y] = centre(i); return signs.appendChild(s("path", { class: "rising", d: `M${x - 11} ${y - 8}h22l-11 -20z`, hidden: true })); });
  const fronts = story.fronts.map((one) => { const [x, y] = centre(one.home); return signs.appendChild(s("circle", { class: "front", cx: x, cy: y - 14, r: 0 })); });
  let series = data, top = 1;
  const measure = () => { top = Math.max(...series.values.flat(), 1e-9); legend.replaceChildren(scale(top, series.unit)); };
  measure();
  return {
    box: h("div", { class: "grounds" }, map.svg, legend,
      h("p", { class: "key signs" }, h("i", { class: "sign band" }), "pockets ", h("i", { class: "sign front" }), "front ", h("i", { class: "sign rising" }), "rising ", h("i", { class: "sign lost" }), "capital lost"),
      told, h("h3", {}, "The valley: what the front holds"), graph.svg),
    series(next) { series = next; measure(); },
    at(day) {
      const week = Math.max(0, Math.min(series.values.length - 1, Math.floor(day / 7)));
      const values = series.values[week], men = story.pockets[Math.min(story.pockets.length - 1, Math.floor(day / 7))];
      const out = capitals(day), revolt = risings(day), places = held(day);
      map.set(values.map(Math.sqrt), Math.sqrt(top), (i) => `${provinces[i].name}, week of the day: ${series.text} ${number(values[i])} ${series.unit}; ${men[i]} fighters in pockets${out[i] ? "" : "; capital lost"}${revolt[i] ? "; in revolt" : ""}`);
      lost.forEach((sign, i) => sign.toggleAttribute("hidden", out[i] === 1));
      up.forEach((sign, i) => sign.toggleAttribute("hidden", revolt[i] === 0));
      bands.forEach((sign, i) => sign.setAttribute("r", men[i] > 0 ? (2 + 0.45 * Math.sqrt(men[i])).toFixed(1) : 0));
      fronts.forEach((sign, k) => { const force = story.fronts[k].men.at(Math.min(story.fronts[k].men.length - 1, Math.floor(day / 7))); sign.setAttribute("r", force > 0 ? (4 + 0.25 * Math.sqrt(force)).toFixed(1) : 0); });
      graph.set(places, (i) => `${shared.ground.valley[i].name}: ${places[i] ? "held by the front" : "not held by the front"}`);
    },
  };
}

const LANE = 17, LEFT = 118, WIDTH = 900;

/** A lane of ticks for each kind of event; a click goes to its day. */
export function lane(story, go) {
  const kinds = story.kinds.filter((kind) => story.events.some((one) => one.kind === kind.name));
  const height = kinds.length * LANE + 22;
  const svg = s("svg", { viewBox: `0 0 ${WIDTH} ${height}`, class: "lanes", role: "img", "aria-label": `Events by kind over ${story.days} days; the list tells them` });
  const x = (day) => LEFT + (day / Math.max(1, story.days - 1)) * (WIDTH - LEFT - 10);
  kinds.forEach((kind, row) => {
    const y = row * LANE + 12;
    svg.append(s("text", { class: "tick", x: 0, y: y + 4 }, kind.text.replace("the resistance ", "").replace("the Panjshir ", "").replace("foreign-backed ", "").replace("what the scenario sets", "scenario")),
      s("line", { class: "grid", x1: LEFT, x2: WIDTH - 10, y1: y, y2: y }));
  });
  const ticks = story.events.map((one) => {
    const y = kinds.findIndex((kind) => kind.name === one.kind) * LANE + 12;
    const tick = s("circle", { class: `event w${one.weight}`, cx: x(one.day).toFixed(1), cy: y, r: [0, 5.5, 4, 2.5][one.weight] }, s("title", {}, `${one.date}: ${one.text}`));
    tick.addEventListener("click", () => go(one.day));
    svg.append(tick);
    return tick;
  });
  for (let year = Number(story.start.slice(0, 4)) + 1; ; year++) {
    const day = Math.round((Date.parse(`${year}-01-01T00:00:00Z`) - Date.parse(`${story.start}T00:00:00Z`)) / 86_400_000);
    if (day >= story.days) break;
    svg.append(s("text", { class: "tick", x: x(day), y: height - 2, "text-anchor": "middle" }, String(year)));
  }
  const cursor = svg.appendChild(s("line", { class: "cross", y1: 0, y2: height - 16 }));
  return {
    box: h("div", { class: "wide" }, svg),
    only(weight) { ticks.forEach((tick, i) => tick.toggleAttribute("hidden", story.events[i].weight > weight)); },
    at(day) { cursor.setAttribute("x1", x(day)); cursor.setAttribute("x2", x(day)); },
  };
}

const SHOWN = 60;

/** What has happened, newest first. */
export function listed(story, go) {
  const box = h("ol", { class: "happened", "aria-label": "What has happened, newest first" });
  return {
    box,
    at(day, weight) {
      const past = story.events.filter((one) => one.day <= day && one.weight <= weight).slice(-SHOWN).reverse();
      box.replaceChildren(...past.map((one) => h("li", { class: `w${one.weight}${one.day === day ? " now" : ""}` },
        h("button", { type: "button", class: "quiet", onclick: () => go(one.day) }, when(one.date, true)),
        h("span", {}, one.text, one.because ? h("small", {}, one.because) : null))));
      if (!past.length) box.replaceChildren(h("li", { class: "muted" }, "Nothing yet."));
    },
  };
}
