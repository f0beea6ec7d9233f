// What a person can move: sliders made from the parameter table, and dated events on a timeline.

import { h, choice } from "./dom.js";
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

/** Dated events: dots on a line from start to end, each with what it sets. `events` is changed in place. */
export function timeline(scenario, events, parameters, changed) {
  const first = Date.parse(scenario.start), last = Date.parse(scenario.end);
  const line = h("div", { class: "timeline", "aria-hidden": "true" }, h("span", {}, when(scenario.start)), h("span", {}, when(scenario.end)));
  const list = h("div", { class: "events" });
  const names = h("datalist", { id: "parameter-names" }, [...parameters.keys()].map((name) => h("option", { value: name })));
  const draw = () => {
    line.querySelectorAll("i").forEach((dot) => dot.remove());
    for (const event of events) {
      const dot = h("i", { title: event.title });
      dot.style.left = `${100 * Math.min(1, Math.max(0, (Date.parse(event.date) - first) / (last - first)))}%`;
      line.append(dot);
    }
    list.replaceChildren(...events.map((event, i) => entry(event, i)));
  };
  const entry = (event, i) => h("fieldset", { class: "event" }, h("legend", {}, `Event ${i + 1}`),
    h("label", {}, "date ", h("input", { type: "date", value: event.date, min: scenario.start, max: scenario.end, onchange: (e) => { if (e.target.value) { event.date = e.target.value; draw(); changed(); } } })),
    h("label", {}, "title ", h("input", { type: "text", value: event.title, maxlength: "120", onchange: (e) => { event.title = e.target.value; changed(); } })),
    Object.entries(event.set).map(([name, value]) => setting(event, name, value)),
    Object.entries(event.state ?? {}).map(([path, change]) => h("p", { class: "setting muted" }, h("span", {}, `${path} ${typeof change === "number" ? `= ${change}` : Object.entries(change).map(([verb, value]) => `${verb} ${value}`).join(" ")}`),
      h("button", { type: "button", class: "quiet", "aria-label": `leave ${path} as it is`, onclick: () => { delete event.state[path]; draw(); changed(); } }, "×"))),
    adding(event),
    h("button", { type: "button", class: "quiet", onclick: () => { events.splice(i, 1); draw(); changed(); } }, "remove event"));
  const setting = (event, name, value) => {
    const one = parameters.get(name);
    return h("div", { class: "setting" }, h("label", {}, `${name} `, h("input", {
      type: "number", step: "any", value: String(value), min: String(one?.low ?? ""), max: String(one?.high ?? ""),
      onchange: (e) => { const next = Number(e.target.value); if (e.target.value !== "" && Number.isFinite(next)) { event.set[name] = next; changed(); } },
    })), h("button", { type: "button", class: "quiet", "aria-label": `leave ${name} as it is`, onclick: () => { delete event.set[name]; draw(); changed(); } }, "×"));
  };
  const adding = (event) => h("label", {}, "sets ", h("input", { list: "parameter-names", placeholder: "supply.corridor", onchange: (e) => {
    const one = parameters.get(e.target.value);
    if (!one) return;
    event.set[one.name] = one.default;
    draw();
    changed();
  } }));
  const add = h("button", { type: "button", onclick: () => {
    const middle = new Date((first + last) / 2).toISOString().slice(0, 10);
    events.push({ date: middle, title: "", set: { "supply.corridor": 0.8 }, state: {} });
    events.sort((a, b) => a.date.localeCompare(b.date));
    draw();
    changed();
  } }, "Add an event");
  draw();
  return h("div", {}, line, names, list, add);
}

/** How unknowns are drawn, as choices: [key, text]. */
export function ways(scenario, posteriors) {
  return [["prior", capital(scenario.basis.prior)],
    ...[...posteriors].reverse().map((name) => [`posterior:${name}`, capital(scenario.basis[`posterior:${name}`])]),
    ["none", capital(scenario.basis.none)]];
}

export { choice };
