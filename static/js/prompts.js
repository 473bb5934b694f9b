/* / at the beginning of a line of the composer: a prompt's text comes in its place, after a dialog has asked for its variables. */
import { open } from "./dialog.js";
import { insert, Listbox } from "./listbox.js";

const SLASH = /(?<![^\n])\/([^/\n]{0,60})$/;
const area = document.getElementById("composer-text");
const list = document.getElementById("prompts");
const dialog = document.getElementById("prompt-dialog");
const body = document.getElementById("prompt-body");
let place = []; // where the prompt was asked for: from, to

/** The prompt's text with what the form's fields hold. */
function filled(form) {
  const text = form.querySelector("template").content.cloneNode(true);
  for (const gap of text.querySelectorAll("[data-variable]")) {
    gap.textContent = form.elements[`value-${gap.dataset.variable}`].value;
  }
  return text.textContent;
}

/** Has a field be as high as its text, where the browser's own style cannot. */
function grow(area) {
  if (CSS.supports("field-sizing", "content")) return;
  area.style.height = "auto";
  area.style.height = `${area.scrollHeight + area.offsetHeight - area.clientHeight}px`;
}

if (list) {
  new Listbox(area, list, SLASH, (option, start, end) => {
    place = [start, end];
    window.htmx.ajax("GET", option.dataset.url, { source: list, target: body, swap: "innerHTML" });
  });
  body.addEventListener("htmx:afterSwap", () => {
    const form = body.querySelector("form");
    if (form.querySelector("[data-variable]")) return open(dialog.id);
    insert(area, filled(form), ...place);
    body.replaceChildren();
  });
  dialog.addEventListener("submit", (event) => {
    event.preventDefault();
    insert(area, filled(event.target), ...place);
    place[1] = area.selectionEnd;
    dialog.close();
  });
  dialog.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    if (!event.target.matches("[data-variable]")) return;
    event.preventDefault();
    event.target.form.requestSubmit();
  });
  dialog.addEventListener("input", (event) => event.target.matches("[data-variable]") && grow(event.target));
  dialog.addEventListener("close", () => {
    area.setSelectionRange(place[1], place[1]); // the focus comes back by itself, the cursor does not
    body.replaceChildren();
  });
}
