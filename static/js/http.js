/* Posting without a form's own request: what is sent is taken at once, and the answer is put in as HTMX would do it. */

/** The request failed; `status` is 0 when the server was not reached, `isTold` when the answer brought its own notice. */
export class Failed extends Error {
  constructor(status, isTold) {
    super(`status ${status}`);
    this.status = status;
    this.isTold = isTold;
  }
}

/** Fires the events that an answer names in HX-Trigger: a JSON object, or names between commas. */
function fire(header) {
  if (!header) return;
  const events = header.trim().startsWith("{")
    ? JSON.parse(header)
    : Object.fromEntries(header.split(",").map((name) => [name.trim(), {}]));
  for (const [name, detail] of Object.entries(events)) window.htmx.trigger(document.body, name, detail ?? {});
}

/**
 * Posts `body` (FormData) to `url` and swaps the answer into `target` by `swap` ("beforeend"); the answer's HX- headers
 * may say otherwise. Resolves when the answer is in the page; throws Failed.
 */
export async function post(url, body, { target = null, swap = "none" } = {}) {
  let response;
  try {
    const headers = { "HX-Request": "true", "HX-Current-URL": window.location.href, "X-CSRFToken": token() };
    response = await fetch(url, { method: "POST", body, headers, credentials: "same-origin" });
  } catch {
    throw new Failed(0, false);
  }
  const header = (name) => response.headers.get(`HX-${name}`);
  fire(header("Trigger"));
  if (header("Redirect")) {
    window.location.assign(header("Redirect"));
    if (!response.ok) throw new Failed(response.status, true); // such as the way to sign-in: nothing has arrived
    return;
  }
  if (header("Refresh")) return void window.location.reload();
  const isShown = response.ok || response.status === 422;
  const place = document.querySelector(header("Retarget") ?? target ?? "none");
  if (isShown && place && response.status !== 204) {
    window.htmx.swap(place, await response.text(), { swapStyle: header("Reswap") ?? swap });
  }
  if (!response.ok) throw new Failed(response.status, response.status === 422 || (header("Trigger") ?? "").includes("toast"));
  fire(header("Trigger-After-Swap"));
}

/** The token that the server wants with every post; it stands in the body's headers for HTMX. */
export function token() {
  return JSON.parse(document.body.getAttribute("hx-headers") ?? "{}")["X-CSRFToken"] ?? "";
}
