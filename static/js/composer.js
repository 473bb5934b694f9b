/* The composer: Enter sends, the text is cleared at once and comes back if sending fails; a draft is kept per chat. */
import { bringBack, hasFiles, isUploading, take } from "./attachments.js";
import { post } from "./http.js";
import { toEnd } from "./scroll.js";
import { tellFailure, toast } from "./toast.js";
import { find, keep, placeOf } from "./unsent.js";
import { word } from "./words.js";

const form = document.getElementById("composer");
const area = document.getElementById("composer-text");
const stop = document.getElementById("stop");
const log = document.getElementById("messages");
const place = form && placeOf(form, "text");
/** Whether nothing of the chat is to stay: then what is written for it does not either. */
const isTemporary = () => form.hasAttribute("data-temporary") || Boolean(form.elements.is_temporary?.checked);
const running = () => log?.querySelector("article[data-stop-url][aria-busy='true']");
let line = Promise.resolve(); // messages leave one after the other, in the order they were sent
const leaving = []; // texts that are on their way: until they have arrived they are part of the draft
let failed = null; // {text, id} of what did not get through: the same text goes again under the same id

function grow() {
  if (CSS.supports("field-sizing", "content")) return;
  area.style.height = "auto";
  area.style.height = `${area.scrollHeight}px`;
}

function setText(text) {
  area.value = text;
  grow();
  keepDraft();
}

function keepDraft() {
  const draft = [...leaving, area.value].filter(Boolean).join("\n");
  keep(place, draft, { isPrivate: isTemporary() });
}

/** Puts text into the composer, below what is there, and the cursor at its end. */
export function fill(text) {
  if (!form) return;
  setText(area.value.trim() ? `${area.value.trimEnd()}\n${text}` : text);
  area.focus();
  area.setSelectionRange(area.value.length, area.value.length);
}

/** Random bytes as a UUID; crypto.randomUUID is missing on plain http. */
function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

function send() {
  const text = area.value;
  if (isUploading()) return toast(word("uploading"));
  if (!text.trim() && !hasFiles()) return;
  const last = [...log.querySelectorAll("article[data-message]")].at(-1);
  const isWhole = !log.querySelector(":scope > .later"); // else what was said last is not in this page
  form.elements.parent.value = isWhole && last ? last.dataset.message : "";
  form.elements.client_id.value = failed?.text === text ? failed.id : uuid();
  failed = null;
  const body = new FormData(form);
  const putBack = take();
  document.getElementById("composer-error").textContent = "";
  leaving.push(text);
  setText("");
  area.focus();
  toEnd();
  line = line.then(() => deliver(body, text, putBack)).then(() => { if (!isWhole && !failed) location.assign(log.dataset.url); });
}

async function deliver(body, text, putBack) {
  form.setAttribute("aria-busy", "true");
  try {
    await post(form.action, body, { target: "#messages", swap: "beforeend" });
    arrived(text);
    toEnd();
  } catch (error) {
    arrived(text);
    failed = { text, id: body.get("client_id") };
    putBack();
    setText(area.value.trim() ? `${text}\n${area.value}` : text);
    if (!error.isTold) tellFailure(error.status ?? 500, { isText: true });
  } finally {
    form.removeAttribute("aria-busy");
  }
}

/** The text is no longer on its way. */
function arrived(text) {
  leaving.splice(leaving.indexOf(text), 1);
  keepDraft();
}

/** Stops the running reply, if there is one; gives whether there was. */
export function stopReply() {
  const article = running();
  if (!article) return false;
  const body = new FormData(document.getElementById("stop-form"));
  if (stop.getAttribute("aria-disabled")) return true;
  stop.setAttribute("aria-disabled", "true"); // "disabled" would take the focus away
  post(article.dataset.stopUrl, body)
    .catch((error) => { if (!error.isTold) tellFailure(error.status ?? 500); })
    .finally(() => stop.removeAttribute("aria-disabled"));
  return true;
}

/** Stop stands beside Send exactly while a reply runs. */
function showStop() {
  const isFocused = document.activeElement === stop;
  stop.hidden = !running();
  if (stop.hidden && isFocused) area.focus();
}

if (form) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  document.getElementById("stop-form").addEventListener("submit", (event) => {
    event.preventDefault();
    stopReply();
  });
  area.addEventListener("input", () => {
    grow();
    keepDraft();
  });
  form.elements.is_temporary?.addEventListener("change", keepDraft);
  area.addEventListener("keydown", (event) => {
    // While an input method composes a word, Enter belongs to it.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    form.requestSubmit();
  });
  if (!area.value) area.value = find(place);
  grow();
  if (matchMedia("(hover: hover)").matches && !location.hash) area.focus({ preventScroll: true });
  showStop();
  new MutationObserver(showStop).observe(log, { subtree: true, childList: true, attributes: true, attributeFilter: ["aria-busy", "data-stop-url"] });

  document.addEventListener("click", (event) => {
    const starter = event.target.closest("[data-fill]");
    if (starter) fill(starter.dataset.fill);
  });
  // A queued message that was taken back comes into the composer with its files, once the server has let go of it.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const button = event.detail.requestConfig?.elt;
    if (button?.matches?.("[data-withdraw]") && event.detail.xhr.status < 400) {
      const queued = button.closest(".queued");
      fill(queued.querySelector("template[data-source]").content.textContent);
      bringBack([...queued.querySelectorAll("[data-attachment]")].map((file) => file.dataset.attachment));
    }
  });
  addEventListener("pageshow", (event) => { if (event.persisted) showStop(); });
}
