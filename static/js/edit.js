/* The form that stands in a message's place while it is edited, and where the focus goes after a message was replaced. */

document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.("[data-edit-form]");
  if (!form) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    form.requestSubmit();
  } else if (event.key === "Escape") {
    event.stopPropagation();
    form.querySelector("[data-cancel]").click();
  }
}, true);

document.addEventListener("htmx:load", (event) => {
  const area = event.target.querySelector?.(".edit-text");
  if (!area) return;
  if (!CSS.supports("field-sizing", "content")) area.style.height = `${area.scrollHeight}px`;
  area.focus();
  area.setSelectionRange(area.value.length, area.value.length);
});

// After ‹ or › the same button of the variant now on show has the focus, so that it can be pressed again; after Cancel
// the button that began the edit. Whatever else replaces a message, its button that had the focus has it again.
let asked = null, kept = null; // {id, button}
document.addEventListener("htmx:beforeRequest", ({ detail: { elt } }) => {
  if (elt.dataset?.to) asked = { elt, id: `m-${elt.dataset.to}`, button: `[data-act="${elt.dataset.act}"]` };
  else if (elt.matches?.("[data-cancel]")) asked = { elt, id: elt.closest("article").id, button: "[data-edit]" };
});
document.addEventListener("htmx:afterRequest", ({ detail: { elt, successful } }) => {
  if (elt === asked?.elt && !successful) asked = null;
});
document.addEventListener("htmx:beforeSwap", ({ detail: { target } }) => {
  const button = target.contains(document.activeElement) ? document.activeElement : null, article = button?.closest("article");
  kept = article && { id: article.id, button: `[aria-label="${CSS.escape(button.getAttribute("aria-label") ?? "")}"]` };
});
document.addEventListener("htmx:afterSettle", () => {
  const article = asked && document.getElementById(asked.id);
  const button = article?.querySelector(asked.button) ?? article?.querySelector("[data-act]");
  if (button) { // else something else has settled, and what was asked for is still to come
    button.focus();
    asked = null;
  } else if (kept && document.activeElement === document.body) {
    document.getElementById(kept.id)?.querySelector(kept.button)?.focus();
  }
  kept = null;
});
