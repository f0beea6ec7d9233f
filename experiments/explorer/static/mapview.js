// The map with a time slider: any series, mean and spread over the runs, step and play.

import { h, choice } from "./dom.js";
import { country, scale, valley } from "./ground.js";
import { capital, number, percent, when } from "./words.js";

const LAYERS = [["mean", "mean over runs"], ["low", "low end (5 %)"], ["high", "high end (95 %)"]];

/** A panel with map, valley and time slider. set(data) shows what the server sent; ask(name) wants another series. */
export function mapPanel(shared, { place, at = null, ask, moved = () => {} }) {
  const told = h("p", { class: "readout", "aria-live": "polite" });
  const map = country(shared.ground, told), graph = valley(shared.ground, told);
  const date = h("output", { class: "date" });
  const legend = h("div");
  const note = h("p", { class: "muted" });
  let data = null, layer = "mean", timer = null, index = at;
  const slide = h("input", { type: "range", min: "0", max: "0", step: "1", "aria-label": "Time on the map", oninput: () => { index = Number(slide.value); draw(); moved(index); } });
  const play = h("button", { type: "button", onclick: () => (timer ? stop() : go()) }, "Play");
  const step = (by) => { index = Math.max(0, Math.min(data.starts.length - 1, index + by)); draw(); moved(index); };
  function go() {
    if (!data) return;
    if (index >= data.starts.length - 1) index = 0;
    play.textContent = "Pause";
    timer = setInterval(() => { if (index >= data.starts.length - 1) return stop(); step(1); }, 220);
  }
  function stop() {
    clearInterval(timer);
    timer = null;
    play.textContent = "Play";
  }
  function draw() {
    if (!data) return;
    const values = data[layer][index];
    const top = Math.max(...(layer === "low" ? data.mean : data[layer]).flat(), 1e-9);
    const { text, unit } = shared.catalogue.places.find((one) => one.name === data.name);
    const say = (i) => `${shared.ground.provinces[i].name}, ${when(data.starts[index])}: ${text} ${number(data.mean[index][i])} on average, ` +
      `90 % of runs ${number(data.low[index][i])} to ${number(data.high[index][i])}${data.pinned ? `; pinned ${number(data.pinned[index][i])}` : ""}`;
    map.set(values, top, say);
    slide.max = String(data.starts.length - 1);
    slide.value = String(index);
    date.textContent = when(data.starts[index]);
    slide.setAttribute("aria-valuetext", date.textContent);
    legend.replaceChildren(scale(top, unit));
    const most = values.map((value, i) => [value, i]).sort((a, b) => b[0] - a[0]).slice(0, 3).filter(([value]) => value > 0);
    told.textContent = most.length ? `Most: ${most.map(([value, i]) => `${shared.ground.provinces[i].name} ${number(value)}`).join(", ")}` : "Nothing anywhere";
  }
  const box = h("div", { class: "mappanel" },
    h("div", { class: "tools" },
      h("label", {}, "Series ", choice(shared.catalogue.places.map((one) => [one.name, capital(one.text)]), place, ask, { id: "place" })),
      h("label", {}, "Show ", choice(LAYERS, layer, (next) => { layer = next; draw(); }))),
    map.svg, legend, told,
    h("div", { class: "time" }, play, h("button", { type: "button", "aria-label": "Back", onclick: () => data && step(-1) }, "‹"), slide,
      h("button", { type: "button", "aria-label": "Forward", onclick: () => data && step(1) }, "›"), date),
    h("h3", {}, "The valley: share of days on which the front held each place"), graph.svg, note);
  return {
    box,
    stop,
    set(next) {
      data = next;
      if (index === null || index > data.starts.length - 1) index = data.starts.length - 1;
      graph.set(data.valley, (i) => `${shared.ground.valley[i].name}: held by the front on ${percent(data.valley[i])} of days, mean over runs`);
      note.textContent = `${data.runs} runs${data.note ? `; ${data.note}` : ""}. Flows are sums and stocks means of each period.`;
      draw();
    },
  };
}
