/* Folders in the rail: chats and folders are dragged onto them, and what is folded stays so. Tags: Backspace removes the last. */
import { Failed, post } from "./http.js";
import { tellFailure } from "./toast.js";

const FOLDED = "folders:folded";
const tree = document.getElementById("folders");

// ---- folding ------------------------------------------------------------------------------------------------------
const readFolded = () => new Set(JSON.parse(localStorage.getItem(FOLDED) ?? "[]"));

/** Hides what lies in folded folders. */
function showFolds() {
  const folded = readFolded();
  let hiddenBelow = Infinity;
  for (const row of tree.querySelectorAll("[data-folder]")) {
    const depth = Number(row.dataset.depth);
    if (depth <= hiddenBelow) hiddenBelow = Infinity;
    row.hidden = depth > hiddenBelow;
    const isFolded = folded.has(row.dataset.folder);
    row.querySelector(".folder-fold")?.setAttribute("aria-expanded", String(!isFolded));
    if (isFolded && !row.hidden) hiddenBelow = depth;
  }
}

tree?.addEventListener("click", (event) => {
  const row = event.target.closest(".folder-fold")?.closest("[data-folder]");
  if (!row) return;
  const folded = readFolded();
  if (!folded.delete(row.dataset.folder)) folded.add(row.dataset.folder);
  localStorage.setItem(FOLDED, JSON.stringify([...folded]));
  showFolds();
});
tree?.addEventListener("htmx:afterSwap", showFolds);
if (tree) showFolds();

// ---- dragging -----------------------------------------------------------------------------------------------------
let dragged = null; // where it is moved by a post: {url, folder} of a chat or a folder

document.addEventListener("dragstart", ({ target }) => {
  const link = target.closest?.(".rail .row-link");
  if (!link) return;
  const folder = link.closest("[data-folder]");
  dragged = { url: folder ? folder.dataset.move : `${link.pathname}folder/`, folder: folder?.dataset.folder };
});
document.addEventListener("dragend", () => { dragged = null; mark(null); });

const placeOf = ({ target }) => dragged && target.closest?.("#folders :is([data-folder], .folders-head)");

function mark(place) {
  for (const other of tree?.querySelectorAll(".is-over") ?? []) if (other !== place) other.classList.remove("is-over");
  place?.classList.add("is-over");
}

document.addEventListener("dragover", (event) => {
  const place = placeOf(event);
  mark(place && place.dataset.folder !== dragged.folder ? place : null);
  if (place) event.preventDefault();
});

document.addEventListener("drop", async (event) => {
  const place = placeOf(event);
  if (!place || (dragged.folder && place.dataset.folder === dragged.folder)) return;
  event.preventDefault();
  const body = new FormData();
  body.set("folder", place.dataset.folder ?? ""); // the heading stands for no folder
  try {
    await post(dragged.url, body);
  } catch (failed) {
    if (!(failed instanceof Failed)) throw failed;
    if (!failed.isTold) tellFailure(failed.status);
  }
});

// ---- tags ---------------------------------------------------------------------------------------------------------
document.addEventListener("keydown", (event) => {
  if (event.key !== "Backspace" || !event.target.matches("[data-tag-name]") || event.target.value) return;
  const last = [...document.querySelectorAll("#chat-tags .tag-chip button")].at(-1);
  if (!last) return;
  event.preventDefault();
  last.click();
});
// Whoever types tags types several.
document.addEventListener("htmx:afterSwap", ({ target, detail }) => {
  if (target.id === "chat-tags" && detail.elt !== document.body) document.getElementById("tag-name")?.focus();
});
