/* The theme changes at once; the server keeps it as the person's preference. */
document.querySelector("[data-theme-form]")?.addEventListener("change", (event) => {
  if (event.target.name === "theme") document.documentElement.dataset.theme = event.target.value;
});
