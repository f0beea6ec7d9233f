// The state of a view stands in the address behind "#": #live?scenario=baseline&taliban.service_delivery=0.3

/** The view and its state, from the address. */
export function read() {
  const [view, query] = location.hash.slice(1).split("?");
  return { view: view || "live", query: new URLSearchParams(query ?? "") };
}

/** Write a view's state into the address without a step in the history. */
export function write(view, query) {
  const text = query.toString().replaceAll("%2C", ",").replaceAll("%3A", ":");
  history.replaceState(null, "", `#${view}${text ? `?${text}` : ""}`);
}
