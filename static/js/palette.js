/* Ctrl K: arrow keys choose among the results while the focus stays in the field; Enter follows the choice. */

const input = document.getElementById("palette-input");
const results = document.getElementById("palette-results");

const items = () => [...results.querySelectorAll(".palette-item")];
const chosen = () => results.querySelector('[aria-selected="true"]');

function choose(item) {
  chosen()?.setAttribute("aria-selected", "false");
  if (!item) {
    input.removeAttribute("aria-activedescendant");
    return;
  }
  item.setAttribute("aria-selected", "true");
  item.scrollIntoView({ block: "nearest" });
  input.setAttribute("aria-activedescendant", item.id);
}

if (input) {
  results.addEventListener("htmx:afterSwap", () => choose(items()[0]));
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      const all = items();
      event.preventDefault();
      choose(all[(all.indexOf(chosen()) + step + all.length) % all.length]);
    } else if (event.key === "Enter") {
      event.preventDefault();
      chosen()?.click();
    }
  });
  input.form.addEventListener("submit", (event) => event.preventDefault());
  document.getElementById("palette").addEventListener("close", () => { input.value = ""; });
}
