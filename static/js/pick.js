/* Lists with checkboxes: choose all, choose a stretch with Shift, and count; a filter shows its list at once. */

let last = null; // the box that was pressed before

const boxes = (form) => [...form.querySelectorAll("[data-pick-one]")];

function tell(form) {
  const all = boxes(form);
  const every = form.querySelector("[data-pick-every]");
  const chosen = all.filter((box) => box.checked).length;
  const whole = form.querySelector("[data-pick-all]");
  whole.checked = chosen > 0 && chosen === all.length;
  whole.indeterminate = chosen > 0 && chosen < all.length;
  form.querySelector("[data-pick-count]").textContent = chosen && !every?.checked ? `${chosen} / ${all.length}` : "";
  form.querySelector("[data-pick-acts]").hidden = !chosen && !every?.checked;
  for (const act of form.querySelectorAll("[data-pick-named]")) act.hidden = Boolean(every?.checked); // for ticked ones alone
}

document.addEventListener("click", (event) => {
  const box = event.target;
  if (!box.matches?.("[data-pick-one]")) return;
  const all = boxes(box.form);
  if (event.shiftKey && last?.form === box.form) {
    const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
    for (const other of all.slice(from, to + 1)) other.checked = box.checked;
  }
  last = box;
});

document.addEventListener("change", ({ target }) => {
  if (target.closest("[data-filter]")) return target.form.requestSubmit();
  const form = target.closest("[data-pick]");
  if (!form) return;
  if (target.matches("[data-pick-all]")) for (const box of boxes(form)) box.checked = target.checked;
  tell(form);
});

for (const form of document.querySelectorAll("[data-pick]")) tell(form);
