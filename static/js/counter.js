/* How many characters a field holds, beside how many fit: [data-counted] names the element that tells it. */

document.addEventListener("input", ({ target }) => {
  if (target.matches?.("[data-counted]")) document.getElementById(target.dataset.counted).textContent = target.value.length;
});
