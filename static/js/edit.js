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

// After ‹ or › the same button of the variant now on show has the focus, so that it can be pressed again.
// After Cancel it is the button that began the edit.
let wanted = null;
document.addEventListener("htmx:beforeRequest", ({ detail: { elt } }) => {
  wanted = null;
  if (elt.dataset?.to) wanted = { id: `m-${elt.dataset.to}`, button: `[data-act="${elt.dataset.act}"]` };
  if (elt.matches?.("[data-cancel]")) wanted = { id: elt.closest("article").id, button: "[data-edit]" };
});
document.addEventListener("htmx:afterSettle", () => {
  if (!wanted) return;
  const article = document.getElementById(wanted.id);
  const button = article?.querySelector(wanted.button) ?? article?.querySelector("[data-act]");
  if (article) wanted = null;
  button?.focus();
});
