/* The marks of task lists are drawn by CSS; screen readers get them as images with a word. */
import { word } from "./words.js";
import { watch } from "./watch.js";

watch(".task[data-checked]", (mark) => {
  mark.setAttribute("role", "img");
  mark.setAttribute("aria-label", word(mark.dataset.checked === "true" ? "ticked" : "open"));
});
