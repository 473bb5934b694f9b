/* Ctrl K and the choice of who answers: arrow keys choose among the results while the focus stays in the field; Enter takes one.
   Where nothing is looked for, what is chosen already is the first to be taken. */

for (const box of document.querySelectorAll("dialog.palette")) {
  const input = box.querySelector("[role='combobox']");
  const results = box.querySelector("[role='listbox']");
  const items = () => [...results.querySelectorAll(".palette-item")];
  const chosen = () => results.querySelector('[aria-selected="true"]');

  const choose = (item) => {
    chosen()?.setAttribute("aria-selected", "false");
    if (!item) {
      input.removeAttribute("aria-activedescendant");
      return;
    }
    item.setAttribute("aria-selected", "true");
    item.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", item.id);
  };

  results.addEventListener("htmx:afterSwap", () => choose((!input.value && results.querySelector("[data-chosen]")) || items()[0]));
  results.addEventListener("click", (event) => { if (event.target.closest("button")) box.close(); });
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
  box.addEventListener("close", () => { input.value = ""; });
}
