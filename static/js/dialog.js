/* Native dialogs: opened by [data-open], by fragments put into #dialog-body, and closed by [data-close] or a press outside. */

const dialog = document.getElementById("dialog");

/** Puts a dialog that says so under what opens it, as far as the window allows; CSS does so where there is room. */
function place(box) {
  const opener = box.hasAttribute("data-beneath") && document.querySelector(`[data-open="${CSS.escape(box.id)}"]`);
  const from = opener && opener.getBoundingClientRect();
  box.classList.toggle("is-beneath", Boolean(from?.width));
  if (!from?.width) return;
  box.style.setProperty("--from-top", `${from.bottom}px`);
  box.style.setProperty("--from-left", `${Math.max(from.left, 0)}px`);
}

window.addEventListener("resize", () => {
  for (const box of document.querySelectorAll("dialog[open][data-beneath]")) place(box);
});

/** Opens the dialog of that id, unless it is open. */
export function open(id) {
  const box = document.getElementById(id);
  if (!(box instanceof HTMLDialogElement)) return;
  for (const other of document.querySelectorAll("dialog[open]")) if (other !== box) other.close();
  for (const menu of document.querySelectorAll(":popover-open")) menu.hidePopover();
  place(box);
  if (!box.open) box.showModal();
  const finder = box.matches(".palette") && box.querySelector("[role='combobox']");
  if (finder) window.htmx.trigger(finder, "palette-open");
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open]");
  if (opener && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    open(opener.dataset.open);
    return;
  }
  const closer = event.target.closest("[data-close]");
  const box = closer?.closest("dialog");
  if (box) {
    event.preventDefault();
    box.close();
  }
});

// A press on the backdrop hits the dialog itself, outside its box. It must begin there: a drag out of a field does not close.
document.addEventListener("pointerdown", (event) => {
  const box = event.target;
  if (!(box instanceof HTMLDialogElement) || !box.open) return;
  const area = box.getBoundingClientRect();
  const isInside = event.clientX >= area.left && event.clientX <= area.right && event.clientY >= area.top && event.clientY <= area.bottom;
  if (!isInside) box.close();
});

if (dialog) {
  const body = document.getElementById("dialog-body");
  body.addEventListener("htmx:afterSwap", () => {
    if (!body.firstElementChild) return;
    open("dialog");
    // Whoever opens a form wants its first field; a question keeps the focus on its safe answer.
    (body.querySelector("[aria-invalid='true']") ?? body.querySelector(".field :is(input, textarea, select)"))?.focus();
  });
  // What was asked for in the dialog is done, or cannot be done now (409, told by a notice): it closes.
  // A 422 brings the form back with its errors.
  body.addEventListener("htmx:afterRequest", ({ detail: { requestConfig, successful, xhr } }) => {
    if (requestConfig.elt.matches("[data-stays]") && successful) return;
    if (requestConfig.verb !== "get" && (successful || xhr.status === 409)) dialog.close();
  });
  dialog.addEventListener("close", () => body.replaceChildren());
}
