// What the live outlook asks for, as it stands in the address and as it goes to the server.

const OWN = new Set(["scenario", "uncertainty", "posterior", "seed", "events", "pin", "fans", "place", "at"]);

/** An ask from the address: the scenario, how unknowns are drawn, values and events. */
export function readAsk(query, parameters) {
  const ask = {
    scenario: query.get("scenario") ?? "baseline",
    uncertainty: query.get("uncertainty") ?? "prior",
    posterior: query.get("posterior"),
    seed: Number(query.get("seed") ?? 1) || 0,
    values: {},
    events: null,
  };
  for (const [key, text] of query) {
    if (OWN.has(key) || !parameters.has(key)) continue;
    const value = text === "true" ? 1 : text === "false" ? 0 : Number(text);
    if (Number.isFinite(value)) ask.values[key] = value;
  }
  if (query.get("events")) ask.events = tried(query.get("events"));
  return ask;
}

/** The address of an ask. */
export function writeAsk(ask) {
  const query = new URLSearchParams({ scenario: ask.scenario, uncertainty: ask.uncertainty });
  if (ask.posterior) query.set("posterior", ask.posterior);
  if (ask.seed !== 1) query.set("seed", ask.seed);
  for (const [name, value] of Object.entries(ask.values)) query.set(name, String(value));
  if (ask.events) query.set("events", JSON.stringify(ask.events));
  return query;
}

/** The scenario that another is compared with: the pinned one of the address, else the baseline as it stands. */
export function readPin(query, ask, parameters) {
  const text = query.get("pin");
  if (text === "none") return null;
  if (text) return readAsk(new URLSearchParams(text), parameters);
  return { ...ask, scenario: "baseline", values: {}, events: null };
}

/** Whether two asks are the same. */
export function same(a, b) {
  return Boolean(a && b) && writeAsk(a).toString() === writeAsk(b).toString();
}

function tried(text) {
  try {
    const found = JSON.parse(text);
    return Array.isArray(found) ? found : null;
  } catch {
    return null;
  }
}
