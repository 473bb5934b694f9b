/* A dialog in which one of many is chosen by typing a part of its name: what to add, what to connect to, where to go. */
import { icon } from "./words.js";

const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

export class Chooser {
  #options = [];
  #done = () => {};
  #chosen = -1;

  /** `box`: a dialog with a combobox and a listbox. */
  constructor(box) {
    Object.assign(this, { box, input: box.querySelector("input"), list: box.querySelector("[role='listbox']") });
    this.input.addEventListener("input", () => this.#show());
    this.input.addEventListener("keydown", (event) => this.#press(event));
    this.input.form.addEventListener("submit", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const item = event.target.closest("[role='option']");
      if (item && item.getAttribute("aria-disabled") !== "true") this.#end(this.#options[item.dataset.n]);
    });
    box.addEventListener("close", () => this.#end(null));
  }

  /** Asks for one of `options`, each {label, note, icon, group, reason}: one with a reason cannot be chosen. Gives it, or null. */
  ask(label, options, none) {
    this.#end(null);
    const before = document.activeElement;
    this.#options = options;
    this.none = none;
    this.input.value = "";
    this.input.placeholder = label;
    for (const part of [this.box, this.input, this.list]) part.setAttribute("aria-label", label);
    this.box.showModal();
    this.#show();
    this.input.focus();
    return new Promise((done) => {
      this.#done = (option) => {
        if (before?.isConnected) before.focus();
        done(option);
      };
    });
  }

  #end(option) {
    const done = this.#done;
    this.#done = () => {};
    if (this.box.open) this.box.close();
    done(option);
  }

  #fitting() {
    const words = fold(this.input.value).split(/\s+/).filter(Boolean);
    return this.#options.map((option, n) => ({ ...option, n })).filter(({ label, note = "", group = "" }) => words.every((word) => fold(`${label} ${note} ${group}`).includes(word)));
  }

  #show() {
    const found = this.#fitting();
    let group = "";
    const parts = found.flatMap((option) => {
      const heading = option.group && option.group !== group ? [this.#heading(option.group)] : [];
      group = option.group ?? "";
      return [...heading, this.#item(option)];
    });
    this.list.replaceChildren(...(parts.length ? parts : [this.#heading(this.none)]));
    this.#choose(found.findIndex(({ reason }) => !reason));
  }

  #heading(text) {
    const heading = document.createElement("p");
    heading.className = "palette-label";
    heading.setAttribute("role", "presentation");
    heading.textContent = text;
    return heading;
  }

  #item({ label, note, reason, icon: name, n }) {
    const item = document.createElement("div");
    Object.assign(item, { className: "palette-item", id: `${this.list.id}-${n}` });
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    item.setAttribute("aria-disabled", String(Boolean(reason)));
    item.dataset.n = n;
    const words = document.createElement("span");
    words.className = "palette-words";
    words.textContent = label;
    if (name) item.append(icon(name));
    item.append(words);
    if (reason || note) item.append(Object.assign(document.createElement("small"), { textContent: reason || note }));
    return item;
  }

  get #items() {
    return [...this.list.querySelectorAll("[role='option']:not([aria-disabled='true'])")];
  }

  #choose(at) {
    const items = this.#items;
    for (const item of items) item.setAttribute("aria-selected", "false");
    this.#chosen = items.length ? (Math.max(0, at) + items.length) % items.length : -1;
    const item = items[this.#chosen];
    if (!item) return this.input.removeAttribute("aria-activedescendant");
    item.setAttribute("aria-selected", "true");
    item.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", item.id);
  }

  #press(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) this.#choose(this.#chosen + step + (this.#chosen + step < 0 ? this.#items.length : 0));
    else if (event.key === "Enter" && this.#chosen >= 0) this.#end(this.#options[this.#items[this.#chosen].dataset.n]);
    else return;
    event.preventDefault();
  }
}
