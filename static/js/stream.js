/* Live replies: the chat's topic is followed; frames are applied in order, and after a break the page goes on where it was.
   Where no socket can be had, the same frames are asked for by HTTP. */
import { refresh } from "./chats.js";
import { ask, follow } from "./follow.js";
import { announce, icon, word } from "./words.js";

const STANDING = 3; // polls between two looks at the whole chat
const MOST_HELD = 64; // frames of a message that is not in the page

const log = document.getElementById("messages");
const chat = document.getElementById("composer")?.dataset.chat;
const seen = new Map(); // run -> the last seq that is in the page
const held = new Map(); // run -> frames whose message is not in the page yet
const ends = new Map(); // run -> the seq of the last end that came

let polls = 0, checking = 0, join = null;

const busy = () => [...log.querySelectorAll('article[aria-busy="true"][data-run]')];
const MESSAGE = "message:"; // how the subjects of frames begin that are messages
const article = (subject) => log.querySelector(`article[data-message="${subject.slice(MESSAGE.length)}"]`);
const after = () => Object.fromEntries(busy().map((found) => [found.dataset.run, seen.get(found.dataset.run) ?? 0]));

/** A request that failed has been told by toast.js; its promise needs no second word. */
const told = () => {};

/** Follows the open chat for as long as the page is there. */
export function connect() {
  if (!chat || !log) return;
  for (const found of busy()) seen.set(found.dataset.run, Number(found.dataset.seq));
  new MutationObserver(adopt).observe(log, { childList: true });
  join = follow(`chat:${chat}`, { after, receive, poll });
}

// ---- where there is no socket ----------------------------------------------------------------------------
async function poll() {
  for (const found of busy()) {
    const response = await ask(`${found.dataset.url}frames/?after=${seen.get(found.dataset.run) ?? 0}`);
    if (response?.status === 401) return void location.reload();
    if (response?.ok) (await response.json()).forEach(receive);
  }
  if (polls++ % STANDING === 0) { // what other tabs did, and what has left the queue
    const response = await ask(log.dataset.standing);
    if (response?.ok) receive(await response.json());
  }
}

// ---- frames ----------------------------------------------------------------------------------------------
function receive(frame) {
  if (frame.kind === "changed" || frame.kind === "standing") return check(frame);
  if (frame.kind === "titled") return refresh();
  if (frame.kind === "decided") return showDecision(frame.subject);
  if (frame.kind === "here") return showWhoIsHere(frame.people);
  if (frame.kind === "unsaved") return tellUnsaved(article(frame.subject));
  if (!frame.run || !frame.subject.startsWith(MESSAGE)) return;
  const found = article(frame.subject);
  if (found?.dataset.run === frame.run) return apply(found, frame);
  if (found && !held.has(frame.run)) exchangeSoon(frame); // the same message is being continued
  const frames = held.get(frame.run) ?? [];
  if (frame.kind === "delta" && frames.length < MOST_HELD) held.set(frame.run, [...frames, frame]);
  else held.set(frame.run, [frame]); // a delta that begins the list tells `adopt` to ask again
}

function apply(found, frame) {
  // A page made just before the end may hold the whole log and still say "running": an end always counts there.
  const isNews = frame.seq > (seen.get(frame.run) ?? 0);
  if (!isNews && (frame.kind !== "end" || found.getAttribute("aria-busy") !== "true")) return;
  seen.set(frame.run, frame.seq);
  if (frame.kind === "end") ends.set(frame.run, frame.seq);
  if (frame.kind !== "end" && found.getAttribute("aria-busy") !== "true") return goOn(found);
  found.querySelector("[data-unsaved]")?.remove();
  const body = found.querySelector("[data-body]");
  if (frame.kind === "delta") frame.parts.forEach((part) => grow(body, part));
  else body.innerHTML = frame.html;
  found.dataset.seq = frame.seq;
  found.dataset.state = frame.state ?? "running"; // a delta is of a run on its way
  found.dispatchEvent(new CustomEvent("reply:frame", { bubbles: true, detail: frame }));
  if (frame.kind === "end") finish(found);
}

/** Appends finished blocks and replaces the open one; what stands finished is not touched again. */
function grow(body, { part, type, done, tail, html, text }) {
  if (html !== undefined) return replacePart(body, part, html);
  if (type === "writing") return void body.querySelector(`[data-part="${part}"] [data-draft]`)?.append(text);
  let place = body.querySelector(`[data-part="${part}"]`);
  if (!place) {
    body.insertAdjacentHTML("beforeend", type === "reasoning"
      ? `<details class="part part-reasoning" data-part="${part}"><summary></summary><div class="blocks" data-blocks></div></details>`
      : `<div class="part part-text" data-part="${part}"></div>`);
    place = body.lastElementChild;
  }
  place = place.querySelector("[data-blocks]") ?? place;
  let open = place.querySelector(":scope > [data-tail]");
  if (!open) {
    open = document.createElement("div");
    open.className = "tail";
    open.dataset.tail = "";
    place.append(open);
  }
  if (done) open.insertAdjacentHTML("beforebegin", done);
  open.innerHTML = tail;
}

/** Puts a part in the place of its former self; whoever has a tool's card open goes on reading. */
function replacePart(body, part, html) {
  const before = body.querySelector(`[data-part="${part}"]`);
  const isOpen = before?.querySelector("details.tool")?.open;
  if (before) before.outerHTML = html;
  else body.insertAdjacentHTML("beforeend", html);
  if (isOpen && html) body.querySelector(`[data-part="${part}"] details.tool`).open = true;
}

/** Says below a reply that the database takes no more of it for now; the next frame of it takes that away. */
function tellUnsaved(found) {
  if (found?.getAttribute("aria-busy") !== "true" || found.querySelector("[data-unsaved]")) return;
  const notice = document.createElement("p");
  notice.className = "message-notice";
  notice.dataset.unsaved = "";
  notice.append(icon("info"), word("unsaved"));
  found.querySelector("[data-body]").after(notice);
  announce(word("unsaved"));
}

/** The reply is complete: its foot, notices and acts come from the server. */
function finish(found) {
  found.removeAttribute("aria-busy");
  held.delete(found.dataset.run);
  found.dispatchEvent(new CustomEvent("reply:end", { bubbles: true }));
  exchange(found);
}

/** Fetches a message that another tab lets go on. Where this one asked for it, the answer brings the message. */
function exchangeSoon({ subject, run }) {
  setTimeout(() => {
    const found = article(subject);
    if (!found || found.dataset.run === run) return;
    if (found.querySelector(".htmx-request")) exchangeSoon({ subject, run });
    else exchange(found);
  }, 400);
}

/** A reply that had waited for a person goes on: its article is fetched once, and then follows its frames again. */
function goOn(found) {
  if (found.dataset.goesOn || found.querySelector(".htmx-request")) return;
  found.dataset.goesOn = "true";
  exchange(found);
}

/** Fetches a message as it stands now. Each asks for itself: what has no source waits behind the page's other requests,
    of which only the last one that waits is sent. */
function exchange(found) {
  window.htmx.ajax("GET", found.dataset.url, { source: found, target: found, swap: "outerHTML" }).catch(told);
}

// ---- what else changes -----------------------------------------------------------------------------------
/** Messages that came into the page: those being written take the frames that were held for them.

    One that was made just before its end, which came to its former self, holds all and would be busy for ever. */
function adopt(records) {
  let isBehind = false;
  for (const node of records.flatMap((record) => [...record.addedNodes])) {
    if (!node.matches?.('article[aria-busy="true"][data-run]')) continue;
    const run = node.dataset.run, frames = held.get(run) ?? [];
    const had = seen.get(run) ?? 0;
    seen.set(run, Number(node.dataset.seq));
    held.delete(run);
    if (frames[0]?.kind === "snapshot" || frames[0]?.kind === "end") frames.forEach((frame) => apply(node, frame));
    else isBehind ||= frames.length > 0 || had > seen.get(run) || ends.get(run) >= seen.get(run);
  }
  if (isBehind) join();
}

/** Somebody decided, here or elsewhere: what is still waited for is fetched anew. */
function showDecision(subject) {
  document.body.dispatchEvent(new CustomEvent("decided"));
  const found = article(subject);
  if (found && found.getAttribute("aria-busy") !== "true") goOn(found);
}

/** The others who have this chat open, in its bar. */
function showWhoIsHere(people) {
  const place = document.getElementById("here");
  if (!place) return;
  const others = people.filter(({ id }) => id !== place.dataset.me);
  place.replaceChildren(...others.map(({ name, initials }) => {
    const avatar = document.createElement("li");
    avatar.className = "avatar";
    avatar.title = name;
    avatar.setAttribute("aria-label", name);
    avatar.textContent = initials;
    return avatar;
  }));
  place.hidden = others.length === 0;
}

/** The branch or the queue changed, here or in another tab: what this page does not show yet is fetched. */
function check({ kind, current, queued }) {
  clearTimeout(checking);
  checking = setTimeout(() => {
    if (kind === "changed") refresh();
    if (log.querySelector(":scope > .later") || log.dataset.aside) return; // a page about an earlier place stays there
    if (log.querySelector("[data-edit-form]")) return check({ current, queued }); // what is being written there stays
    const waiting = [...document.querySelectorAll("[data-queued]")].map((found) => found.dataset.queued);
    const isShown = (log.lastElementChild?.dataset.message ?? null) === current;
    if (!isShown || waiting.join() !== queued.join()) {
      window.htmx.ajax("GET", log.dataset.url, { source: log, target: log, swap: "innerHTML" }).catch(told);
    }
  }, 400);
}
