// What a person can move: sliders made from the parameter table, and dated events on a timeline.

import { h, choice } from "./dom.js";
import { get } from "./net.js";
import { capital, number, when } from "./words.js";

const STEPS = 1000;
let made = 0;

/** Whether a range is better walked in ratios than in steps. */
function ratios(one) {
  return one.kind === "float" && one.low > 0 && one.high / one.low >= 50;
}

function toValue(one, at) {
  const share = at / STEPS;
  if (ratios(one)) return Number((one.low * (one.high / one.low) ** share).toPrecision(3));
  const value = one.low + share * (one.high - one.low);
  if (one.kind === "int") return Math.round(value);
  const digits = Math.max(0, Math.ceil(2 - Math.log10(one.high - one.low || 1)));
  return Number(value.toFixed(Math.min(10, digits)));
}

function toStep(one, value) {
  if (ratios(one)) return (STEPS * Math.log(Math.max(one.low, value) / one.low)) / Math.log(one.high / one.low);
  return (STEPS * (value - one.low)) / (one.high - one.low || 1);
}

/** What a prior says in words. */
function drawn(prior) {
  const { dist, ...numbers } = prior;
  return `drawn for each run: ${dist} ${Object.entries(numbers).map(([key, value]) => `${key} ${number(value)}`).join(", ")}`;
}

/** One parameter: a slider, its number, its source one click away. `hold` reads and sets its value. */
export function slider(one, hold) {
  const id = `p${++made}`;
  const isSwitch = one.kind === "switch";
  const range = h("input", { id, type: isSwitch ? "checkbox" : "range", min: "0", max: String(STEPS), step: "1" });
  const exact = isSwitch ? null : h("input", { type: "number", "aria-label": `${one.text}, exact value`, min: String(one.low), max: String(one.high), step: "any" });
  const state = h("p", { class: "state" });
  const back = h("button", { type: "button", class: "quiet", title: "as the scenario has it", onclick: () => { hold.clear(one.name); refresh(); } }, "reset");
  const more = h("dl", { class: "source", id: `${id}s`, hidden: true },
    [["meaning", one.meaning], ["range", `${number(one.low)} to ${number(one.high)} (${one.unit})`], ["default", number(one.default)],
      ["source", one.source], ["confidence", one.confidence], ["factors", one.factors.join(", ")], ["name", one.name]]
      .flatMap(([key, text]) => [h("dt", {}, key), h("dd", {}, text)]));
  const info = h("button", { type: "button", class: "quiet", "aria-expanded": "false", "aria-controls": `${id}s`, onclick: () => {
    more.hidden = !more.hidden;
    info.setAttribute("aria-expanded", String(!more.hidden));
  } }, "source");
  const box = h("div", { class: "slider", "data-name": one.name },
    h("div", { class: "head" }, h("label", { for: id }, capital(one.text), one.group ? h("small", {}, ` ${one.group.replaceAll(".", " · ").replaceAll("_", " ")}`) : null), info, back),
    h("div", { class: "row" }, range, exact, h("span", { class: "unit" }, isSwitch ? "" : one.unit)), state, more);
  function refresh() {
    const { value, set, prior, fixed } = hold.at(one.name);
    if (isSwitch) range.checked = value > 0.5;
    else { range.value = String(toStep(one, value)); if (document.activeElement !== exact) exact.value = String(Number(value.toPrecision(6))); }
    range.setAttribute("aria-valuetext", `${number(value)} ${one.unit}`);
    box.classList.toggle("set", set);
    box.classList.toggle("drawn", !set && Boolean(prior));
    back.hidden = !set;
    state.textContent = set ? "set by you" : prior ? drawn(prior) : fixed ? "set by the scenario" : "its default";
  }
  range.addEventListener("input", () => { hold.set(one.name, isSwitch ? Number(range.checked) : toValue(one, Number(range.value))); refresh(); });
  exact?.addEventListener("change", () => {
    const value = Number(exact.value);
    if (exact.value === "" || !Number.isFinite(value)) return refresh();
    const within = Math.min(one.high, Math.max(one.low, one.kind === "int" ? Math.round(value) : value));
    hold.set(one.name, within);
    refresh();
  });
  refresh();
  return { box, refresh };
}

/** Parameters that hold every word of a search, best first. */
export function searched(parameters, text, most = 12) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return [];
  const hits = (one) => `${one.name} ${one.text} ${one.meaning} ${one.factors.join(" ")}`.toLowerCase();
  return parameters.filter((one) => words.every((word) => hits(one).includes(word)))
    .sort((a, b) => Number(b.name.includes(words[0])) - Number(a.name.includes(words[0]))).slice(0, most);
}

const VERBS = [["set", "is set to"], ["add", "gets more"], ["multiply", "is multiplied by"]];
let names = null;

/** Names that an event can set or change, as lists that inputs complete from. */
async function completions(parameters) {
  const stocks = await get("/api/stocks");
  const offered = (id, all) => h("datalist", { id }, all.map((one) => h("option", { value: one.name }, one.meaning)));
  const plain = [...parameters.values()].filter((one) => !one.stock);
  return { stocks: new Map(stocks.map((one) => [one.name, one])), lists: [offered("parameter-names", plain), offered("stock-names", stocks)] };
}

/** Dated events: dots on a line from start to end, each with what it changes. `events` is changed in place. */
export function timeline(scenario, events, parameters, changed) {
  const first = Date.parse(scenario.start), last = Date.parse(scenario.end);
  const line = h("div", { class: "timeline", "aria-hidden": "true" }, h("span", {}, when(scenario.start)), h("span", {}, when(scenario.end)));
  const list = h("div", { class: "events" }), offered = h("div", { hidden: true });
  completions(parameters).then((found) => { names = found; offered.replaceChildren(...found.lists); }, () => { /* names are typed then without help */ });
  const again = () => { draw(); changed(); };
  const draw = () => {
    line.querySelectorAll("i").forEach((dot) => dot.remove());
    for (const event of events) {
      const dot = h("i", { title: event.title });
      dot.style.left = `${100 * Math.min(1, Math.max(0, (Date.parse(event.date) - first) / (last - first)))}%`;
      line.append(dot);
    }
    list.replaceChildren(...events.map((event, i) => entry(event, i)));
  };
  const amount = (value, label, put) => h("input", { type: "number", step: "any", value: String(value), "aria-label": label, onchange: (e) => {
    const next = Number(e.target.value);
    if (e.target.value !== "" && Number.isFinite(next)) { put(next); changed(); }
  } });
  const remove = (label, work) => h("button", { type: "button", class: "quiet", "aria-label": label, onclick: () => { work(); again(); } }, "×");
  const entry = (event, i) => h("fieldset", { class: "event" }, h("legend", {}, `Event ${i + 1}`),
    h("label", {}, "date ", h("input", { type: "date", value: event.date, min: scenario.start, max: scenario.end, onchange: (e) => { if (e.target.value) { event.date = e.target.value; again(); } } })),
    h("label", {}, "title ", h("input", { type: "text", value: event.title, maxlength: "120", onchange: (e) => { event.title = e.target.value; changed(); } })),
    Object.entries(event.set).map(([name, value]) => h("div", { class: "setting" }, h("span", {}, name, " ="), amount(value, name, (next) => { event.set[name] = next; }), remove(`leave ${name} as it is`, () => delete event.set[name]))),
    Object.entries(event.state ?? {}).map(([path, change]) => stock(event, path, change)),
    adding(event, "set a parameter", "parameter-names", "supply.corridor", (name) => { if (parameters.has(name) && !parameters.get(name).stock) { event.set[name] = parameters.get(name).default; return true; } return false; }),
    adding(event, "change a stock", "stock-names", "front.nrf.main", (name) => { if (names?.stocks.has(name)) { event.state[name] = { multiply: 1 }; return true; } return false; }),
    h("button", { type: "button", class: "quiet", onclick: () => { events.splice(i, 1); again(); } }, "remove event"));
  const stock = (event, path, change) => {
    const [verb, value] = typeof change === "number" ? ["set", change] : Object.entries(change)[0];
    const put = (how, size) => { event.state[path] = how === "set" ? size : { [how]: size }; };
    return h("div", { class: "setting" }, h("span", {}, path), choice(VERBS, verb, (how) => { put(how, value); again(); }, { "aria-label": `what happens to ${path}` }),
      amount(value, path, (next) => put(verb, next)), remove(`leave ${path} as it is`, () => delete event.state[path]));
  };
  const adding = (event, text, id, example, add) => h("label", {}, `${text} `, h("input", { type: "text", list: id, placeholder: example, onchange: (e) => { if (add(e.target.value.trim())) again(); } }));
  const button = h("button", { type: "button", onclick: () => {
    const middle = new Date((first + last) / 2).toISOString().slice(0, 10);
    events.push({ date: middle, title: "", set: { "supply.corridor": 0.8 }, state: {} });
    events.sort((a, b) => a.date.localeCompare(b.date));
    again();
  } }, "Add an event");
  draw();
  return h("div", {}, line, offered, list, button);
}

/** How unknowns are drawn, as choices: [key, text]. */
export function ways(scenario, posteriors) {
  return [["prior", capital(scenario.basis.prior)],
    ...[...posteriors].reverse().map((name) => [`posterior:${name}`, capital(scenario.basis[`posterior:${name}`])]),
    ["none", capital(scenario.basis.none)]];
}
