// What the live outlook shows: endings, fans, who fights and who dies, times, questions, the map.

import { card, choice, h } from "./dom.js";
import { change, curves, fan, plot, shareText, track } from "./charts.js";
import { mapPanel } from "./mapview.js";
import { capital, number, signed, when } from "./words.js";

/** Shares of the endings with intervals, and what changed: rows that stay while their numbers move. */
export function endingRows(told, catalogue) {
  return h("div", { class: "endings" }, told.endings.map((row, i) => {
    const { text, means } = catalogue.endings.find((one) => one.name === row.name);
    return h("div", { class: "ending", "data-name": row.name, "data-p": row.p }, h("span", { class: "name", title: means }, h("i", { class: `dot e${i}` }), text), track(row, `e${i}`), shareText(row), change(row));
  }));
}

/** Attacks and deaths by actor, the median of runs with the range of 90 %. */
export function fightingTables(told) {
  return Object.entries(told.fighting).map(([kind, rows]) => h("table", {}, h("caption", {}, `${capital(kind)} over the whole time`),
    h("thead", {}, h("tr", {}, ["by", "median (95 % interval)", "90 % of runs", "mean, paired change"].map((text) => h("th", { scope: "col" }, text)))),
    h("tbody", {}, Object.values(rows).map((row) => h("tr", {}, h("th", { scope: "row" }, capital(row.text)),
      h("td", { class: "number", "data-label": "median" }, `${number(row.median)} (${number(row.low)} to ${number(row.high)})`),
      h("td", { class: "number", "data-label": "90 % of runs" }, `${number(row.q05)} to ${number(row.q95)}`),
      h("td", { class: "number", "data-label": "change" }, number(row.mean), " ", change(row, signed, "")))))));
}

/** Chances of the key questions, or the spread of a number. */
export function questionList(told) {
  return h("div", { class: "questions" }, told.questions.map((row) => h("div", { class: "question" },
    h("p", {}, row.text, h("small", { class: "muted" }, ` by ${when(row.by, true)}`)),
    row.kind === "numeric"
      ? h("p", { class: "value" }, h("b", {}, number(row.median)), ` median (${number(row.low)} to ${number(row.high)}); 90 % of runs ${number(row.q05)} to ${number(row.q95)} `, change(row, signed, ""))
      : [track(row, "plain"), h("p", {}, shareText(row), " ", change(row))])));
}

/** All panels of the live outlook. `asked` is called when a person wants another series. */
export function panels(shared, view, asked) {
  const { catalogue } = shared;
  const names = catalogue.series.map((one) => [one.name, capital(one.text)]);
  const endings = h("div", { class: "hold" });
  const fighting = h("div", { class: "hold" }), questions = h("div", { class: "hold" }), numbers = h("div", { class: "hold" });
  const fans = view.fans.map((name, i) => {
    const drawn = plot();
    const box = h("div", { class: "fan" }, choice(names, name, (next) => { view.fans[i] = next; asked(); }, { "aria-label": `Series ${i + 1}` }), drawn.box);
    return { box, drawn };
  });
  const times = plot();
  const picked = new Set(["first_return_day", "first_rising_day", "first_militia_day", "first_capital_lost_day", "settlement_day"]);
  const picks = h("div", { class: "picks" });
  const map = mapPanel(shared, { place: view.place, ask: (name) => { view.place = name; asked(); } });
  let last = null;
  const drawTimes = () => {
    const rows = last.times.map((row, i) => ({ ...row, colour: i % 8 })).filter((row) => picked.has(row.name));
    times.set((width) => curves(rows, last.starts, width));
  };
  const pickers = (told) => {
    if (picks.childElementCount) return;
    picks.append(...told.times.map((row, i) => h("label", { class: `c${i % 8}` }, h("input", { type: "checkbox", checked: picked.has(row.name), onchange: (e) => {
      picked[e.target.checked ? "add" : "delete"](row.name);
      drawTimes();
    } }), h("i", { class: "dot" }), capital(row.text))));
  };
  const pinnedKey = h("p", { class: "key muted" }, h("i", { class: "swatch wide" }), "90 % of runs ", h("i", { class: "swatch" }), "50 % ", h("i", { class: "swatch line" }), "median ", h("i", { class: "swatch pinned" }), "pinned");
  return {
    endings: card("How it ends", { class: "top" }, endings),
    rest: h("div", { class: "cards" },
      card("Paths of the runs", { class: "wide" }, pinnedKey, h("div", { class: "fans" }, fans.map((one) => one.box))),
      card("Who fights and who dies", { class: "wide" }, fighting),
      card("When it happens", {}, picks, times.box),
      card("Key questions", {}, questions),
      card("Where", { class: "wide" }, map.box),
      card("Key numbers", { class: "wide" }, numbers)),
    end: map.stop,
    set(told) {
      last = told;
      endings.replaceChildren(endingRows(told, catalogue));
      fans.forEach((one, i) => { const data = told.fans[view.fans[i]]; if (data) one.drawn.set((width) => fan(data, width)); });
      fighting.replaceChildren(...fightingTables(told));
      questions.replaceChildren(questionList(told));
      pickers(told);
      drawTimes();
      if (told.map) map.set(told.map);
      numbers.replaceChildren(h("table", {}, h("thead", {}, h("tr", {}, ["", "median (95 % interval)", "90 % of runs", "paired change of the mean"].map((text) => h("th", { scope: "col" }, text)))),
        h("tbody", {}, told.numbers.filter((row) => row.median !== undefined).map((row) => h("tr", {}, h("th", { scope: "row" }, capital(row.text)),
          h("td", { class: "number", "data-label": "median" }, `${number(row.median)} (${number(row.low)} to ${number(row.high)})`),
          h("td", { class: "number", "data-label": "90 % of runs" }, `${number(row.q05)} to ${number(row.q95)} ${row.unit}`),
          h("td", { class: "number", "data-label": "change" }, change(row, signed, "")))))));
    },
  };
}
