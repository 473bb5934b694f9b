/* Copying: a message's source, or any text a module hands over. */
import { announce, icon, word } from "./words.js";
import { toast } from "./toast.js";

async function write(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  // Plain http on a network has no clipboard interface; the old command works there.
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "visually-hidden";
  document.body.append(area);
  area.select();
  const isDone = document.execCommand("copy");
  area.remove();
  if (!isDone) throw new Error("refused");
}

/** Copies `text` and shows on `button` for a moment that it is done. */
export async function copy(text, button) {
  try {
    await write(text);
  } catch {
    toast(word("copyFailed"));
    return;
  }
  announce(word("copied"));
  if (button.classList.contains("is-done")) return;
  const before = [...button.childNodes];
  button.classList.add("is-done");
  button.replaceChildren(button.querySelector(".icon") ? icon("check") : word("copied"));
  setTimeout(() => {
    button.classList.remove("is-done");
    button.replaceChildren(...before);
  }, 1500);
}

document.addEventListener("click", (event) => {
  const given = event.target.closest("[data-copy]");
  if (given) return void copy(given.dataset.copy, given);
  const button = event.target.closest("[data-copy-message]");
  if (!button) return;
  const article = button.closest("article");
  const source = article.querySelector("template[data-source]")?.content.textContent;
  copy(source || article.querySelector("[data-body]").innerText, button);
});
