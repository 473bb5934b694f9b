/* The page of a run. What has changed is fetched when a frame tells of it. Where another process carries the run, no frame
   comes, and the page asks each second. Pieces whose mark is the same stay as they are, with what is open or typed in them. */
import { ask, follow } from "./follow.js";
import { announce, word } from "./words.js";

const SOON = 120, EACH = 1_000, RARELY = 4_000, SELDOM = 15_000; // ms

const page = document.querySelector("[data-workflow-run]");
let timer = 0, due = Infinity, isAsking = false, isWanted = false;
let isHere = false, isTold = false; // whether frames tell of this run; whether one came since the last look

const head = () => document.getElementById("run-head");
const isActive = () => head()?.getAttribute("aria-busy") === "true";

if (page) {
  page.addEventListener("toggle", ({ target }) => { if (target.open) fill(target); }, true);
  page.addEventListener("click", choose);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) plan(SOON); });
  if (isActive()) {
    follow(`workflow:${page.dataset.workflowRun}`, { after: () => ({}), receive, poll: alone });
    plan(EACH);
  }
}

/** A frame tells that something is new; what a model writes stands in its step until that is done. */
function receive({ kind, path, text, isHere: isCarriedHere }) {
  isHere = kind === "standing" ? isCarriedHere : kind === "run" ? false : isHere || ["step", "text"].includes(kind);
  if (kind !== "text") {
    isTold = true;
    return plan(SOON);
  }
  const step = document.querySelector(`#run-steps > [data-path="${CSS.escape(path)}"]`);
  const place = step?.querySelector("[data-text]") ?? step?.appendChild(document.createElement("p"));
  if (!place) return plan(SOON);
  place.className = "step-text";
  place.dataset.text = "";
  place.textContent = text;
}

/** There is no socket. */
function alone() {
  isHere = false;
  plan(SOON);
}

/** Looks within so many milliseconds. */
function plan(wait) {
  const at = performance.now() + wait;
  if (!isActive() || (timer && at >= due)) return;
  clearTimeout(timer);
  due = at;
  timer = setTimeout(look, wait);
}

/** Fetches what is new, and plans the next look while the run is on its way. */
async function look() {
  timer = 0;
  if (document.hidden) return;
  if (isAsking) return void (isWanted = true);
  isAsking = true;
  const wasTold = isTold; // what a frame told is stored a moment later: it is asked for twice
  isTold = false;
  try {
    const response = await ask(`${page.dataset.url}?mark=${head().dataset.mark}${page.dataset.at ? `&${page.dataset.at}` : ""}`);
    if (response?.status === 401 || response?.status === 404) return void location.reload();
    if (response?.status === 200) merge(await response.text());
  } finally {
    isAsking = false;
  }
  plan(isWanted ? SOON : pause(wasTold));
  isWanted = false;
}

/** How long nothing need be asked: while people are asked others may answer, and a frame may be lost. */
function pause(wasTold) {
  if (head().dataset.state === "waiting" || document.querySelector("#run-asks")?.childElementCount) return RARELY;
  return isHere && !wasTold ? SELDOM : EACH;
}

/** Puts new pieces in the place of those that differ. */
function merge(html) {
  const before = head().dataset.state;
  const body = new DOMParser().parseFromString(html, "text/html").body;
  for (const made of body.querySelectorAll("[data-live]")) {
    const found = document.getElementById(made.id);
    if (!found) insert(made);
    else if (found.dataset.mark !== made.dataset.mark) exchange(found, made);
  }
  const made = body.querySelector("#run-steps");
  for (const left of document.querySelectorAll("#run-steps > li")) if (!made.querySelector(`#${left.id}`)) left.remove();
  if (head().dataset.state !== before) announce(head().dataset.words);
}

/** Puts a piece that is new where it stands in the answer. */
function insert(made) {
  const before = made.previousElementSibling?.id && document.getElementById(made.previousElementSibling.id);
  const copy = document.importNode(made, true);
  if (before) before.after(copy);
  else if (made.matches("li")) document.getElementById("run-steps").prepend(copy);
  else page.append(copy);
  window.htmx.process(copy);
}

/** A step that is open stays open, and keeps the focus; what it says of itself is fetched anew, but for what is written. */
function exchange(found, made) {
  const copy = document.importNode(made, true);
  const wasOpen = found.querySelector(":scope > details")?.open;
  const hadFocus = found.contains(document.activeElement) && document.activeElement.matches("summary");
  const text = found.querySelector("[data-text]");
  if (text && copy.dataset.status === "running") copy.append(text);
  found.replaceWith(copy);
  window.htmx.process(copy);
  const details = copy.querySelector(":scope > details");
  if (wasOpen && details) details.open = true;
  if (hadFocus) copy.querySelector("summary")?.focus();
}

/** What a step took and gave comes when it is opened. */
async function fill(details) {
  const body = details.querySelector("[data-step-body]");
  if (!body || body.childElementCount) return;
  const response = await ask(details.dataset.step);
  if (!response?.ok) return void (body.textContent = word(response ? "gone" : "unreachable"));
  body.innerHTML = await response.text();
  window.htmx.process(body);
}

/** Another item of a loop is chosen: its steps come without leaving the page. */
async function choose(event) {
  const link = event.target.closest("a[data-item]");
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  const chosen = new URL(link.href).searchParams.get("at"), loop = chosen.replace(/\[\d+\]$/, "");
  const kept = new URLSearchParams(page.dataset.at).getAll("at").filter((at) => !at.startsWith(`${loop}[`));
  page.dataset.at = new URLSearchParams([...kept, chosen].map((at) => ["at", at])).toString();
  history.replaceState(null, "", `?${page.dataset.at}`);
  const label = link.getAttribute("aria-label"), row = link.closest("li").id;
  const response = await ask(`${page.dataset.url}?${page.dataset.at}`);
  if (response?.ok) merge(await response.text());
  const again = document.getElementById(row);
  (again?.querySelector(`a[aria-label="${CSS.escape(label)}"]`) ?? again?.querySelector("a[data-item]"))?.focus();
}
