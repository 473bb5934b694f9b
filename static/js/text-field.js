/*
 * The field of a document's text: a plain textarea, and in its place the editor where there is a mouse or a trackpad, or
 * the grid of a sheet. The textarea is the form's value all the same: what they hold stands in it after each change, told
 * by its event `input`.
 */
import { edits } from "./edits.js";

const LARGE = 150_000, MOMENT = 250; // characters; milliseconds in which the form's value may lag behind a longer text

export class TextField {
  #area; #label; #host; #made; #editor = null; #isComposing = false; #flushing = 0;

  /** Takes the textarea; `data-editor` says what the editor is for: "text", "code" or "sheet". */
  constructor(area) {
    this.#area = area;
    for (const [name, is] of [["compositionstart", true], ["compositionend", false]]) {
      area.addEventListener(name, () => { this.#isComposing = is; });
    }
    if (area.dataset.editor) this.#mount();
  }

  get text() {
    this.flush();
    return this.#area.value;
  }

  /** Has the textarea hold what the editor holds, which a long text does a moment later. */
  flush() {
    if (!this.#flushing) return;
    clearTimeout(this.#flushing);
    this.#flushing = 0;
    this.#area.value = this.#made.text;
    this.#tell();
  }

  #changed() {
    clearTimeout(this.#flushing);
    this.#flushing = setTimeout(() => this.flush(), MOMENT);
    if (!(this.#made.length > LARGE)) this.flush();
  }

  /** Whether an input method is at work: then nothing may come into the text. */
  get isComposing() {
    return this.#editor ? this.#editor.isComposing : this.#isComposing;
  }

  /** Puts another text into the field where it differs; the cursor stays where it is in the words. */
  put(text) {
    const found = edits(this.text, text);
    if (this.#editor?.read) {
      this.#area.value = text;
      this.#editor.read(text);
      return this.#tell();
    }
    if (this.#editor) return this.#editor.apply(found);
    for (const { from, to, insert } of found.reverse()) this.#area.setRangeText(insert, from, to, "preserve");
    this.#tell();
  }

  /** What is chosen: [from, to]. */
  get selection() {
    return this.#editor?.selection ?? [this.#area.selectionStart, this.#area.selectionEnd];
  }

  /** Chooses a line, the first being 1. */
  goTo(line) {
    const lines = this.text.split("\n"), before = lines.slice(0, line - 1);
    const from = before.reduce((sum, { length }) => sum + length + 1, 0);
    const range = [from, from + (lines[line - 1]?.length ?? 0)];
    this.focus();
    if (this.#editor?.select) this.#editor.select(...range);
    else this.#area.setSelectionRange(...range);
  }

  /** Puts words in the place of what is chosen, as if they were typed. */
  insert(words) {
    if (this.#editor) return this.#editor.insert(words);
    this.#area.setRangeText(words, ...this.selection, "end");
    this.#tell();
  }

  focus() {
    (this.#editor ?? this.#area).focus();
  }

  #tell() {
    this.#area.dispatchEvent(new Event("input", { bubbles: true }));
  }

  async #mount() {
    const area = this.#area, hadFocus = document.activeElement === area, selection = [area.selectionStart, area.selectionEnd];
    const make = await makers[area.dataset.editor === "sheet" ? "sheet" : "text"](area);
    if (!make) return;
    while (this.#isComposing) await new Promise((done) => area.addEventListener("compositionend", done, { once: true }));
    this.#label = area.form.querySelector(`label[for="${area.id}"]`);
    this.#label.addEventListener("click", () => this.#editor?.focus());
    this.#host = document.createElement("div");
    this.#host.className = `document-editor document-editor-${area.dataset.editor}`;
    area.after(this.#host);
    this.#made = make(this.#host, {
      text: area.value, selection, label: this.#label.textContent, onChange: () => this.#changed(),
    });
    this.#show(true);
    if (hadFocus) this.focus();
    const toggle = area.form.querySelector("[data-as-text]");
    toggle?.addEventListener("click", () => {
      if (!this.#editor) this.#made.read(area.value);
      this.#show(!this.#editor);
      toggle.setAttribute("aria-pressed", String(!this.#editor));
    });
  }

  /** Has the editor stand in the place of the textarea, or the textarea itself. */
  #show(isEditor) {
    this.#editor = isEditor ? this.#made : null;
    this.#area.hidden = isEditor;
    this.#host.hidden = !isEditor;
    if (isEditor) this.#label.removeAttribute("for"); // which leads to the textarea alone
    else this.#label.htmlFor = this.#area.id;
  }
}

/** What makes an editor of each kind, or nothing where the text is better off as it is. */
const makers = {
  async text({ form, dataset: { editor } }) {
    if (matchMedia("(pointer: coarse)").matches) return null; // keyboards of phones know best what to do with a textarea
    const { mount } = await import("../vendor/codemirror/editor.js");
    return (host, given) => mount(host, { ...given, kind: editor, words: words(form) });
  },
  async sheet({ form, value }) {
    const { fits, mount } = await import("./grid.js"), tools = form.querySelector("[data-sheet-tools]");
    if (!fits(value)) return null;
    tools.hidden = false;
    return (host, given) => mount(host, { ...given, tools });
  },
};

/** What the editor's search says, by its English words. */
function words(form) {
  const told = [...form.querySelectorAll("[data-editor-words] dt")];
  return Object.fromEntries(told.map((word) => [word.textContent, word.nextElementSibling.textContent]));
}
