// The ground: the map of the provinces and the valley, coloured by values.

import { h, s } from "./dom.js";
import { number } from "./words.js";

const STRETCH = Math.cos((34 * Math.PI) / 180);

/** Colour of a share from 0 to 1 along the page's scale; below 0 towards its other end. */
function shade(node, share) {
  const size = Math.min(1, Math.abs(share));
  const [from, to, part] = share < 0 ? ["--map-low", "--map-less", size] : size < 0.5 ? ["--map-low", "--map-middle", 2 * size] : ["--map-middle", "--map-high", 2 * size - 1];
  node.style.setProperty("fill", `color-mix(in oklab, var(${to}) ${(100 * part).toFixed(1)}%, var(${from}))`);
}

/** A map of the provinces. set(values, top, describe) colours it; describe(i) tells of a province. */
export function country(ground, told) {
  const all = ground.provinces.flatMap((one) => one.rings.flat());
  const lon = all.map((p) => p[0]), lat = all.map((p) => p[1]);
  const west = Math.min(...lon), north = Math.max(...lat);
  const width = (Math.max(...lon) - west) * STRETCH, height = north - Math.min(...lat);
  const k = 100;
  const spot = ([a, b]) => [(a - west) * STRETCH * k, (north - b) * k];
  const at = (point) => spot(point).map((value) => value.toFixed(1)).join(" ");
  const svg = s("svg", { class: "map", viewBox: `-6 -6 ${width * k + 12} ${height * k + 12}`, role: "group", "aria-label": "Map of the provinces" });
  let describe = () => "";
  const shapes = ground.provinces.map((one, i) => {
    const shape = s("path", { d: one.rings.map((ring) => `M${ring.map(at).join("L")}Z`).join(""), tabindex: 0, role: "img", class: "province" });
    const tell = () => { told.textContent = describe(i); };
    shape.addEventListener("pointerenter", tell);
    shape.addEventListener("focus", tell);
    svg.append(shape);
    return shape;
  });
  return {
    svg,
    shapes,
    centre: (i) => spot([ground.provinces[i].lon, ground.provinces[i].lat]),
    set(values, top, words) {
      describe = words;
      shapes.forEach((shape, i) => {
        shade(shape, top > 0 ? values[i] / top : 0);
        shape.setAttribute("aria-label", words(i));
      });
    },
  };
}

/** The valley as a graph: the floor from the mouth to the head, side valleys above and below it. */
export function valley(ground, told) {
  const places = ground.valley;
  const floor = places.filter((one) => one.kind === "floor").sort((a, b) => a.order - b.order);
  const step = 92, middle = 100;
  const spot = new Map(floor.map((one, i) => [one.name, [40 + i * step, middle]]));
  const level = new Map();
  for (let round = 0; round < 4; round++)
    for (const one of places) {
      if (spot.has(one.name) || !spot.has(one.attaches)) continue;
      const [x, y] = spot.get(one.attaches);
      const n = level.get(one.attaches) ?? 0;
      level.set(one.attaches, n + 1);
      const up = y === middle ? (n % 2 ? 1 : -1) : Math.sign(y - middle);
      spot.set(one.name, [x + (y === middle ? 22 * Math.floor(n / 2) - 4 : 20), y + up * (y === middle ? 42 : 34)]);
    }
  const width = 80 + (floor.length - 1) * step;
  const svg = s("svg", { class: "valley", viewBox: `0 0 ${width} 200`, role: "group", "aria-label": "The Panjshir valley from its mouth to its head" });
  for (const one of places) {
    const from = spot.get(one.attaches);
    if (from) svg.append(s("line", { class: "way", x1: from[0], y1: from[1], x2: spot.get(one.name)[0], y2: spot.get(one.name)[1] }));
  }
  let describe = () => "";
  const dots = places.map((one, i) => {
    const [x, y] = spot.get(one.name) ?? [0, 0];
    const dot = s("circle", { class: "place", cx: x, cy: y, r: one.kind === "floor" ? 13 : 8, tabindex: 0, role: "img" });
    const tell = () => { told.textContent = describe(i); };
    dot.addEventListener("pointerenter", tell);
    dot.addEventListener("focus", tell);
    svg.append(dot);
    return dot;
  });
  floor.forEach((one) => svg.append(s("text", { class: "tick", x: spot.get(one.name)[0], y: middle + 28, "text-anchor": "middle" }, one.name)));
  return {
    svg,
    set(values, words) {
      describe = words;
      dots.forEach((dot, i) => { shade(dot, values[i]); dot.setAttribute("aria-label", words(i)); });
    },
  };
}

/** The scale of a map, from nothing to the highest value; with two ends for changes. */
export function scale(top, unit, both = false) {
  return h("div", { class: "scale" }, h("span", {}, both ? `−${number(top)}` : "0"), h("i", { class: both ? "ramp both" : "ramp", "aria-hidden": "true" }), h("span", {}, `${both ? "+" : ""}${number(top)} ${unit}`));
}
