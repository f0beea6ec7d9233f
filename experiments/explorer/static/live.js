// The live outlook: move a slider, and the same replicates run again.

import { card, choice, h } from "./dom.js";
import { get, lines, post } from "./net.js";
import { write } from "./address.js";
import { readAsk, readPin, same, writeAsk } from "./state.js";
import { searched, slider, timeline, ways } from "./controls.js";
import { panels } from "./panels.js";
import { duration } from "./words.js";

export const title = "Live outlook";
const FANS = ["deaths", "front_fighters", "attacks_iskp", "services"];
const PAGE = Math.random().toString(36).slice(2);
let number = 0;

/** Show the view; gives what ends it. */
export async function show(main, shared, query) {
  const { parameters, catalogue } = shared;
  if (!query.has("scenario")) query.set("scenario", catalogue.scenarios[0].name);
  const view = {
    ask: readAsk(query, parameters),
    pinText: query.get("pin"),
    fans: (query.get("fans") ?? "").split(",").filter((name) => catalogue.series.some((one) => one.name === name)),
    place: catalogue.places.some((one) => one.name === query.get("place")) ? query.get("place") : "deaths",
  };
  while (view.fans.length < FANS.length) view.fans.push(FANS[view.fans.length]);
  view.pin = readPin(query, view.ask, parameters);
  let scenario = await scenarioOf(shared, view.ask.scenario);
  const status = h("p", { class: "status", role: "status" }, "…");
  const trouble = h("div", { class: "problem", role: "alert", hidden: true });
  const aside = h("aside", { class: "controls", "aria-label": "What you change" });
  const shown = panels(shared, view, () => { keep(); follow(); });
  main.replaceChildren(h("div", { class: "live" }, h("h1", { class: "unseen" }, title), shown.endings, aside, h("div", { class: "results" }, status, trouble, shown.rest)));

  const stories = h("a", { id: "stories", href: `#story?${writeAsk(view.ask)}` }, "Look at single runs as stories");
  const keep = () => {
    const next = writeAsk(view.ask);
    if (view.pinText) next.set("pin", view.pinText);
    if (view.fans.join() !== FANS.join()) next.set("fans", view.fans.join());
    if (view.place !== "deaths") next.set("place", view.place);
    write("live", next);
    stories.href = `#story?${writeAsk(view.ask)}`;
  };

  // one question at a time: while the first answer is on its way only the latest move is remembered
  let running = null, waiting = false, ended = false;
  async function follow() {
    if (running && !running.answered) { waiting = true; return; }
    running?.abort.abort();
    const mine = { abort: new AbortController(), answered: false };
    running = mine;
    const begun = performance.now();
    status.dataset.state = "running";
    const pin = view.pin && !same(view.pin, view.ask) ? view.pin : null;
    try {
      const asked = { ask: view.ask, pinned: pin, fans: view.fans, place: view.place, page: PAGE, number: ++number };
      for await (const told of lines("/api/live", asked, mine.abort.signal)) {
        if (ended) return;
        if (told.error) throw new Error(told.error.join("\n"));
        if (told.wait) { status.textContent = told.wait; continue; }
        const first = !mine.answered;
        mine.answered = true;
        shown.set(told, Boolean(pin));
        trouble.hidden = true;
        const passed = (performance.now() - begun) / 1000;
        if (first) status.dataset.first = passed.toFixed(3);
        status.dataset.runs = told.runs;
        status.dataset.all = passed.toFixed(3);
        status.textContent = `${told.runs} runs in ${duration(passed)} (${duration(told.simulated)} of it simulation) · ${told.basis} · seed ${view.ask.seed}`;
        if (waiting) break;
        await new Promise((next) => requestAnimationFrame(next));
      }
    } catch (error) {
      if (error.name === "AbortError") return;
      mine.answered = true;
      trouble.replaceChildren(...String(error.message).split("\n").map((line) => h("p", {}, line)));
      trouble.hidden = false;
    }
    if (running === mine) status.dataset.state = "done";
    if (waiting && !ended) { waiting = false; follow(); }
  }
  const moved = () => { keep(); follow(); };

  const hold = {
    at: (name) => ({
      value: view.ask.values[name] ?? scenario.values[name] ?? parameters.get(name).default,
      set: name in view.ask.values, fixed: name in scenario.values,
      prior: view.ask.uncertainty === "none" ? null : scenario.priors[name],
    }),
    set: (name, value) => { view.ask.values[name] = value; moved(); },
    clear: (name) => { delete view.ask.values[name]; moved(); },
  };
  const build = () => aside.replaceChildren(...controls());
  const change = async (work) => {
    await work();
    if (!view.pinText) view.pin = readPin(new URLSearchParams(), view.ask, parameters);
    build();
    moved();
  };

  function controls() {
    const { ask } = view;
    const way = ask.uncertainty === "posterior" ? `posterior:${ask.posterior ?? "second_year"}` : ask.uncertainty;
    const first = [...new Set([...Object.keys(ask.values), ...catalogue.drivers])].filter((name) => parameters.has(name));
    const found = h("div", { class: "found" });
    const search = h("input", { type: "search", id: "search", placeholder: `search ${parameters.size} parameters`, "aria-label": "Search all parameters",
      oninput: () => found.replaceChildren(...searched(catalogue.parameters, search.value).filter((one) => !first.includes(one.name)).map((one) => slider(one, hold).box)) });
    const events = ask.events ?? structuredClone(scenario.events);
    return [
      card("Scenario", {},
        choice(catalogue.scenarios.map((one) => [one.name, one.title]), ask.scenario, (name) => change(async () => {
          scenario = await scenarioOf(shared, name);
          Object.assign(ask, { scenario: name, values: {}, events: null });
        }), { id: "scenario", "aria-label": "Scenario" }),
        h("p", { class: "muted" }, scenario.story),
        h("label", {}, "What is known ", choice(ways(scenario, catalogue.posteriors), way, (key) => change(() => {
          const [uncertainty, posterior] = key.split(":");
          Object.assign(ask, { uncertainty, posterior: posterior ?? null });
        }), { id: "uncertainty" })),
        h("label", {}, "Seed ", h("input", { type: "number", min: "0", max: "4294967295", value: String(ask.seed), onchange: (e) => change(() => { ask.seed = Math.max(0, Math.min(4294967295, Math.round(Number(e.target.value)) || 0)); }) }))),
      card("What you change", {}, h("p", { class: "muted" }, "The report's drivers first. What is not set is drawn for each run, or has its default."),
        first.map((name) => slider(parameters.get(name), hold).box), search, found),
      card("Dated events", {}, timeline(scenario, events, parameters, () => { ask.events = events; moved(); })),
      card("Compare and keep", {}, keeping()),
    ];
  }

  function keeping() {
    const out = h("pre", { class: "command", hidden: true });
    const pinned = h("p", { class: "muted" }, view.pin ? `Pinned: ${view.pin.scenario}${Object.keys(view.pin.values).length ? ` with ${Object.keys(view.pin.values).length} changes` : " as it stands"}` : "Nothing is pinned.");
    const pin = (text) => change(() => { view.pinText = text; view.pin = readPin(new URLSearchParams(text ? { pin: text } : {}), view.ask, parameters); });
    const saved = () => post("/api/save", { ask: view.ask });
    return [pinned,
      h("div", { class: "buttons" },
        h("button", { type: "button", id: "pin", onclick: () => pin(writeAsk(view.ask).toString()) }, "Pin this"),
        h("button", { type: "button", onclick: () => pin(null) }, "Pin the baseline"),
        h("button", { type: "button", onclick: () => pin("none") }, "Pin nothing")),
      h("div", { class: "buttons" },
        h("button", { type: "button", id: "save", onclick: async () => {
          const { yaml, file } = await saved();
          const link = h("a", { href: URL.createObjectURL(new Blob([yaml], { type: "application/yaml" })), download: file });
          link.click();
          setTimeout(() => URL.revokeObjectURL(link.href), 1000);
        } }, "Save as YAML"),
        h("button", { type: "button", id: "command", onclick: async () => {
          const { command, needs_file: needs } = await saved();
          out.textContent = (needs ? "# save the events as YAML first\n" : "") + command;
          out.hidden = false;
        } }, "Command line"),
        h("button", { type: "button", onclick: async (e) => {
          try { await navigator.clipboard.writeText(location.href); e.target.textContent = "Copied"; } catch { e.target.textContent = "Copy the address above"; }
        } }, "Copy link")), out, h("p", {}, stories)];
  }

  build();
  follow();
  return () => { ended = true; running?.abort.abort(); shown.end(); };
}

async function scenarioOf(shared, name) {
  if (!shared.scenarios.has(name)) shared.scenarios.set(name, await get(`/api/scenario?name=${encodeURIComponent(name)}`));
  return shared.scenarios.get(name);
}
