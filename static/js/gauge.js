/* The gauge beside Send: what is being typed is added to what fills the model's window already. */

const area = document.getElementById("composer-text");
const place = document.getElementById("gauge");
const BYTES_A_TOKEN = 3; // as agents/generation/context.py

function show() {
  const button = document.getElementById("gauge-button");
  if (!button) return;
  const part = (name) => place.querySelector(`[data-gauge="${name}"]`);
  const { window: size, used, answer, price } = button.dataset;
  const typed = Math.floor(new TextEncoder().encode(area.value).length / BYTES_A_TOKEN);
  const filled = Number(used) + Number(answer) + typed;
  const percent = Math.min(Math.round((100 * filled) / Number(size)), 100);
  part("percent").textContent = percent;
  button.querySelector(".gauge-arc").setAttribute("stroke-dasharray", `${percent} 100`);
  button.toggleAttribute("data-full", filled > Number(size));
  part("message").textContent = typed.toLocaleString(document.documentElement.lang);
  if (part("cost")) part("cost").textContent = ((Number(price) * (Number(used) + typed)) / 1e6).toFixed(4);
  part("full").hidden = filled <= Number(size);
}

if (area && place) {
  area.addEventListener("input", show);
  place.addEventListener("htmx:afterSwap", show);
}
