/* @ in the composer: what can be named, in a list that the arrow keys walk through while the focus stays in the text. */

const area = document.getElementById("composer-text");
const list = document.getElementById("mentions"); // where there is something to name
const AT = /(?<![\p{L}\p{N}_])@([^@\n]{0,60})$/u; // as chats/mentions.py: at a word's beginning
let start = -1; // where the "@" stands that the list is about
let query = null; // what is typed after it; null while there is none
let dismissed = -1; // the "@" that the list was closed for
let isLoaded = false;

const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const shown = () => [...list.children].filter((option) => !option.hidden);
const chosen = () => list.querySelector('[aria-selected="true"]');

/** Whether what was typed begins the name, or a word of it. */
function fits(option) {
  const name = fold(option.dataset.name);
  const typed = fold(query);
  return !/\s$/.test(typed) && [name, ...name.split(/\s+/)].some((word) => word.startsWith(typed));
}

function choose(option) {
  chosen()?.setAttribute("aria-selected", "false");
  option.setAttribute("aria-selected", "true");
  option.scrollIntoView({ block: "nearest" });
  area.setAttribute("aria-activedescendant", option.id);
}

function close() {
  list.hidden = true;
  area.removeAttribute("aria-activedescendant");
}

/** Shows what fits, or nothing. */
function show() {
  for (const option of list.children) option.hidden = !fits(option);
  const [first] = shown();
  if (!first) return close();
  list.hidden = false;
  choose(first);
}

/** Looks at what stands before the cursor. */
function look() {
  const found = area.selectionStart === area.selectionEnd && area.value.slice(0, area.selectionStart).match(AT);
  const before = [start, query];
  [start, query] = found ? [found.index, found[1]] : [-1, null];
  if (start !== dismissed) dismissed = -1;
  if (!found || dismissed >= 0) return close();
  if (!isLoaded) window.htmx.trigger(list, "mention");
  else if (start !== before[0] || query !== before[1]) show();
}

function insert(option) {
  area.setRangeText(`@${option.dataset.name} `, start, area.selectionStart, "end");
  close();
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

if (list) {
  area.addEventListener("input", look);
  area.addEventListener("click", look);
  area.addEventListener("keyup", look); // the cursor moves without input, too
  area.addEventListener("blur", close);
  list.addEventListener("htmx:afterSwap", () => {
    isLoaded = true;
    if (query !== null && document.activeElement === area) show();
  });
  list.addEventListener("mousedown", (event) => event.preventDefault()); // the focus stays in the text
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role='option']");
    if (option) insert(option);
  });
  // Before the composer's own keys, and instead of them.
  area.addEventListener("keydown", (event) => {
    if (list.hidden || event.isComposing || event.shiftKey || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      const all = shown();
      choose(all[(all.indexOf(chosen()) + step + all.length) % all.length]);
    } else if (event.key === "Enter" || event.key === "Tab") {
      insert(chosen());
    } else if (event.key === "Escape") {
      dismissed = start;
      close();
    } else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);
}
