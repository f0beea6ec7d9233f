// The shell: which view is shown, light or dark, and what every view shares.

import { h } from "./dom.js";
import { get } from "./net.js";
import { read } from "./address.js";
import * as live from "./live.js";
import * as map from "./mapview.js";
import * as story from "./story.js";
import * as study from "./study.js";

/** Views by their name in the address: { title, show(main, shared, query) -> a function that ends it }. */
const VIEWS = { live, study, story, map };

let ended = () => {};
let shown = "";

async function show(shared) {
  const { view, query } = read();
  const name = view in VIEWS ? view : "live";
  ended();
  ended = () => {};
  shown = name;
  for (const link of document.querySelectorAll("#views a"))
    link.toggleAttribute("aria-current", link.dataset.view === name);
  const main = document.getElementById("main");
  main.replaceChildren();
  document.title = `${VIEWS[name].title} · Panjshir Outlook`;
  try {
    ended = (await VIEWS[name].show(main, shared, query)) ?? (() => {});
  } catch (error) {
    main.replaceChildren(problem(error));
  }
}

/** What went wrong, in plain sight. */
function problem(error) {
  return h("section", { class: "card problem", role: "alert" }, h("h2", {}, "This cannot be shown"),
    String(error.message ?? error).split("\n").map((line) => h("p", {}, line)));
}

/** Live outlook, map and story share their state: a link from one to the other carries it along. */
function carry(event) {
  const { view, query } = read();
  const name = event.currentTarget.dataset.view;
  const shares = ["live", "map", "story"];
  event.currentTarget.href = `#${name}${shares.includes(name) && shares.includes(view) && name !== view ? `?${query}` : ""}`;
}

function themes() {
  const button = document.getElementById("theme");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const root = document.documentElement;
  const set = (theme) => {
    root.dataset.theme = theme;
    button.textContent = theme === "dark" ? "Light" : "Dark";
  };
  const asked = new URLSearchParams(location.search).get("theme");
  set(asked ?? (system.matches ? "dark" : "light"));
  system.addEventListener("change", () => set(system.matches ? "dark" : "light"));
  button.addEventListener("click", () => set(root.dataset.theme === "dark" ? "light" : "dark"));
}

async function start() {
  themes();
  const main = document.getElementById("main");
  try {
    const [catalogue, ground] = await Promise.all([get("/api/catalogue"), get("/api/ground")]);
    const parameters = new Map(catalogue.parameters.map((one) => [one.name, one]));
    const shared = { catalogue, ground, parameters, scenarios: new Map() };
    document.getElementById("views").append(
      ...Object.entries(VIEWS).map(([name, view]) => h("a", { href: `#${name}`, "data-view": name, onclick: carry }, view.title)));
    addEventListener("hashchange", () => show(shared));
    await show(shared);
  } catch (error) {
    main.replaceChildren(problem(error));
  }
}

start();
