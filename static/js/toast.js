/* Short notices. The server sends them as the event "toast" {text, undo_url}; failed requests get one by themselves. */
import { word } from "./words.js";
import { post } from "./http.js";

const SECONDS = 6;
const SECONDS_WITH_UNDO = 12;

/** Shows a sentence; with `undoUrl` a button that posts there. */
export function toast(text, undoUrl = "") {
  const box = document.getElementById("toast-template").content.firstElementChild.cloneNode(true);
  box.querySelector("[data-text]").textContent = text;
  const undo = box.querySelector("[data-undo]");
  if (undoUrl) undo.action = undoUrl;
  else undo?.remove();
  const region = document.getElementById("toasts");
  // One sentence at a time; what can still be undone stays.
  for (const other of region.querySelectorAll(".toast")) if (!other.querySelector("[data-undo]")) other.remove();
  region.append(box);
  start(box);
}

/** Says why a request failed, by its status (0 = not reached). */
export function tellFailure(status, { isText = false } = {}) {
  const names = {
    0: isText ? "offline" : "unreachable", 403: "refused", 404: "gone", 413: "tooLarge", 429: "tooMany",
    503: isText ? "awayWithText" : "away", 507: "noRoom",
  };
  toast(word(names[status] ?? "failed"));
}

function start(box) {
  let timer;
  const leave = () => {
    box.classList.add("is-leaving");
    setTimeout(() => box.remove(), 200);
  };
  const wait = () => { timer = setTimeout(leave, 1000 * (box.querySelector("[data-undo]") ? SECONDS_WITH_UNDO : SECONDS)); };
  // A notice stays while it is pointed at or holds the focus.
  for (const name of ["pointerenter", "focusin"]) box.addEventListener(name, () => clearTimeout(timer));
  for (const name of ["pointerleave", "focusout"]) box.addEventListener(name, () => { clearTimeout(timer); wait(); });
  box.querySelector("[data-dismiss]").addEventListener("click", leave);
  box.querySelector("[data-undo]")?.addEventListener("submit", async (event) => {
    event.preventDefault();
    leave();
    try {
      await post(event.target.action, new FormData(event.target));
    } catch (failed) {
      if (!failed.isTold) tellFailure(failed.status);
    }
  });
  wait();
}

const NEXT = "toast:next";

/** Takes an answer's HX-Trigger header; its notice is shown on the next page instead of this one. */
export function keepForNextPage(header) {
  if (header?.includes("toast")) sessionStorage.setItem(NEXT, header);
}

for (const box of document.querySelectorAll("#toasts .toast")) start(box);
const kept = sessionStorage.getItem(NEXT);
if (kept) {
  sessionStorage.removeItem(NEXT);
  const { text, undo_url: undoUrl } = JSON.parse(kept).toast;
  toast(text, undoUrl);
}
document.body.addEventListener("toast", (event) => toast(event.detail.text ?? event.detail.value, event.detail.undo_url));
document.body.addEventListener("htmx:responseError", ({ detail: { xhr } }) => {
  const isTold = xhr.status === 422 || (xhr.getResponseHeader("HX-Trigger") ?? "").includes("toast");
  if (!isTold && xhr.status !== 401) tellFailure(xhr.status);
});
for (const name of ["htmx:sendError", "htmx:timeout"]) document.body.addEventListener(name, () => tellFailure(0));
