/* Documents of code: what can be drawn is drawn in a sandboxed frame, and runs show where they failed. */
import { Frame } from "./frames.js";

const SOON = 500; // milliseconds after the last change
const DRAWN = ["html", "svg", "mermaid"];

/** Draws what the form holds, or the page shows, in the section for it. */
class Drawing {
  #frame = null; #kind = ""; #timer;

  constructor(button, section, form) {
    Object.assign(this, { button, section, form, place: section.querySelector("[data-drawn-place]") });
    button.addEventListener("click", () => this.toggle());
    form?.addEventListener("input", () => {
      this.offer();
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.show(), SOON);
    });
    this.offer();
  }

  get language() {
    return this.form?.elements.language.value ?? this.button.dataset.language;
  }

  get source() {
    return this.form?.elements.content.value ?? document.querySelector(".document-text pre")?.textContent ?? "";
  }

  /** Only what can be drawn has the button. */
  offer() {
    this.button.hidden = !DRAWN.includes(this.language);
    if (this.button.hidden) this.section.hidden = true;
  }

  toggle() {
    this.section.hidden = !this.section.hidden;
    this.button.setAttribute("aria-expanded", String(!this.section.hidden));
    this.show();
    if (!this.section.hidden) this.section.scrollIntoView({ block: "nearest" });
  }

  async show() {
    if (this.section.hidden) return;
    if (this.#kind !== this.language) {
      this.#kind = this.language;
      this.#frame = new Frame(this.#kind, this.section.dataset.label);
      this.place.replaceChildren(this.#frame.element);
      this.section.querySelector("[data-drawn-note]").hidden = this.#kind !== "html";
    }
    const told = this.section.querySelector("[data-drawn-error]");
    try {
      await this.#frame.draw(this.source);
      told.hidden = true;
    } catch (error) {
      told.textContent = error.message;
      told.hidden = false;
    }
    this.place.hidden = !told.hidden;
  }
}

/** Shows what a run brought; where it failed in a line of the form, a button leads there. */
function runs(button, section, form) {
  const place = section.querySelector("[data-ran-place]");
  button.addEventListener("htmx:beforeRequest", () => {
    section.hidden = false;
    place.setAttribute("aria-busy", "true");
  });
  place.addEventListener("htmx:afterSwap", () => {
    place.removeAttribute("aria-busy");
    section.scrollIntoView({ block: "nearest" });
    const found = place.querySelector("[data-go-to-line]");
    if (!found || !form) return;
    found.hidden = false;
    found.addEventListener("click", () => form.dispatchEvent(new CustomEvent("go-to-line", { detail: Number(found.dataset.goToLine) })));
  });
}

const form = document.querySelector("[data-document-form]");
const [draw, run] = ["[data-draw]", "[data-run-code]"].map((found) => document.querySelector(found));
if (draw) new Drawing(draw, document.querySelector("[data-drawn]"), form);
if (run) runs(run, document.querySelector("[data-ran]"), form);
