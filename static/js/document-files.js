/* Files on the page of documents: chosen or dropped, sent up one after the other with their progress. */
import { tellFailure, toast } from "./toast.js";
import { announce, word } from "./words.js";
import { token } from "./http.js";

const PAUSES = [1000, 2000, 4000, 8000]; // milliseconds
const form = document.getElementById("document-add");
const list = document.getElementById("document-uploads");
let atOnce = Promise.resolve(); // files go up one after the other

function add(files) {
  for (const file of files) {
    const tile = document.getElementById("document-upload-template").content.firstElementChild.cloneNode(true);
    tile.querySelector(".file-name").textContent = file.name;
    list.append(tile);
    const cancel = tile.querySelector("[data-cancel-file]");
    cancel.setAttribute("aria-label", `${cancel.getAttribute("aria-label")} ${file.name}`);
    cancel.addEventListener("click", () => tile.remove(), { once: true });
    atOnce = atOnce.then(() => (tile.isConnected ? upload(file, tile, PAUSES) : null));
  }
  atOnce = atOnce.then(showList);
}

/** Sends one file; where others are busy it is sent again after each of the pauses. */
function upload(file, tile, pauses) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest(); // fetch tells nothing of how far a request is
    const bar = tile.querySelector("progress");
    const body = new FormData(form);
    body.set("upload", file, file.name);
    request.open("POST", form.action);
    for (const [name, value] of [["HX-Request", "true"], ["HX-Current-URL", location.href], ["X-CSRFToken", token()]]) {
      request.setRequestHeader(name, value);
    }
    request.upload.addEventListener("progress", ({ loaded, total }) => { bar.value = loaded / total; });
    tile.querySelector("[data-cancel-file]").addEventListener("click", () => request.abort(), { once: true });
    request.addEventListener("loadend", () => {
      if ([429, 503].includes(request.status) && pauses.length && tile.isConnected) {
        setTimeout(() => resolve(tile.isConnected ? upload(file, tile, pauses.slice(1)) : null), pauses[0]);
        return;
      }
      settle(request, tile);
      resolve();
    });
    request.send(body);
  });
}

function settle(request, tile) {
  const isWanted = tile.isConnected; // else it was cancelled
  tile.remove();
  if (!isWanted) return;
  if (request.status === 201) announce(word("fileAdded"));
  else if (request.getResponseHeader("Content-Type")?.startsWith("text/plain")) toast(request.responseText);
  else if (request.status === 413) toast(word("fileTooLarge"));
  else tellFailure(request.status);
}

/** Shows the list anew: what was added stands in it, with how far its reading is. */
function showList() {
  return window.htmx.ajax("GET", location.href, { target: "#documents-found" });
}

if (form && list) {
  const input = form.elements.upload;
  input.addEventListener("change", () => {
    add([...input.files]);
    input.value = ""; // they go up by themselves
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
  });
}
