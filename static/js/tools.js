/* The choice of tools: a source's box stands for all of its tools; the search hides what does not fit. */

const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const boxes = (source) => [...source.querySelectorAll("[data-tools-tool] input")];

/** The source's box tells whether all, some or none of its tools are chosen. */
function tell(source) {
  const whole = source.querySelector("[data-tools-whole]");
  const all = boxes(source);
  if (!all.length) return;
  const chosen = all.filter((box) => box.checked).length;
  whole.checked = chosen === all.length;
  whole.indeterminate = chosen > 0 && chosen < all.length;
  source.querySelector("[data-tools-count]").textContent = chosen;
}

function find(field) {
  const typed = fold(field.value.trim());
  const list = field.closest("[data-tools]");
  for (const source of list.querySelectorAll("[data-tools-source]")) {
    const isWhole = fold(source.querySelector(".tools-pick").textContent).includes(typed);
    const tools = [...source.querySelectorAll("[data-tools-tool]")];
    for (const tool of tools) tool.hidden = !isWhole && !fold(tool.textContent).includes(typed);
    const found = tools.some((tool) => !tool.hidden);
    source.hidden = !isWhole && !found;
    const each = source.querySelector("details");
    if (each) each.open = Boolean(typed) && !isWhole && found;
  }
  list.querySelector("[data-tools-none]").hidden = Boolean(list.querySelector("[data-tools-source]:not([hidden])"));
}

document.addEventListener("change", ({ target }) => {
  const source = target.closest("[data-tools-source]");
  if (!source) return;
  if (target.matches("[data-tools-whole]")) for (const box of boxes(source)) box.checked = target.checked;
  tell(source);
});
document.addEventListener("input", ({ target }) => {
  if (target.matches("[data-tools-find]")) find(target);
});
// Enter in the search looks for tools; it does not send the form.
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches("[data-tools-find]")) event.preventDefault();
});
document.addEventListener("htmx:afterSwap", ({ target }) => {
  for (const source of target.querySelectorAll("[data-tools-source]")) tell(source);
});
for (const source of document.querySelectorAll("[data-tools-source]")) tell(source);
