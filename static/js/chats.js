/* The rail's list: fetched anew when chats change; the open one is marked, and its title goes into the bar. */
import { keepForNextPage } from "./toast.js";

const list = document.getElementById("chat-list");
let isDue = false;

/** Asks for the list anew: a title, a pin, a new message. */
export function refresh() {
  isDue = Boolean(list?.querySelector(":popover-open"));
  if (list && !isDue) window.htmx.trigger(document.body, "chats-changed");
}

// The open menu of a row is not taken away: the list comes once it is closed.
list?.addEventListener("toggle", () => { if (isDue) refresh(); }, true);

function showTitle(title) {
  const heading = document.getElementById("chat-title");
  if (!heading || heading.textContent === title) return;
  heading.textContent = title;
  document.title = `${title} · Sambung`;
}

list?.addEventListener("htmx:afterSwap", () => {
  for (const link of list.querySelectorAll(".row-link")) {
    const isOpen = link.pathname === location.pathname;
    if (isOpen) {
      link.setAttribute("aria-current", "page");
      showTitle(link.querySelector(".row-title").textContent.trim());
    } else link.removeAttribute("aria-current");
  }
});

// Deleting the open chat leads to a new one; the notice with Undo goes along.
list?.addEventListener("htmx:afterRequest", ({ detail: { elt, xhr, successful } }) => {
  if (!successful || !elt.matches("[data-delete-chat]") || !elt.closest(".row")?.querySelector("[aria-current]")) return;
  keepForNextPage(xhr.getResponseHeader("HX-Trigger"));
  location.assign(document.querySelector(".rail-new").href);
});

document.addEventListener("reply:end", refresh);
