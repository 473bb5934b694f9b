/* The document beside a chat: opened when a reply writes one, and quoted in the composer. */
import { fill } from "./composer.js";
import { close, open, openWith } from "./side-panel.js";
import { announce } from "./words.js";

const log = document.getElementById("messages");
const address = log?.dataset.canvas; // what fills the panel, without the document's id
const narrow = window.matchMedia("(width < 64rem)");
const shown = new Set(); // calls whose document was opened
const MOST = 2000; // characters of a quotation
const ID = 36; // characters of an id
const BEGUN = "canvas:begun"; // in this tab, while the message that begins a chat leads to its page

/** Whether the reader has asked what this reply answers: nobody's page opens by what somebody else asks. */
function isMine(article) {
  let before = article.previousElementSibling;
  while (before && !before.matches(".message-user")) before = before.previousElementSibling;
  return Boolean(before?.matches(".is-mine"));
}

/** What stands above the text that is being written: the document's name, as far as it is known. */
function draftOf(card) {
  const draft = document.getElementById("canvas-draft").content.firstElementChild.cloneNode(true);
  draft.dataset.draftOf = card.dataset.call;
  return draft;
}

/** Shows the text that is being written: of a new document by itself, else above what the document is. */
async function showDraft(card) {
  if (shown.has(`draft:${card.dataset.call}`)) return mirror(card);
  const { about, aboutDocument: id } = card.dataset;
  const isKnown = id ? id.length === ID : about || card.querySelector("[data-draft]").textContent;
  if (!isKnown) return; // its first arguments are still on their way
  shown.add(`draft:${card.dataset.call}`);
  if (id && document.querySelector(".canvas")?.dataset.canvas !== id) await open(address + id, { focus: false });
  if (!document.querySelector(`.part-writing[data-call="${card.dataset.call}"]`)) return; // it is whole by now
  const place = id && document.querySelector(".canvas"), draft = draftOf(card);
  if (place) place.querySelector(".side-panel-head").after(draft);
  else openWith(draft);
  if (place) draft.querySelector("h2").remove();
  mirror(card);
}

function mirror(card) {
  const draft = document.querySelector(`[data-draft-of="${card.dataset.call}"]`), text = card.querySelector("[data-draft]");
  if (!draft || !text) return;
  const heading = draft.querySelector("h2");
  if (heading && card.dataset.about) heading.textContent = card.dataset.about;
  const place = draft.querySelector("pre"), news = text.textContent.slice(place.textContent.length);
  const panel = draft.closest(".side-panel-body");
  const isAtEnd = panel.scrollTop + panel.clientHeight >= panel.scrollHeight - 40;
  if (news) place.append(news);
  if (isAtEnd) panel.scrollTop = panel.scrollHeight;
}

/** Takes away what was being written and led to no document: refused, failed, or stopped before there was anything. */
function dropLost(article, hasEnded) {
  for (const draft of document.querySelectorAll("[data-draft-of]")) {
    const card = article.querySelector(`.part-tool[data-call="${draft.dataset.draftOf}"]`);
    if (card?.dataset.document || (card?.dataset.state === "open" && !hasEnded)) continue;
    draft.remove();
    if (!document.getElementById("side-panel-body").firstElementChild) close();
  }
}

/** Says which document has come. */
function tell() {
  announce(document.getElementById("side-panel-title")?.textContent ?? "");
}

function follow({ target, detail }) {
  const article = target.closest?.("article[data-message]");
  if (!article || !isMine(article)) return;
  for (const card of article.querySelectorAll(".part-writing")) showDraft(card);
  const news = [...article.querySelectorAll(".part-tool[data-document]")].filter((card) => !shown.has(card.dataset.call));
  for (const card of news) shown.add(card.dataset.call);
  if (news.length) open(address + news.at(-1).dataset.document, { focus: false }).then(tell);
  else dropLost(article, detail.kind === "end");
}

/** What is selected in the document, as a quotation with its name; without a selection its name. */
function quotation(canvas) {
  const text = canvas.querySelector("[data-quote]"), selection = getSelection();
  const isIn = selection.rangeCount && !selection.isCollapsed && text.contains(selection.getRangeAt(0).commonAncestorContainer);
  const said = isIn ? selection.toString().trim().slice(0, MOST) : "";
  const lines = said ? said.split(/\n+/).map((line) => `> ${line}`) : [];
  return `${[...lines, `> — ${text.dataset.quote}`].join("\n")}\n\n`;
}

/** The last reply of a page that opens: it is on its way, or over already where it answers the message that began the chat. */
function begin() {
  const last = [...log.querySelectorAll("article[data-message]")].at(-1);
  const hasBegun = sessionStorage.getItem(BEGUN) !== null;
  sessionStorage.removeItem(BEGUN);
  if (last && (hasBegun || last.getAttribute("aria-busy") === "true")) follow({ target: last, detail: {} });
}

if (log && !address) { // a new chat
  document.getElementById("composer")?.addEventListener("submit", () => sessionStorage.setItem(BEGUN, ""));
}
if (address) {
  begin();
  document.addEventListener("reply:frame", follow);
  // The press must not take the selection away before it is read.
  document.addEventListener("pointerdown", (event) => { if (event.target.closest("[data-ask]")) event.preventDefault(); });
  document.addEventListener("click", (event) => {
    const canvas = event.target.closest("[data-ask]")?.closest(".canvas");
    if (!canvas) return;
    const text = quotation(canvas);
    if (narrow.matches) close();
    fill(text);
  });
}
