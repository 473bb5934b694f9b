/* The keys: Esc stops, ↑ edits the last message, Ctrl K finds, Ctrl Shift O starts a chat, ? lists them. */
import { stopReply } from "./composer.js";
import { open } from "./dialog.js";
import { isCommand, isMac, keyOf } from "./keys.js";

const isTyping = (element) => element?.matches?.("input, textarea, select, [contenteditable='true']");

function editLast() {
  const mine = [...document.querySelectorAll("#messages article.is-mine")].at(-1);
  mine?.querySelector("[data-edit]")?.click();
  return Boolean(mine);
}

if (isMac) {
  for (const label of document.querySelectorAll("kbd")) label.textContent = label.textContent.replace("Ctrl", "⌘");
}
document.addEventListener("keydown", (event) => {
  if (!document.querySelector(".app") || event.defaultPrevented || event.isComposing) return;
  const key = keyOf(event), isCtrl = isCommand(event);
  if (isCtrl && !event.shiftKey && key === "k") {
    event.preventDefault();
    open("palette");
  } else if (isCtrl && event.shiftKey && key === "o") {
    event.preventDefault();
    document.querySelector(".rail-new").click();
  } else if (key === "Escape") {
    // What is open closes first; only then does Esc stop a reply.
    if (!document.querySelector("dialog[open], :popover-open")) stopReply();
  } else if (key === "?" && !isCtrl && !isTyping(event.target)) {
    event.preventDefault();
    open("shortcuts");
  } else if (key === " " && event.target.matches?.("a[role='button']")) {
    event.preventDefault(); // a link that is named a button is pressed like one
    event.target.click();
  } else if (key === "ArrowUp" && event.target.id === "composer-text" && !event.target.value && !isCtrl && !event.shiftKey && !event.altKey) {
    if (editLast()) event.preventDefault();
  }
});
