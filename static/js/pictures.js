/* Pictures in texts of documents: pasted, dropped or chosen, described, then sent; what stands for them goes into the text. */
import { token } from "./http.js";

const form = document.querySelector("[data-document-form]"), url = form?.dataset.pictureUrl;
const dialog = document.querySelector("[data-picture-dialog]");
const queue = [];

const pictures = (files) => [...files].filter(({ type }) => type.startsWith("image/"));

function add(files) {
  queue.push(...files);
  if (!dialog.open) next();
}

/** Asks what the next picture shows. */
function next() {
  const file = queue[0];
  if (!file) return;
  const shown = dialog.querySelector("[data-picture-shown]"), alt = dialog.querySelector("#picture-alt");
  URL.revokeObjectURL(shown.src);
  shown.src = URL.createObjectURL(file);
  alt.value = "";
  tell("");
  dialog.showModal();
  alt.focus();
}

function tell(error) {
  const place = dialog.querySelector("[data-picture-error]");
  place.textContent = error;
  place.hidden = !error;
}

async function send() {
  const body = new FormData(), button = dialog.querySelector(".button-primary");
  body.append("picture", queue[0]);
  body.append("alt", dialog.querySelector("#picture-alt").value);
  button.setAttribute("aria-busy", "true");
  const headers = { Accept: "application/json", "X-CSRFToken": token() };
  const response = await fetch(url, { method: "POST", body, headers, credentials: "same-origin" }).catch(() => null);
  const isTold = response?.headers.get("Content-Type")?.includes("json");
  const answer = isTold ? await response.json() : { error: dialog.querySelector("[data-picture-error]").dataset.failed };
  button.removeAttribute("aria-busy");
  if (answer.error) return tell(answer.error);
  dialog.close();
  form.dispatchEvent(new CustomEvent("insert-words", { detail: answer.markdown }));
}

function listen(panes) {
  panes.addEventListener("paste", (event) => {
    const { files, types } = event.clipboardData, found = pictures(files);
    if (!found.length || types.includes("text/plain")) return; // a table brings a picture of itself along
    event.preventDefault();
    event.stopPropagation();
    add(found);
  }, true);
  panes.addEventListener("dragover", (event) => { if (event.dataTransfer.types.includes("Files")) event.preventDefault(); });
  panes.addEventListener("drop", (event) => {
    const found = pictures(event.dataTransfer.files);
    if (!found.length) return;
    event.preventDefault();
    event.stopPropagation();
    add(found);
  }, true);
  for (const [name, is] of [["dragenter", true], ["dragleave", false], ["drop", false]]) {
    panes.addEventListener(name, ({ target, dataTransfer }) => {
      target.closest(".document-editor, .document-source")?.classList.toggle("is-dropping", is && dataTransfer.types.includes("Files"));
    });
  }
}

if (url && dialog) {
  listen(form.querySelector(".document-panes"));
  const chosen = form.querySelector("[data-picture-file]");
  form.querySelector("[data-picture-add]").hidden = false;
  chosen.addEventListener("change", () => {
    add(pictures(chosen.files));
    chosen.value = "";
  });
  dialog.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  dialog.addEventListener("close", () => {
    queue.shift();
    next();
  });
}
