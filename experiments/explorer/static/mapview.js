// The map with a time slider: any series, mean and spread over the runs, step and play.

import { card, choice, h } from "./dom.js";
import { country, scale, valley } from "./ground.js";
import { get, lines, post } from "./net.js";
import { write } from "./address.js";
import { readAsk, readPin, same, writeAsk } from "./state.js";
import { capital, number, percent, signed, when } from "./words.js";

export const title = "Map";

const LAYERS = [["mean", "mean over runs"], ["low", "low end (5 %)"], ["high", "high end (95 %)"], ["change", "change against the pinned scenario"]];

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
    if (layer === "change" && !data.pinned) layer = "mean";
    const apart = layer === "change" && data.mean.map((row, t) => row.map((value, i) => value - data.pinned[t][i]));
    const all = apart || data[layer];
    const values = all[index];
    const size = all.flat().map(Math.abs).sort((a, b) => a - b);
    const top = Math.max(size[Math.floor(0.995 * (size.length - 1))], 1e-9);
    const { text, unit } = shared.catalogue.places.find((one) => one.name === data.name);
    const say = (i) => `${shared.ground.provinces[i].name}, ${when(data.starts[index])}: ${text} ${number(data.mean[index][i])} on average, ` +
      `90 % of runs ${number(data.low[index][i])} to ${number(data.high[index][i])}${data.pinned ? `; pinned ${number(data.pinned[index][i])}` : ""}`;
    map.set(values, top, say);
    slide.max = String(data.starts.length - 1);
    slide.value = String(index);
    date.textContent = when(data.starts[index], data.unit === "week");
    slide.setAttribute("aria-valuetext", date.textContent);
    legend.replaceChildren(scale(top, unit, Boolean(apart)));
    const most = values.map((value, i) => [value, i]).sort((a, b) => Math.abs(b[0]) - Math.abs(a[0])).slice(0, 3).filter(([value]) => value);
    told.textContent = most.length ? `Most: ${most.map(([value, i]) => `${shared.ground.provinces[i].name} ${apart ? signed(value) : number(value)}`).join(", ")}` : values.every((value) => value === null) ? "Provinces are recorded by whole weeks, and this scenario has none" : "Nothing anywhere";
    const through = Array.isArray(data.valley[0]);
    const shares = through ? data.valley[index] : data.valley;
    graph.set(shares, (i) => `${shared.ground.valley[i].name}: held by the front on ${percent(shares[i])} of days${through ? `, ${date.textContent}` : ""}, mean over runs`);
    heading.textContent = through ? `The valley in ${date.textContent}: share of days on which the front held each place` : "The valley: share of all days on which the front held each place";
  }
  const heading = h("h3");
  const legendOf = h("div", { class: "scale" }, h("span", {}, "0 %"), h("i", { class: "ramp", "aria-hidden": "true" }), h("span", {}, "100 % of days"));
  const box = h("div", { class: "mappanel" },
    h("div", { class: "tools" },
      h("label", {}, "Series ", choice(shared.catalogue.places.map((one) => [one.name, capital(one.text)]), place, ask, { id: "place" })),
      h("label", {}, "Show ", choice(LAYERS, layer, (next) => { layer = next; draw(); }))),
    map.svg, legend, told,
    h("div", { class: "time" }, play, h("button", { type: "button", "aria-label": "Back", onclick: () => data && step(-1) }, "‹"), slide,
      h("button", { type: "button", "aria-label": "Forward", onclick: () => data && step(1) }, "›"), date),
    heading, graph.svg, legendOf, note);
  return {
    box,
    stop,
    set(next) {
      data = next;
      if (index === null || index > data.starts.length - 1) index = data.starts.length - 1;
      note.textContent = `${data.runs} runs${data.note ? `; ${data.note}` : ""}. Flows are sums and stocks means of each period.`;
      draw();
    },
  };
}

/** The view: the map of the live outlook's scenario at full width. */
export async function show(main, shared, query) {
  const ask = readAsk(query, shared.parameters);
  const pin = readPin(query, ask, shared.parameters);
  const pinned = pin && !same(pin, ask) ? pin : null;
  const asked = query.get("place");
  let place = shared.catalogue.places.some((one) => one.name === asked) ? asked : "deaths", ended = false, valley = null, number_ = 0;
  const status = h("p", { class: "status", role: "status" }, "…");
  const trouble = h("div", { class: "problem", role: "alert", hidden: true });
  const state = () => {
    const next = writeAsk(ask);
    if (query.get("pin")) next.set("pin", query.get("pin"));
    next.set("place", place);
    return next;
  };
  const keep = (at) => {
    const next = state();
    if (at !== undefined) next.set("at", at);
    write("map", next);
  };
  const start = query.has("at") ? Math.max(0, Number(query.get("at")) || 0) : 0;
  const panel = mapPanel(shared, { place, at: start, ask: (name) => { place = name; keep(); run(); }, moved: keep });
  const { title: named } = await get(`/api/scenario?name=${encodeURIComponent(ask.scenario)}`);
  const back = h("a", { href: `#live?${state()}` }, "Change it in the live outlook");
  main.replaceChildren(h("div", { class: "heading" }, h("h1", {}, named), h("p", { class: "muted" }, `${Object.entries(ask.values).map(([name, value]) => `${name} = ${number(value)}`).join(", ") || "as it stands"}. `, back)), status, trouble,
    card("Where, and when", { class: "big" }, panel.box));
  async function run() {
    const mine = ++number_;
    status.dataset.state = "running";
    try {
      for await (const told of lines("/api/live", { ask, pinned, fans: [], place, page: "map", number: mine })) {
        if (ended || mine !== number_) return;
        if (told.error) throw new Error(told.error.join("\n"));
        if (told.wait) { status.textContent = told.wait; continue; }
        panel.set({ ...told.map, ...valley });
        status.textContent = `${told.runs} runs · ${told.basis} · seed ${ask.seed}`;
        if (told.whole) {
          valley ??= await post("/api/valley", { ask }).then((found) => ({ valley: found.valley, note: `the valley of ${found.runs} of them` }));
          if (!ended) panel.set({ ...told.map, ...valley });
        }
      }
    } catch (error) {
      trouble.replaceChildren(...String(error.message).split("\n").map((line) => h("p", {}, line)));
      trouble.hidden = false;
    }
    status.dataset.state = "done";
  }
  run();
  return () => { ended = true; panel.stop(); };
}
