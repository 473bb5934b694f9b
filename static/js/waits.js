/* A button that waits for a moment counts down to it. It can be pressed all the same: another model may be chosen by then. */
import { watch } from "./watch.js";

watch("[data-wait-until]", (button) => {
  const over = Date.parse(button.dataset.waitUntil), left = document.createElement("span");
  left.className = "wait-left";
  button.append(" ", left);
  const tick = () => {
    const seconds = Math.ceil((over - Date.now()) / 1000);
    if (!(seconds > 0) || !button.isConnected) {
      clearInterval(timer);
      return left.remove();
    }
    const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
    const parts = hours ? [hours, minutes, seconds % 60] : [minutes, seconds % 60];
    left.textContent = parts.map((part, n) => (n ? String(part).padStart(2, "0") : part)).join(":");
  };
  const timer = setInterval(tick, 1000);
  tick();
});
