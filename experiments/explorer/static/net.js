// Questions to the server, which is this page's own.

async function checked(response) {
  if (response.ok) return response;
  let lines = [`The server answered ${response.status}.`];
  try {
    lines = (await response.json()).error ?? lines;
  } catch { /* no JSON: the status has to do */ }
  throw new Error(lines.join("\n"));
}

/** Plain data of an address. */
export async function get(address) {
  return (await checked(await fetch(address))).json();
}

function posted(address, body, signal) {
  return fetch(address, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body), signal,
  });
}

/** Plain data for a question. */
export async function post(address, body, signal) {
  return (await checked(await posted(address, body, signal))).json();
}

/** The lines of an answer as they come, each of them JSON. */
export async function* lines(address, body, signal) {
  const reader = (await checked(await posted(address, body, signal))).body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    rest += done ? "" : decoder.decode(value, { stream: true });
    const parts = rest.split("\n");
    rest = parts.pop();
    for (const part of parts) if (part) yield JSON.parse(part);
    if (done) return;
  }
}
