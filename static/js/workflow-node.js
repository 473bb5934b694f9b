/*
 * The form of a node: saved a moment after somebody has typed, and at once when they go on to the next field or away. What
 * the answer tells of each field goes to its place by htmx; the fields themselves stay as they are typed.
 */
import { keyOf } from "./keys.js";
import { TextField } from "./text-field.js";
import { written } from "./workflow-text.js";

const PAUSE = 700; // milliseconds after the last key
let saving = 0;

const told = () => document.getElementById("node-told");

function tell(name) {
  const place = told();
  if (!place) return;
  place.textContent = place.dataset[name];
  place.classList.add("is-unsaved");
}

function save(form) {
  clearTimeout(saving);
  saving = 0;
  if (form.isConnected) window.htmx.trigger(form, "node-save");
}

/** A control that means something beside what another one holds is shown, others are not. */
function adapt(form) {
  for (const place of form.querySelectorAll("[data-when]")) {
    const other = form.elements.namedItem(place.dataset.when);
    if (!other) continue;
    const value = other.type === "checkbox" ? (other.checked ? other.value : "") : other.value;
    place.hidden = !place.dataset.is.split(" ").includes(value);
  }
}

/** Fields say that what stands in them cannot be read. */
function mark(form) {
  for (const place of form.querySelectorAll(".control-told")) {
    const field = document.getElementById(place.id.replace(/-told$/, ""));
    if (!field || !("value" in field)) continue;
    if (place.querySelector("[data-error]")) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
  }
}

/** What is still to be saved when the page goes: once, without waiting for an answer. */
function flush() {
  const form = document.getElementById("node-form");
  if (!saving || !form) return;
  clearTimeout(saving);
  saving = 0;
  fetch(form.action, { method: "POST", body: new FormData(form), keepalive: true, headers: { "HX-Request": "true" } });
}

function begin(form) {
  if (form.dataset.isBegun) return;
  form.dataset.isBegun = "true";
  for (const area of form.querySelectorAll("textarea[data-editor]")) new TextField(area);
  for (const field of form.querySelectorAll("[data-written]")) written(field, form);
  form.addEventListener("input", () => {
    tell("typing");
    clearTimeout(saving);
    saving = setTimeout(() => save(form), PAUSE);
  });
  form.addEventListener("change", ({ target }) => {
    adapt(form);
    if (target.matches("[data-refreshes]")) return act(form, "refresh");
    if (saving) save(form);
  });
  form.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && keyOf(event) === "s") {
      event.preventDefault();
      save(form);
    }
  });
  form.addEventListener("htmx:sendError", () => tell("lost"));
}

/** Presses a button that is not there. */
function act(form, value) {
  clearTimeout(saving);
  saving = 0;
  const button = Object.assign(document.createElement("button"), { name: "act", value, hidden: true });
  form.append(button);
  form.requestSubmit(button);
  button.remove();
}

function look() {
  const form = document.getElementById("node-form");
  if (form) begin(form);
}

document.addEventListener("htmx:afterSwap", () => {
  look();
  const form = document.getElementById("node-form");
  if (!form) return;
  mark(form);
});
// A row that was taken away or moved is a change as well: what comes back with it is saved.
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  const pressed = detail.requestConfig?.parameters?.act;
  const form = document.getElementById("node-form");
  if (detail.successful && form && /^(remove|up|down|mine|look|refresh)/.test(pressed ?? "")) save(form);
});
addEventListener("pagehide", flush);
document.addEventListener("visibilitychange", () => { if (document.hidden) flush(); });
look();
