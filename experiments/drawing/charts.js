"use strict";
// Wakes the charts of a page: pointer and arrow keys give values, the legend turns layers on and off.
for (const figure of document.querySelectorAll("figure.chart")) wake(figure);

function wake(figure) {
  const data = JSON.parse(figure.querySelector("script").textContent);
  const svg = figure.querySelector("svg");
  const readout = figure.querySelector("output");
  const off = new Set();
  const cursor = svg.appendChild(document.createElementNS(svg.namespaceURI, "path"));
  cursor.setAttribute("class", "cursor");
  let at = data.xs.length - 1;

  function show(index) {
    at = Math.max(0, Math.min(data.xs.length - 1, index));
    cursor.setAttribute("d", `M${data.xs[at]},${data.top} V${data.bottom}`);
    const layers = data.layers.filter((layer) => !off.has(layer.key));
    const values = layers.map((layer) => `${layer.label} ${layer.told[at]}`);
    readout.textContent = `${data.said[at]}: ${values.join("; ") || "nothing is shown"}`;
  }

  function nearest(event) {
    const box = svg.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * svg.viewBox.baseVal.width;
    let best = 0;
    data.xs.forEach((place, index) => {
      if (Math.abs(place - x) < Math.abs(data.xs[best] - x)) best = index;
    });
    return best;
  }

  for (const kind of ["pointermove", "pointerdown"]) svg.addEventListener(kind, (event) => show(nearest(event)));
  svg.setAttribute("tabindex", "0");
  svg.addEventListener("focus", () => show(at));
  svg.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: data.xs.length - 1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    show(step);
  });
  readout.setAttribute("aria-live", "polite");
  for (const entry of figure.querySelectorAll(".legend li")) toggle(entry);

  function toggle(entry) {
    const key = entry.dataset.layer;
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("aria-pressed", "true");
    button.append(...entry.childNodes);
    entry.append(button);
    button.addEventListener("click", () => {
      const hide = !off.has(key);
      if (hide) off.add(key);
      else off.delete(key);
      button.setAttribute("aria-pressed", String(!hide));
      svg.querySelector(`g[data-layer="${key}"]`).classList.toggle("off", hide);
      show(at);
    });
  }
}
