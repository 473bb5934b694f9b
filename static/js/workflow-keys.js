/* The keys of the workflow editor, and its clipboard. They work while nothing is typed and no dialog is open. */
import { keyOf } from "./keys.js";

const PLAIN = {
  a: "addAfter", c: "connect", x: "disconnect", "/": "add", f: "find", o: "open", Enter: "open", t: "tidy", g: "group", d: "toggle", r: "runTo",
  Delete: "remove", Backspace: "remove", "+": "nearer", "-": "farther", 0: "fit",
};
const WITH_CTRL = { z: "undo", y: "redo", d: "duplicate", a: "all", f: "find", Enter: "run" };

const isTyping = (element) => element?.matches?.("input, textarea, select, [contenteditable='true']") ?? false;

/** Listens as long as the page is there. `area`: the editor without the side panel. */
export function listen(area, acts, editor) {
  const isOurs = ({ target }) => !isTyping(target) && !document.querySelector("dialog[open], :popover-open") && (area.contains(target) || target === document.body || target.id === "main");
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.altKey || !isOurs(event)) return;
    const isCtrl = event.ctrlKey || event.metaKey, key = keyOf(event);
    const name = isCtrl ? (key === "z" && event.shiftKey ? "redo" : WITH_CTRL[key]) : PLAIN[key];
    const isPress = key === "Enter" && !isCtrl && event.target.matches("a, button"); // a button that is pressed
    if (!name || isPress || (key === "Enter" && !isCtrl && !event.target.closest(".react-flow__node"))) return;
    event.preventDefault();
    const focused = event.target.closest(".react-flow__node")?.dataset.id; // a step that has the focus is the one that is meant
    if (focused && !editor.store.selection.has(focused)) editor.store.select([focused]);
    acts.do(name);
  });
  for (const name of ["copy", "cut"]) {
    document.addEventListener(name, (event) => {
      if (!isOurs(event) || !getSelection().isCollapsed || !editor.store.selection.size) return;
      event.preventDefault();
      event.clipboardData.setData("text/plain", editor.commands.copied(editor.store.selection));
      if (name === "cut") acts.remove();
    });
  }
  document.addEventListener("paste", (event) => {
    if (!isOurs(event)) return;
    const made = editor.commands.paste(event.clipboardData.getData("text/plain"));
    if (made.length) event.preventDefault();
  });
}
