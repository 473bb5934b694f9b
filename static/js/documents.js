/*
 * The form of a document. What is typed is kept in the browser at once and saved a moment later, with the version that it
 * was made of; what others have saved meanwhile comes back merged. Beside the title stands whether all of it is saved.
 */
import * as drafts from "./drafts.js";
import { token } from "./http.js";
import { keyOf } from "./keys.js";
import { TextField } from "./text-field.js";

const SOON = 300, PAUSE = 1200, LONGEST = 5000, AGAIN = 5000, LOOK = 1500; // milliseconds
const LARGE = 150_000; // characters; a longer text is saved less often, and shows no preview while it is typed
const SENT = "documents:sent";

class Editor {
  constructor(form) {
    this.form = form;
    this.field = new TextField(form.elements.content);
    this.key = form.dataset.documentForm;
    this.url = form.dataset.saveUrl;
    this.state = document.querySelector("[data-save-state]");
    this.known = this.given();
    this.listen();
    this.offerDraft();
    if (this.url) setInterval(() => this.look(), LOOK);
    if (this.isChanged) this.changed(); // somebody typed while the page was still coming
  }

  get fields() {
    return [...this.form.elements].filter((field) => field.name && field.type !== "hidden");
  }

  /** What the form holds beside its hidden fields. */
  values() {
    this.field.flush();
    return Object.fromEntries(this.fields.map((field) => [field.name, field.value]));
  }

  /** The same as the server gave it. */
  given() {
    const chosen = (field) => [...(field.options ?? [])].find((option) => option.defaultSelected)?.value ?? field.value;
    const given = (field) => field.defaultValue?.replaceAll(/\r\n?/g, "\n") ?? chosen(field);
    return Object.fromEntries(this.fields.map((field) => [field.name, given(field)]));
  }

  get isChanged() {
    return Object.entries(this.values()).some(([name, value]) => value !== this.known[name]);
  }

  listen() {
    const { form } = this;
    form.addEventListener("input", () => this.changed());
    form.addEventListener("keydown", (event) => {
      if (!(event.ctrlKey || event.metaKey) || !["Enter", "s"].includes(keyOf(event))) return;
      event.preventDefault();
      form.requestSubmit();
    });
    form.addEventListener("go-to-line", ({ detail }) => this.field.goTo(detail));
    form.addEventListener("insert-words", ({ detail }) => this.field.insert(detail));
    form.addEventListener("submit", (event) => this.submit(event));
    window.addEventListener("pageshow", () => { this.isLeaving = false; });
    window.addEventListener("beforeunload", (event) => {
      if (!this.isLeaving && this.isChanged) event.preventDefault();
    });
  }

  tell(name) {
    this.state.textContent = this.state.dataset[name] ?? "";
    this.state.classList.toggle("is-unsaved", name !== "saved");
  }

  changed() {
    if (!this.hasStopped) this.tell(this.isChanged ? "changed" : "saved");
    clearTimeout(this.keeping);
    this.keeping = setTimeout(() => this.keep(), SOON);
    this.schedule();
  }

  /** Keeps in the browser what the server has not; forgets it once it has. */
  async keep() {
    const draft = { ...this.values(), base: this.form.elements.base.value, seen: this.form.elements.seen.value };
    try {
      await (this.isChanged ? drafts.keep(this.key, draft) : drafts.drop(this.key));
    } catch {
      // A private window may keep nothing: then what is not saved is asked for before the page is left.
    }
  }

  schedule(pause = this.field.text.length > LARGE ? LONGEST : PAUSE) {
    if (!this.url || this.hasStopped) return;
    this.since ??= Date.now();
    clearTimeout(this.saving);
    this.saving = setTimeout(() => this.save(), Math.max(0, Math.min(pause, this.since + LONGEST - Date.now())));
  }

  save() {
    if (this.underway || !this.isChanged) return this.underway;
    this.since = undefined;
    this.tell("saving");
    this.underway = this.send().then((isTaken) => {
      this.underway = null;
      if (isTaken && this.isChanged) this.schedule();
    });
    return this.underway;
  }

  /** Resolves with whether the server took it. */
  async send() {
    const sent = this.values();
    let response;
    try {
      const headers = { Accept: "application/json", "X-CSRFToken": token() };
      response = await fetch(this.url, { method: "POST", body: new FormData(this.form), headers, credentials: "same-origin" });
    } catch {
      response = { status: 0 };
    }
    if (response.ok && response.headers.get("Content-Type")?.includes("json")) {
      this.take(await response.json(), sent);
      return true;
    }
    const mayPass = response.status === 0 || response.status === 429 || response.status >= 500;
    this.tell(mayPass ? "unreachable" : "refused");
    if (mayPass) this.schedule(AGAIN);
    return false;
  }

  /** The server's answer: {state, base: the version of what was sent, current, merged: the text now, or null}. */
  take({ state, base, current, merged }, sent) {
    this.known = sent;
    this.form.elements.seen.value = sent.title;
    this.form.elements.base.value = base;
    if (state !== "saved") {
      this.hasStopped = true;
      this.tell(state);
    } else if (merged !== null && this.field.text === sent.content && !this.field.isComposing) {
      this.takeOver(merged, current);
    }
    if (state === "saved" && !this.isChanged) this.tell("saved");
    this.keep();
  }

  /** Puts the text of the version numbered `current` into the form, which goes on from there. */
  takeOver(text, current) {
    this.form.elements.base.value = current;
    this.known = { ...this.known, content: text };
    this.field.put(text);
  }

  /** Looks whether others have saved. What they did comes into the text; where something was typed here, by saving it. */
  async look() {
    const { base } = this.form.elements, had = base.value;
    if (document.hidden || this.underway || this.hasStopped || this.isLooking || this.field.isComposing) return;
    this.isLooking = true;
    const response = await fetch(`${this.form.dataset.lookUrl}?base=${had}`, { headers: { Accept: "application/json" } }).catch(() => null);
    this.isLooking = false;
    if (!response?.ok || !response.headers.get("Content-Type")?.includes("json")) return;
    const { current, content } = await response.json();
    if (content === null || base.value !== had || this.underway || this.field.isComposing) return;
    if (this.values().content !== this.known.content) this.save();
    else this.takeOver(content, current);
  }

  /** A save that is under way is waited for: the form must go on from what it stores. */
  async submit(event) {
    this.field.flush();
    if (!this.underway) {
      this.isLeaving = true;
      sessionStorage.setItem(SENT, this.key);
      return;
    }
    event.preventDefault();
    await this.underway;
    this.form.requestSubmit();
  }

  /** Offers what an earlier page has left here. */
  async offerDraft() {
    const draft = await drafts.find(this.key).catch(() => undefined);
    if (!draft) return;
    const differs = Object.keys(this.known).some((name) => draft[name] !== undefined && draft[name] !== this.known[name]);
    if (!differs) return void drafts.drop(this.key).catch(() => undefined);
    const notice = this.form.querySelector("[data-draft]");
    notice.hidden = false;
    notice.querySelector("[data-draft-take]").addEventListener("click", () => {
      const { content, ...others } = draft;
      for (const [name, value] of Object.entries(others)) if (this.form.elements[name]) this.form.elements[name].value = value;
      this.field.put(content);
      notice.hidden = true;
      this.changed();
      this.field.focus();
    });
    notice.querySelector("[data-draft-drop]").addEventListener("click", () => {
      notice.hidden = true;
      drafts.drop(this.key).catch(() => undefined);
    });
  }
}

/** The preview beside the text: asked for once it is opened, and again when the text rests. */
function preview(form) {
  const place = form.querySelector("[data-preview-url]"), button = form.querySelector("[data-preview-toggle]");
  if (!place) return;
  const area = form.elements.content, body = place.querySelector("[data-preview]");
  let timer;
  const show = () => {
    if (place.hidden || area.value.length > LARGE) return;
    window.htmx.ajax("POST", place.dataset.previewUrl, { source: form, target: body, swap: "innerHTML" });
  };
  button.hidden = false;
  button.addEventListener("click", () => {
    place.hidden = !place.hidden;
    button.setAttribute("aria-expanded", String(!place.hidden));
    show();
    if (!place.hidden) place.scrollIntoView({ block: "nearest" });
  });
  area.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(show, SOON);
  });
}

const form = document.querySelector("[data-document-form]");
if (form) {
  new Editor(form);
  preview(form);
} else if (sessionStorage.getItem(SENT)) { // the form led to another page: what it held is saved
  drafts.drop(sessionStorage.getItem(SENT)).catch(() => undefined);
  sessionStorage.removeItem(SENT);
}
