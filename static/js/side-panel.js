/*
 * The panel at the right of a page, on a narrow one a sheet over it: opened by [data-panel], which names what fills it, and by
 * other modules; closed by its button, by Escape, and on a narrow page by a press beside it. It keeps nothing.
 */
const panel = document.getElementById("side-panel");
const body = document.getElementById("side-panel-body");
const narrow = window.matchMedia("(width < 64rem)");
let opener = null; // where the focus goes back to

export const isOpen = () => Boolean(panel && !panel.hidden);

/**
 * Fills the panel from an address and opens it. With `focus` false whoever writes elsewhere goes on there, unless the panel
 * lies over it.
 */
export async function open(address, { focus = true } = {}) {
  if (!panel) return;
  const takes = take(focus);
  await window.htmx.ajax("GET", address, { target: body, swap: "innerHTML" }).catch(() => undefined); // toast.js has told it
  if (!body.firstElementChild) return close();
  if (takes) title()?.focus();
}

/** Opens the panel with an element of the page's own; the focus stays, unless the panel lies over where it is. */
export function openWith(element) {
  const takes = take(false);
  body.replaceChildren(element);
  if (takes) title()?.focus();
}

/** Shows the panel; returns whether the focus goes there. */
function take(focus) {
  const takes = focus || narrow.matches;
  if (takes && !panel.contains(document.activeElement)) opener = document.activeElement;
  panel.hidden = false;
  adapt();
  return takes;
}

export function close() {
  if (!isOpen()) return;
  const hadFocus = panel.contains(document.activeElement) || document.activeElement === document.body;
  panel.hidden = true;
  body.replaceChildren();
  adapt();
  if (hadFocus) (opener?.isConnected ? opener : document.getElementById("main"))?.focus();
  opener = null;
  panel.dispatchEvent(new CustomEvent("panel:close", { bubbles: true }));
}

const title = () => document.getElementById("side-panel-title");

/** As a sheet it is a dialog, and what lies beneath it cannot be reached. */
function adapt() {
  const isSheet = isOpen() && narrow.matches;
  for (const beneath of panel.parentElement.children) if (beneath !== panel) beneath.inert = isSheet;
  if (isSheet) panel.setAttribute("role", "dialog");
  else panel.removeAttribute("role");
  if (isSheet) panel.setAttribute("aria-modal", "true");
  else panel.removeAttribute("aria-modal");
}

if (panel) {
  narrow.addEventListener("change", adapt);
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-panel-close]")) return close();
    const link = event.target.closest("[data-panel]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(link.dataset.panel);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || !isOpen()) return;
    if (document.querySelector("dialog[open], :popover-open")) return;
    if (narrow.matches || panel.contains(document.activeElement)) close();
  });
  document.addEventListener("pointerdown", (event) => {
    if (isOpen() && narrow.matches && !panel.contains(event.target) && !event.target.closest("dialog, .toasts")) close();
  });
  // Where the pressed button has gone with what it stood on, the focus stays in the panel.
  body.addEventListener("htmx:afterSwap", () => {
    if (isOpen() && document.activeElement === document.body && body.dataset.had) title()?.focus();
    delete body.dataset.had;
  });
  body.addEventListener("htmx:beforeSwap", () => {
    if (body.contains(document.activeElement)) body.dataset.had = "focus";
  });
}
