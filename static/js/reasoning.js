/* The words of folded reasoning: it goes on while it is the last part of a running reply. */
import { word } from "./words.js";
import { watch } from "./watch.js";

function label(fold) {
  const article = fold.closest("article");
  const isOpen = article?.getAttribute("aria-busy") === "true" && !fold.nextElementSibling;
  const sentence = word(isOpen ? "thinking" : "thought");
  const summary = fold.querySelector("summary");
  if (summary && summary.textContent !== sentence) summary.textContent = sentence;
}

watch(".part-reasoning", label);
watch(".part-text", (part) => {
  const before = part.previousElementSibling;
  if (before?.matches(".part-reasoning")) label(before);
});
document.addEventListener("reply:end", (event) => {
  for (const fold of event.target.querySelectorAll?.(".part-reasoning") ?? []) label(fold);
});
