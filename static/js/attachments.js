/* Files in the composer: chosen, pasted or dropped, sent up one by one with their progress, kept over a reload. */
import { tellFailure, toast } from "./toast.js";
import { announce, word } from "./words.js";
import { token } from "./http.js";
import { find, keep, placeOf } from "./unsent.js";

const form = document.getElementById("composer");
const list = document.getElementById("files");
const input = document.getElementById("upload");
const area = document.getElementById("composer-text");
const place = form && placeOf(form, "files");
const kept = () => [...list.querySelectorAll("[data-file]")];
const PAUSES = [1000, 2000, 4000, 8000]; // milliseconds
let atOnce = Promise.resolve(); // files go up one after the other

let coming = 0; // answers that bring files back

/** Whether files are on their way up, or back into the composer. */
export const isUploading = () => coming > 0 || Boolean(list?.querySelector(".file-uploading"));

/** Whether the composer holds files. */
export const hasFiles = () => Boolean(list?.querySelector("[data-file]"));

/** Takes the files out of the composer; gives what puts them back. */
export function take() {
  const tiles = kept();
  list?.replaceChildren();
  remember();
  return () => {
    list?.append(...tiles);
    remember();
  };
}

function remember() {
  const ids = list ? kept().map((tile) => tile.dataset.file) : [];
  keep(place, ids.join(" "));
}

function add(files) {
  for (const file of files) {
    const tile = document.getElementById("file-template").content.firstElementChild.cloneNode(true);
    tile.querySelector(".file-name").textContent = file.name;
    list.append(tile);
    let isCancelled = false;
    const cancel = tile.querySelector("[data-cancel-file]");
    cancel.setAttribute("aria-label", `${cancel.getAttribute("aria-label")} ${file.name}`);
    cancel.addEventListener("click", () => { isCancelled = true; tile.remove(); area.focus(); }, { once: true });
    atOnce = atOnce.then(() => (isCancelled ? null : upload(file, tile, cancel, PAUSES)));
  }
}

/** Sends one file; its tile becomes the server's, or goes with a notice that says why. While other files are read it is
 * sent again after each of the pauses. */
function upload(file, tile, cancel, pauses) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest(); // fetch tells nothing of how far a request is
    const bar = tile.querySelector("progress");
    const body = new FormData();
    body.append("upload", file, file.name);
    request.open("POST", list.dataset.url);
    for (const [name, value] of [["HX-Request", "true"], ["HX-Current-URL", location.href], ["X-CSRFToken", token()]]) {
      request.setRequestHeader(name, value);
    }
    request.upload.addEventListener("progress", ({ loaded, total }) => { bar.value = loaded / total; });
    request.upload.addEventListener("load", () => bar.removeAttribute("value")); // it is being read now
    cancel.addEventListener("click", () => request.abort(), { once: true });
    request.addEventListener("loadend", () => {
      const isBusy = [429, 503].includes(request.status) && isTold(request);
      if (isBusy && pauses.length && tile.isConnected) {
        setTimeout(() => resolve(tile.isConnected ? upload(file, tile, cancel, pauses.slice(1)) : null), pauses[0]);
        return;
      }
      settle(request, tile);
      resolve();
    });
    request.send(body);
  });
}

/** Whether the answer is a sentence for the person. */
const isTold = (request) => request.getResponseHeader("Content-Type")?.startsWith("text/plain");

function settle(request, tile) {
  if (!tile.isConnected) return; // it was cancelled
  if (request.status === 201) {
    const shell = document.createElement("template");
    shell.innerHTML = request.responseText;
    const made = shell.content.querySelector("[data-file]");
    tile.replaceWith(made);
    window.htmx.process(made);
    remember();
    announce(word("fileAdded"));
    return;
  }
  tile.remove();
  if (isTold(request)) toast(request.responseText);
  else if (request.status === 413) toast(word("fileTooLarge"));
  else tellFailure(request.status);
}

/** Puts files into the composer, by their ids, as far as they still wait. */
export async function bringBack(ids) {
  if (!ids.length) return;
  const query = new URLSearchParams(ids.map((id) => ["id", id]));
  coming += 1;
  try {
    const response = await fetch(`${list.dataset.url}?${query}`, { headers: { "HX-Request": "true" } });
    if (!response.ok) return tellFailure(response.status);
    list.insertAdjacentHTML("beforeend", await response.text());
    window.htmx.process(list);
    remember();
  } catch {
    tellFailure(0);
  } finally {
    coming -= 1;
  }
}

if (form && input) {
  input.addEventListener("change", () => {
    add(input.files);
    input.value = ""; // they go up by themselves, not with the message
  });
  area.addEventListener("paste", (event) => {
    const pasted = event.clipboardData;
    if (!pasted?.files.length || pasted.types.includes("text/plain")) return; // a table brings a picture of itself along
    event.preventDefault();
    add(pasted.files);
  });
  list.addEventListener("htmx:afterRequest", ({ detail }) => {
    if (detail.requestConfig.elt.matches("[data-remove-file]")) { remember(); area.focus(); }
  });
  const holdsFiles = (event) => event.dataTransfer?.types.includes("Files");
  let depth = 0; // of the elements that are being dragged over
  const show = (step) => {
    depth = Math.max(0, depth + step);
    document.body.classList.toggle("is-dropping", depth > 0);
  };
  addEventListener("dragenter", (event) => { if (holdsFiles(event)) show(1); });
  addEventListener("dragleave", (event) => { if (holdsFiles(event)) show(-1); });
  addEventListener("dragover", (event) => { if (holdsFiles(event)) event.preventDefault(); });
  addEventListener("drop", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    show(-depth);
    add(event.dataTransfer.files);
    area.focus();
  });
  bringBack(find(place).split(" ").filter(Boolean)); // the page was loaded anew
}
