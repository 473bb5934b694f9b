/* Images from elsewhere are loaded by a click only, through this server. Until then a chip shows where they come from. */
import { toast } from "./toast.js";
import { icon, word } from "./words.js";
import { watch } from "./watch.js";

let atOnce = Promise.resolve(); // a person loads one image at a time; the others stand in line

watch("a.remote-image", (chip) => {
  if (chip.dataset.alt !== undefined) return;
  const alt = chip.textContent.trim();
  chip.dataset.alt = alt;
  const words = document.createElement("span");
  words.textContent = alt || word("image");
  const host = document.createElement("small");
  host.textContent = chip.closest("article[data-image-url]") ? `${word("loadImage")} ${chip.dataset.host}` : chip.dataset.host;
  chip.replaceChildren(icon("image"), words, " ", host);
});

/** The address of this server's copy: images are counted within the message, as the server counts them. */
function addressOf(chip) {
  const article = chip.closest("article");
  const index = [...article.querySelectorAll("[data-body] a.remote-image")].indexOf(chip);
  return article.dataset.imageUrl.replace(/0(\/?)$/, `${index}$1`);
}

document.addEventListener("click", (event) => {
  const chip = event.target.closest("a.remote-image");
  // Once loaded it is a link to the original; with a modifier key it always is.
  if (!chip || chip.classList.contains("is-loaded") || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const article = chip.closest("article[data-image-url]");
  if (!article) return;
  event.preventDefault();
  if (chip.classList.contains("is-loading")) return;
  chip.classList.add("is-loading");
  atOnce = atOnce.then(() => load(chip));
});

/** Shows the image in the place of its chip, or says that it failed; resolves with either. */
function load(chip) {
  return new Promise((resolve) => {
    const image = new Image();
    image.alt = chip.dataset.alt || word("image");
    image.addEventListener("load", () => {
      chip.classList.replace("is-loading", "is-loaded");
      chip.replaceChildren(image);
      resolve();
    });
    image.addEventListener("error", () => {
      chip.classList.remove("is-loading");
      toast(word("imageFailed"));
      resolve();
    });
    image.src = addressOf(chip);
  });
}
