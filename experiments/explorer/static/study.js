// A study: brush any input or outcome, state a condition, and everything follows with the number of runs left.

import { card, choice, h } from "./dom.js";
import { get, post } from "./net.js";
import { write } from "./address.js";
import { change, fan, plot, track, shareText } from "./charts.js";
import { scatter } from "./scatter.js";
import { histogram } from "./histogram.js";
import { mapPanel } from "./mapview.js";
import { beside } from "./beside.js";
import { capital, duration, number, percent, signed } from "./words.js";

export const title = "Study";
const FANS = ["deaths", "front_fighters"];
const EXAMPLES = ["deaths > 2000", "ending is not consolidation", "first_return before 2022-06", "services < 0.3 at 2022-09"];

/** Show the view; gives what ends it. */
export async function show(main, shared, query) {
  if (!shared.catalogue.folder) {
    main.replaceChildren(h("section", { class: "card ready", "data-state": "done" }, h("h1", {}, title),
      h("p", {}, "No folder was given. Start the explorer with the folder of a run or a study:"),
      h("pre", {}, "outlook explore results/first")));
    return () => {};
  }
  const begun = performance.now();
  const about = await get("/api/study");
  const columns = new Map([...about.inputs, ...about.outcomes].map((one) => [one.name, one]));
  const labels = about.scenarios.map((one) => one.label);
  const view = readView(query, columns, about, labels);
  const status = h("p", { class: "status", role: "status" }, "…");
  const trouble = h("div", { class: "problem", role: "alert", hidden: true });
  const endings = h("div"), chips = h("div", { class: "chips" }), grid = h("div", { class: "columns" }), pair = h("div");
  const cloud = h("div");
  const fanBoxes = FANS.map(() => plot());
  const bars = new Map();
  let ended = false, running = false, again = false, number_ = 0;

  const asked = () => ({ wanted: view.wanted, shown: view.shown, pair: view.pair, across: view.across, up: view.up });
  async function follow() {
    if (running) { again = true; return; }
    running = true;
    status.dataset.state = "running";
    const sent = performance.now();
    try {
      const told = await post("/api/study/look", asked());
      if (ended) return;
      trouble.hidden = true;
      draw(told);
      const passed = (performance.now() - sent) / 1000;
      status.replaceChildren(h("b", {}, `${told.left.toLocaleString("en-US")} of ${told.runs.toLocaleString("en-US")} runs left`),
        h("span", { class: "more" }, ` · filtered in ${duration(passed)} (${duration(told.took)} of it the server) · ${about.scenarios[0].basis} · seed ${about.seed}`));
      Object.assign(status.dataset, { left: told.left, filtered: passed.toFixed(4), server: told.took.toFixed(4) });
    } catch (error) {
      trouble.replaceChildren(...String(error.message).split("\n").map((line) => h("p", {}, line)));
      trouble.hidden = false;
    }
    running = false;
    if (again) { again = false; follow(); return; }
    status.dataset.state = "done";
    later();
  }
  let timer = null;
  const later = () => { clearTimeout(timer); timer = setTimeout(slow, 250); };
  async function slow() {
    const mine = ++number_;
    if (!about.keep || about.keep !== "none") {
      const { fans, scenario } = await post("/api/study/fans", { wanted: view.wanted, fans: FANS }).catch(() => ({ fans: {} }));
      if (ended || mine !== number_) return;
      FANS.forEach((name, i) => fanBoxes[i].set((width) => fans[name] ? [h("h3", {}, capital(fans[name].text)), h("p", { class: "muted" }, `${number(fans[name].runs)} runs of ${scenario}; dashed: all of it whose paths were kept`), ...fan({ ...fans[name], than: "all runs" }, width)] : h("p", { class: "muted" }, "no path of these runs was kept")));
    }
    if (mapOpen) drawMap();
  }
  const moved = () => { keep(); follow(); };
  const keep = () => write("study", writeView(view, about));

  function draw(told) {
    endings.replaceChildren(...told.endings.map((row, i) => {
      const { text, means } = shared.catalogue.endings.find((one) => one.name === row.name);
      const on = view.wanted.endings.includes(row.name);
      return h("div", { class: "ending", "data-name": row.name, "data-p": row.p ?? 0 }, h("button", { type: "button", class: `name ${on ? "on" : ""}`, title: means, "aria-pressed": String(on), onclick: () => toggle("endings", row.name) }, h("i", { class: `dot e${i}` }), text),
        track(row, `e${i}`), shareText(row), h("span", { class: "change" }, `all runs ${percent(row.pinned.p)}`));
    }));
    for (const [name, bar] of bars) if (told.columns[name]) bar.set(told.columns[name]);
    if (told.pair) pair.replaceChildren(pairTable(told.pair, view.pair, shared));
    if (told.dots) cloud.replaceChildren(scatter(told.dots, columns.get(view.across), columns.get(view.up), shared.catalogue.endings, null, (run) => { location.hash = `#story?run=${encodeURIComponent(run)}`; }).box);
    chips.replaceChildren(...view.wanted.conditions.map((text) => h("button", { type: "button", class: "chip", title: "no longer ask for this", onclick: () => { view.wanted.conditions = view.wanted.conditions.filter((one) => one !== text); moved(); } }, `${text} ×`)),
      ...(filters(view) ? [h("button", { type: "button", id: "reset", onclick: reset }, "All runs")] : []));
  }
  function toggle(key, name) {
    const held = view.wanted[key];
    view.wanted[key] = held.includes(name) ? held.filter((one) => one !== name) : [...held, name];
    moved();
  }
  function reset() {
    view.wanted = { ranges: {}, endings: [], scenarios: [], conditions: [] };
    for (const bar of bars.values()) bar.clear();
    main.querySelectorAll(".scenarios input").forEach((box) => { box.checked = true; });
    moved();
  }
  function build() {
    bars.clear();
    for (const name of view.shown)
      bars.set(name, histogram(columns.get(name), view.wanted.ranges[name], (range) => {
        if (range) view.wanted.ranges[name] = range; else delete view.wanted.ranges[name];
        moved();
      }, () => { view.shown = view.shown.filter((one) => one !== name); delete view.wanted.ranges[name]; build(); moved(); }));
    grid.replaceChildren(...[...bars.values()].map((bar) => bar.box));
  }

  const condition = h("input", { id: "condition", list: "condition-examples", placeholder: EXAMPLES[0], "aria-label": "Condition that has to come true" });
  const conditions = h("form", { class: "conditions", onsubmit: (event) => {
    event.preventDefault();
    const text = condition.value.trim();
    if (!text || view.wanted.conditions.includes(text)) return;
    const before = view.wanted.conditions;
    view.wanted.conditions = [...before, text];
    post("/api/study/look", asked()).then(() => { condition.value = ""; moved(); }, (error) => {
      view.wanted.conditions = before;
      trouble.replaceChildren(h("p", {}, error.message));
      trouble.hidden = false;
    });
  } }, h("label", { for: "condition" }, "Among the runs in which "), condition, h("datalist", { id: "condition-examples" }, EXAMPLES.map((text) => h("option", { value: text }))), h("button", { type: "submit" }, "Keep these"));
  const names = [["", "add a column …"], ...[...columns.values()].map((one) => [one.name, capital(one.text)])];
  const adder = choice(names, "", (name) => { if (name && !view.shown.includes(name)) { view.shown.push(name); build(); moved(); } adder.value = ""; }, { "aria-label": "Add a column" });
  const axis = (key) => choice([...columns.values()].map((one) => [one.name, capital(one.text)]), view[key], (name) => { view[key] = name; moved(); }, { "aria-label": key === "across" ? "Across" : "Up" });
  let mapOpen = false;
  const map = mapPanel(shared, { place: "deaths", ask: (name) => { view.place = name; drawMap(); } });
  async function drawMap() {
    const { map: data } = await post("/api/study/map", { wanted: view.wanted, place: view.place });
    if (!ended && data) { map.set(data); map.box.dataset.drawn = "yes"; }
  }
  const where = h("details", { ontoggle: () => { mapOpen = where.open; if (mapOpen) drawMap(); } }, h("summary", {}, "Map of up to 64 of the runs left, made again"), map.box);
  main.replaceChildren(
    h("div", { class: "heading" }, h("h1", {}, about.folder), h("p", { class: "muted" }, `${capital(about.scenarios[0].basis)}. `, `${about.runs.toLocaleString("en-US")} runs of ${labels.length > 1 ? `${labels.length} scenarios` : about.scenarios[0].title}${about.failed ? `; ${about.failed} failed and count nowhere` : ""}${about.same_code ? "" : "; the model has changed since"}`)),
    h("div", { class: "sticky" }, status, trouble, chips),
    h("div", { class: "cards" },
      card("How they end", { class: "wide" }, endings, h("p", { class: "muted" }, "Press an ending to keep its runs alone. The dark mark is the share among all runs.")),
      card("Filter", { class: "wide" }, conditions,
        labels.length > 1 ? h("div", { class: "scenarios" }, labels.map((label) => h("label", {}, h("input", { type: "checkbox", checked: !view.wanted.scenarios.length || view.wanted.scenarios.includes(label), onchange: () => {
          const on = [...main.querySelectorAll(".scenarios input")].map((box, i) => (box.checked ? labels[i] : null)).filter(Boolean);
          view.wanted.scenarios = on.length === labels.length ? [] : on;
          moved();
        } }), label))) : null,
        h("p", { class: "muted" }, "Drag over a histogram to keep a range. Grey: all runs. Colour: those left, to a scale of their own. Inputs that go with the outcomes most come first."), grid, adder),
      labels.length > 1 ? card("Two scenarios side by side", { class: "wide" }, h("div", { class: "tools" },
        choice(labels.map((label) => [label, label]), view.pair[0], (label) => { view.pair = [label, view.pair[1]]; moved(); }, { "aria-label": "First scenario" }), " and ",
        choice(labels.map((label) => [label, label]), view.pair[1], (label) => { view.pair = [view.pair[0], label]; moved(); }, { "aria-label": "Second scenario" })), pair) : null,
      card("Runs as dots", { class: "wide" }, h("div", { class: "tools" }, axis("up"), " over ", axis("across")), cloud, h("p", { class: "muted" }, "Up to 400 of the runs left; press one for its story.")),
      about.keep === "none" ? null : card("Paths of the runs left", { class: "wide" }, h("div", { class: "fans" }, fanBoxes.map((one) => one.box))),
      beside(about, (conditions_) => { view.wanted.ranges = { ...view.wanted.ranges, ...conditions_ }; view.shown = [...new Set([...Object.keys(conditions_), ...view.shown])]; build(); moved(); }),
      card("Where", { class: "wide" }, where)));
  build();
  await follow();
  status.dataset.opened = ((performance.now() - begun) / 1000).toFixed(3);
  return () => { ended = true; clearTimeout(timer); map.stop(); };
}

function filters(view) {
  return Object.keys(view.wanted.ranges).length + view.wanted.endings.length + view.wanted.scenarios.length + view.wanted.conditions.length;
}

function readView(query, columns, about, labels) {
  const list = (key, allowed) => (query.get(key) ?? "").split(",").filter((one) => allowed.includes(one));
  const ranges = {};
  for (const [key, text] of query) {
    if (!columns.has(key) || !text.includes("..")) continue;
    ranges[key] = text.split("..").map((end) => (end === "" || !Number.isFinite(Number(end)) ? null : Number(end)));
  }
  const shown = list("shown", [...columns.keys()]);
  const pair = list("pair", labels);
  return {
    wanted: { ranges, endings: list("endings", ["consolidation", "scattered_insurgency", "valley_resurgence", "multi_front_civil_war", "settlement", "government_falls"]), scenarios: list("scenarios", labels), conditions: query.getAll("given") },
    shown: [...new Set([...Object.keys(ranges), ...(shown.length ? shown : about.shown)])],
    pair: labels.length > 1 ? (pair.length === 2 ? pair : labels.slice(0, 2)) : null,
    across: columns.has(query.get("across")) ? query.get("across") : (about.inputs[0]?.name ?? "deaths"),
    up: columns.has(query.get("up")) ? query.get("up") : "deaths",
    place: "deaths",
  };
}

function writeView(view, about) {
  const query = new URLSearchParams();
  for (const [name, [low, high]] of Object.entries(view.wanted.ranges)) query.set(name, `${low ?? ""}..${high ?? ""}`);
  for (const key of ["endings", "scenarios"]) if (view.wanted[key].length) query.set(key, view.wanted[key].join());
  for (const text of view.wanted.conditions) query.append("given", text);
  if (view.shown.join() !== about.shown.join()) query.set("shown", view.shown.join());
  if (view.pair && view.pair.join() !== about.scenarios.slice(0, 2).map((one) => one.label).join()) query.set("pair", view.pair.join());
  query.set("across", view.across);
  query.set("up", view.up);
  return query;
}

/** Two scenarios run by run, each with its interval, and their paired difference. */
function pairTable(told, [first, second], shared) {
  const cell = (values, share) => (share ? `${percent(values[0])} (${percent(values[1])} to ${percent(values[2])})` : `${number(values[0])} (${number(values[1])} to ${number(values[2])})`);
  return h("table", {}, h("caption", {}, `${told.pairs.toLocaleString("en-US")} pairs: the runs left of ${first}, and the runs of ${second} with the same luck and the same parameters. Shares of endings, medians of numbers.`),
    h("thead", {}, h("tr", {}, ["", first, second, `${second} minus ${first}`].map((text) => h("th", { scope: "col" }, text)))),
    h("tbody", {}, told.rows.map((row) => h("tr", {}, h("th", { scope: "row" }, row.share ? shared.catalogue.endings.find((one) => one.name === row.name).text : capital(row.text)),
      h("td", { class: "number", "data-label": first }, cell(row.first, row.share)), h("td", { class: "number", "data-label": second }, cell(row.second, row.share)),
      h("td", { class: "number", "data-label": "difference" }, row.share ? change(row) : change(row, signed, ""))))));
}
