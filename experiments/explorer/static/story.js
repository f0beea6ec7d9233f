// One run as a story: a dot of the ensemble is made again, and its map, valley, events and agents move through time.

import { card, choice, h } from "./dom.js";
import { post } from "./net.js";
import { write } from "./address.js";
import { readAsk, writeAsk } from "./state.js";
import { scatter } from "./scatter.js";
import { lane, listed, scene } from "./scene.js";
import { capital, when } from "./words.js";

export const title = "One run as a story";
const WEIGHTS = [["1", "turning points"], ["2", "what is notable"], ["3", "everything"]];
const TABLES = [["front", "fronts"], ["pocket", "pockets"], ["garrison", "garrisons"], ["community", "communities"], ["province", "provinces"],
  ["place", "places of the valley"], ["militia", "militias"], ["power", "foreign powers"], ["government", "government"], ["jihadist", "IS-K"],
  ["cache", "weapon caches"], ["route", "supply routes"]];

/** Show the view; gives what ends it. */
export async function show(main, shared, query) {
  const { catalogue, parameters } = shared;
  const ask = catalogue.folder && !query.has("scenario") ? null : readAsk(query, parameters);
  const view = {
    x: query.get("x") ?? "deaths", y: query.get("y") ?? "refugees", run: query.get("run"), day: Number(query.get("day")) || 0,
    place: query.get("place") ?? "deaths", weight: Number(query.get("weight")) || 2, table: query.get("table") ?? "front",
  };
  const status = h("p", { class: "status", role: "status" }, "The runs are made …");
  status.dataset.state = "running";
  const trouble = h("div", { class: "problem", role: "alert", hidden: true });
  const above = h("div"), below = h("div");
  main.replaceChildren(h("h1", { class: "unseen" }, title), status, trouble, h("div", { class: "story" }, above, below));
  let stop = () => {}, ended = false;

  const keep = () => {
    const next = ask ? writeAsk(ask) : new URLSearchParams();
    for (const [key, value] of Object.entries(view)) if (value !== null) next.set(key, String(value));
    write("story", next);
  };
  const asking = async (what, work) => {
    status.dataset.state = "running";
    trouble.hidden = true;
    try {
      await work();
    } catch (error) {
      trouble.replaceChildren(...String(error.message).split("\n").map((line) => h("p", {}, line)));
      trouble.hidden = false;
      status.textContent = what;
    }
    if (!ended) status.dataset.state = "done";
  };
  const choose = (run) => { view.run = run; view.day = 0; keep(); return open(); };

  async function dots() {
    const found = await post("/api/story/dots", { ask, x: view.x, y: view.y });
    const names = found.measures.map((one) => [one.name, capital(one.text)]);
    const of = (name) => found.measures.find((one) => one.name === name);
    const axis = (key) => choice(names, view[key], (name) => { view[key] = name; keep(); asking("no dots", dots); }, { id: `dots-${key}` });
    const picture = scatter(found, of(view.x), of(view.y), catalogue.endings, view.run, choose);
    const runs = found.runs.map((run, i) => [run, `${ask ? `replicate ${run}` : run}: ${catalogue.endings[found.endings[i]].text}`]);
    above.replaceChildren(card("Choose a run", { class: "dots" },
      h("p", { class: "muted" }, `Each dot is a run${found.of > found.runs.length ? ` (${found.runs.length} of ${found.of})` : ""}. Click one, or choose it in the list: it is made again from its identity, day by day.`),
      h("div", { class: "tools" }, h("label", {}, "Across ", axis("x")), h("label", {}, "Up ", axis("y")),
        h("label", {}, "Run ", choice([["", "choose …"], ...runs], view.run ?? "", (run) => run && choose(run), { id: "run" }))),
      picture.box));
    status.textContent = `${found.of} runs of ${ask ? `the live outlook, scenario ${ask.scenario}` : catalogue.folder}`;
  }

  async function open() {
    await asking("no story", async () => {
      const begun = performance.now();
      const [story, series] = await Promise.all([
        post("/api/story/run", { ask, run: view.run }), post("/api/story/place", { ask, run: view.run, place: view.place })]);
      if (ended) return;
      status.dataset.replayed = ((performance.now() - begun) / 1000).toFixed(3);
      stop();
      stop = told(story, series);
      for (const dot of above.querySelectorAll("circle.dot")) dot.classList.toggle("chosen", dot.dataset.run === view.run);
      const list = above.querySelector("#run");
      if (list) list.value = view.run;
    });
  }

  /** The story of a run; gives what ends it. */
  function told(story, series) {
    const ending = catalogue.endings[story.ending];
    const same = story.differs.length
      ? h("p", { class: "problem", id: "same" }, `This is not the stored run: it differs in ${story.differs.join(", ")}. The model has changed since.`)
      : h("p", { class: "muted", id: "same" }, `Equal to the ${ask ? "run of the live outlook" : "stored run"}, in every bit of ${story.compared} numbers.`);
    const date = h("output", { class: "date", id: "date" });
    const slide = h("input", { type: "range", min: "0", max: String(story.days - 1), step: "1", id: "day", "aria-label": "Day of the run", oninput: () => go(Number(slide.value)) });
    const play = h("button", { type: "button", id: "play", onclick: () => (timer ? pause() : start()) }, "Play");
    const step = (by) => h("button", { type: "button", "aria-label": by < 0 ? `Back ${-by} days` : `Forward ${by} days`, onclick: () => go(view.day + by) }, by < 0 ? `−${-by} d` : `+${by} d`);
    const jump = (by) => h("button", { type: "button", id: by < 0 ? "previous" : "next", onclick: () => { const found = near(by); if (found) go(found.day); } }, by < 0 ? "‹ event" : "event ›");
    const shown = () => story.events.filter((one) => one.weight <= view.weight);
    const near = (by) => by < 0 ? shown().filter((one) => one.day < view.day).at(-1) : shown().find((one) => one.day > view.day);
    const ground = scene(shared, story, series);
    const lanes = lane(story, (day) => go(day));
    const log = listed(story, (day) => go(day));
    const inspected = h("div", { class: "agents" });
    let timer = null, wanted = 0, waiting = null;

    function go(day) {
      view.day = Math.max(0, Math.min(story.days - 1, day));
      slide.value = String(view.day);
      date.textContent = when(dayOf(story.start, view.day), true);
      slide.setAttribute("aria-valuetext", date.textContent);
      ground.at(view.day);
      lanes.at(view.day);
      log.at(view.day, view.weight);
      clearTimeout(waiting);
      waiting = setTimeout(() => { keep(); inspect(); }, timer ? 1200 : 150);
      if (!timer) status.dataset.state = "running";
    }
    function start() {
      if (view.day >= story.days - 1) view.day = 0;
      play.textContent = "Pause";
      timer = setInterval(() => { if (view.day >= story.days - 1) return pause(); go(view.day + 7); }, 160);
    }
    function pause() {
      clearInterval(timer);
      timer = null;
      play.textContent = "Play";
      go(view.day);
    }
    async function inspect() {
      const mine = ++wanted;
      await asking("no agents", async () => {
        const found = await post("/api/story/agents", { ask, run: view.run, table: view.table, day: view.day + 1 });
        if (mine === wanted && !ended) inspected.replaceChildren(agents(found));
      });
    }
    const weights = () => { lanes.only(view.weight); go(view.day); };
    below.replaceChildren(
      card(`${story.title}: ${ask ? `replicate ${story.run}` : story.run}`, { class: "told" },
        h("p", {}, "It ends in ", h("b", { class: `c${story.ending}` }, ending.text), `: ${ending.means}.`), same,
        h("div", { class: "time" }, play, jump(-1), step(-7), step(-1), slide, step(1), step(7), jump(1), date),
        lanes.box,
        h("div", { class: "tools" }, h("label", {}, "Tell ", choice(WEIGHTS, String(view.weight), (next) => { view.weight = Number(next); weights(); }, { id: "weight" })),
          h("label", {}, "Map ", choice(catalogue.places.map((one) => [one.name, capital(one.text)]), view.place, (name) => asking("no map", async () => {
            view.place = name;
            ground.series(await post("/api/story/place", { ask, run: view.run, place: name }));
            go(view.day);
          }), { id: "place" }))),
        h("div", { class: "stage" }, ground.box, log.box)),
      card("The agents of the day", { class: "inspect" },
        h("div", { class: "tools" }, h("label", {}, "Kind ", choice(TABLES, view.table, (name) => { view.table = name; keep(); inspect(); }, { id: "table" }))), inspected));
    weights();
    return () => { clearInterval(timer); clearTimeout(waiting); };
  }

  await asking("no dots", dots);
  if (view.run) open();
  return () => { ended = true; stop(); };
}

/** A day of a run as a date. */
function dayOf(start, day) {
  return new Date(Date.parse(`${start}T00:00:00Z`) + 86_400_000 * day).toISOString().slice(0, 10);
}

/** A table of agents; meanings of fields show when their names are pointed at. */
function agents(found) {
  const head = found.fields.map((one) => h("th", { scope: "col", title: `${one.meaning} (${one.unit})` }, one.name));
  const rows = found.rows.map((row) => h("tr", {}, h("th", { scope: "row" }, row.name),
    row.values.map((value) => h("td", { class: "number" }, short(value)))));
  if (!rows.length) return h("p", { class: "muted" }, "None on this day.");
  return h("div", { class: "wide", tabindex: 0, role: "region", "aria-label": found.title },
    h("table", { class: "plain" }, h("caption", {}, `${found.title}: ${rows.length}. Point at a heading for its meaning and unit.`),
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "name"), head)), h("tbody", {}, rows)));
}

function short(value) {
  if (value === null) return "–";
  if (typeof value === "string") return value;
  return Number.isInteger(value) ? value.toLocaleString("en-US") : value.toFixed(Math.abs(value) < 10 ? 2 : 0);
}
