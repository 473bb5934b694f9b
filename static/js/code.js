/* A copy button on every finished code block. */
import { copy } from "./copy.js";
import { word } from "./words.js";
import { watch } from "./watch.js";

watch(".code[data-lang]", (block) => {
  if (block.querySelector(".code-copy")) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "code-copy";
  button.textContent = word("copy");
  button.setAttribute("aria-label", word("copyCode"));
  button.addEventListener("click", () => copy(block.querySelector("pre").textContent, button));
  block.append(button);
});
