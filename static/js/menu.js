/* Puts a popover beside the button that opened it, inside the window; arrow keys walk through its items. */

const GAP = 6; // pixels between button and menu, and to the window's edge

function place(menu, button) {
  const at = button.getBoundingClientRect();
  const size = { width: menu.offsetWidth, height: menu.offsetHeight };
  const isRoomBelow = at.bottom + GAP + size.height <= innerHeight - GAP;
  const isAbove = menu.dataset.place === "above" || (!isRoomBelow && at.top > innerHeight - at.bottom);
  const top = isAbove ? at.top - GAP - size.height : at.bottom + GAP;
  const left = menu.dataset.place === "below-end" ? at.right - size.width : at.left;
  menu.style.top = `${Math.max(GAP, Math.min(top, innerHeight - size.height - GAP))}px`;
  menu.style.left = `${Math.max(GAP, Math.min(left, innerWidth - size.width - GAP))}px`;
}

const buttonOf = (menu) => document.querySelector(`[popovertarget="${menu.id}"]:not([popovertargetaction="hide"])`);

// "toggle" does not bubble, so it is caught on its way down.
document.addEventListener("toggle", (event) => {
  const menu = event.target;
  if (!(menu instanceof HTMLElement) || !menu.classList.contains("menu")) return;
  const button = buttonOf(menu);
  if (!button) return;
  button.setAttribute("aria-expanded", String(event.newState === "open"));
  if (event.newState !== "open") return;
  place(menu, button);
  menu.querySelector(":checked, .menu-item")?.focus({ preventScroll: true, focusVisible: false });
}, true);

// The figures of a reply arrive after their menu has opened, and change its size.
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.matches?.(".menu:popover-open")) place(event.target, buttonOf(event.target));
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const menu = event.target.closest?.(".menu:popover-open");
  if (!menu || event.target.matches("input")) return;
  const items = [...menu.querySelectorAll(".menu-item, input, button")].filter((item) => item.offsetParent);
  const step = event.key === "ArrowDown" ? 1 : -1;
  items[(items.indexOf(event.target) + step + items.length) % items.length]?.focus();
  event.preventDefault();
});

document.addEventListener("click", (event) => {
  const item = event.target.closest?.(".menu-item");
  if (item && !item.querySelector("input")) item.closest(":popover-open")?.hidePopover();
});
