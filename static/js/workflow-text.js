/*
 * A field into which values of other nodes are put: what is written {{Name.path}} is drawn as a chip behind the text, "{{"
 * opens the list of values, and one stroke takes a whole value away. The field itself stays a textarea.
 */
import { insert, Listbox } from "./listbox.js";

const PLACE = /\\*\{\{([^{}\n]{1,600})\}\}/g;
const MARK = /\{\{([^{}\n]{0,80})$/;
let lists = 0, last = null; // the field that was written in last

/** Whether what stands between braces names a node. */
function isNamed(inner, names) {
  const text = inner.trim();
  return names.some((name) => text.startsWith(name) && ["", ".", "[", "|", " "].includes(text.slice(name.length, name.length + 1)));
}

/** The values in a text: [from, to] of each. */
function places(text, names) {
  return [...text.matchAll(PLACE)]
    .filter(([whole, inner]) => (whole.match(/^\\*/)[0].length % 2 === 0) && isNamed(inner, names))
    .map((found) => [found.index + found[0].indexOf("{{"), found.index + found[0].length]);
}

function draw(mirror, area, names) {
  const text = area.value, parts = [];
  let at = 0;
  for (const [from, to] of places(text, names)) {
    const chip = document.createElement("mark");
    chip.textContent = text.slice(from, to);
    parts.push(text.slice(at, from), chip);
    at = to;
  }
  mirror.replaceChildren(...parts, text.slice(at), "\u200b");
  mirror.scrollTop = area.scrollTop;
}

/** One stroke takes away the value that the cursor stands behind, or before. */
function erase(event, area, names) {
  if (!["Backspace", "Delete"].includes(event.key) || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (area.selectionStart !== area.selectionEnd) return;
  const at = area.selectionStart, side = event.key === "Backspace" ? 1 : 0;
  const found = places(area.value, names).find((place) => place[side] === at);
  if (!found) return;
  event.preventDefault();
  area.setSelectionRange(...found);
  document.execCommand("delete"); // which the browser's undo takes back
}

function put(area, text, start, end) {
  area.setSelectionRange(start, end);
  area.focus();
  if (!document.execCommand("insertText", false, text)) insert(area, text, start, end);
}

/** The list of values, which opens below the field. */
function offer(field, area, options) {
  const list = document.createElement("ul");
  list.className = "mentions written-list";
  list.id = `written-${++lists}`;
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", field.querySelector("[data-insert]").getAttribute("aria-label"));
  field.append(list);
  area.setAttribute("aria-controls", list.id);
  new Listbox(area, list, MARK, (option, start, end) => put(area, `{{${option.dataset.name}}}`, start, end));
  list.addEventListener("fill", () => {
    list.replaceChildren(options.content.cloneNode(true));
    [...list.children].forEach((option, n) => {
      option.id = `${list.id}-${n}`;
      option.dataset.name = option.dataset.name.slice(2, -2); // what was typed is compared with what stands between the braces
    });
    list.dispatchEvent(new Event("htmx:afterSwap"));
  });
  return list;
}

/** Begins a field of the form. */
export function written(field, form) {
  const area = field.querySelector("textarea"), names = JSON.parse(form.dataset.names);
  const mirror = document.createElement("div");
  mirror.className = "written-mirror";
  mirror.setAttribute("aria-hidden", "true");
  field.prepend(mirror);
  const redraw = () => draw(mirror, area, names);
  for (const name of ["input", "scroll"]) area.addEventListener(name, redraw);
  area.addEventListener("focus", () => { last = area; });
  area.addEventListener("keydown", (event) => erase(event, area, names));
  if (field.classList.contains("is-line")) {
    area.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing || event.defaultPrevented) return;
      event.preventDefault();
      form.requestSubmit();
    });
  }
  new ResizeObserver(redraw).observe(area);
  redraw();
  const options = form.querySelector("[data-ref-options]"), button = field.querySelector("[data-insert]");
  if (!options) return;
  offer(field, area, options);
  button.hidden = false;
  button.addEventListener("click", () => {
    area.focus();
    put(area, "{{", area.selectionStart, area.selectionEnd);
  });
}

document.addEventListener("click", (event) => {
  const chosen = event.target.closest?.("[data-ref]");
  if (!chosen) return;
  const area = last?.isConnected ? last : document.querySelector("#node-form [data-written] textarea");
  if (area) put(area, chosen.dataset.ref, area.selectionStart, area.selectionEnd);
});
