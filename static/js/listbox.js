/* What can be named in the composer, in a list that the arrow keys walk through while the focus stays in the text. */

const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** Whether what was typed begins the name, or a word of it. */
function fits(option, typed) {
  const name = fold(option.dataset.name);
  return !/\s$/.test(typed) && [name, ...name.split(/\s+/)].some((word) => word.startsWith(fold(typed)));
}

/**
 * Shows `list` while what stands before the cursor of `area` ends as `mark` says; the mark's group is the beginning of a name.
 * The options come with the list's event "fill". `pick(option, start, end)` puts one in place of what was typed.
 */
export class Listbox {
  #start = -1; // where the mark stands that the list is about
  #typed = null; // what is typed of a name; null while there is no mark
  #dismissed = -1; // the mark that the list was closed for
  #isLoaded = false;

  constructor(area, list, mark, pick) {
    Object.assign(this, { area, list, mark, pick });
    for (const moved of ["input", "click", "keyup"]) area.addEventListener(moved, () => this.#look());
    area.addEventListener("blur", () => this.#close());
    area.addEventListener("keydown", (event) => this.#press(event), true); // before the composer's own keys
    list.addEventListener("htmx:afterSwap", () => {
      this.#isLoaded = true;
      if (this.#typed !== null && document.activeElement === area) this.#show();
    });
    list.addEventListener("mousedown", (event) => event.preventDefault()); // the focus stays in the text
    list.addEventListener("click", (event) => {
      const option = event.target.closest("[role='option']");
      if (option) this.#take(option);
    });
  }

  get #chosen() {
    return this.list.querySelector('[aria-selected="true"]');
  }

  #choose(option) {
    this.#chosen?.setAttribute("aria-selected", "false");
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    this.area.setAttribute("aria-activedescendant", option.id);
  }

  #close() {
    if (this.list.hidden) return; // the other list may be open
    this.list.hidden = true;
    this.area.removeAttribute("aria-activedescendant");
  }

  /** Shows what fits, or nothing. */
  #show() {
    for (const option of this.list.children) option.hidden = !fits(option, this.#typed);
    const first = this.list.querySelector(":scope > :not([hidden])");
    if (!first) return this.#close();
    this.list.hidden = false;
    this.#choose(first);
  }

  /** Looks at what stands before the cursor. */
  #look() {
    const { area } = this;
    const found = area.selectionStart === area.selectionEnd && area.value.slice(0, area.selectionStart).match(this.mark);
    const before = [this.#start, this.#typed];
    [this.#start, this.#typed] = found ? [found.index, found[1]] : [-1, null];
    if (this.#start !== this.#dismissed) this.#dismissed = -1;
    if (!found || this.#dismissed >= 0) return this.#close();
    if (!this.#isLoaded) window.htmx.trigger(this.list, "fill");
    else if (this.#start !== before[0] || this.#typed !== before[1]) this.#show();
  }

  #take(option) {
    this.#close();
    this.pick(option, this.#start, this.area.selectionStart);
  }

  #press(event) {
    if (this.list.hidden || event.isComposing || event.shiftKey || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      const shown = [...this.list.children].filter((option) => !option.hidden);
      this.#choose(shown[(shown.indexOf(this.#chosen) + step + shown.length) % shown.length]);
    } else if (event.key === "Enter" || event.key === "Tab") {
      this.#take(this.#chosen);
    } else if (event.key === "Escape") {
      this.#dismissed = this.#start;
      this.#close();
    } else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }
}

/** Puts text into the composer in place of what stands between, and the cursor behind it. */
export function insert(area, text, start, end) {
  area.setRangeText(text, start, end, "end");
  area.dispatchEvent(new Event("input", { bubbles: true }));
}
