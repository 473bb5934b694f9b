/* Diagrams of Mermaid in texts of documents: drawn once each in a frame that nobody sees, shown as pictures above their source. */
import { Frame } from "./frames.js";
import { word } from "./words.js";

const PLACES = ".document-text, .document-preview, .shared-document";
const BLOCK = '.code[data-lang="mermaid"]';
const drawn = new Map(); // source -> a promise of {src} or {error}
let frame;

/** Draws those below an element that are not drawn yet. */
function show(root) {
  for (const block of root.querySelectorAll(BLOCK)) {
    if (block.parentElement.closest(".diagram")) continue;
    const source = block.querySelector("pre").textContent.trim();
    if (source) put(block, source);
  }
}

/** Stands in the place of the block at once, so that a text that is shown anew keeps its diagrams. */
async function put(block, source) {
  const figure = document.createElement("figure"), more = document.createElement("details"), summary = document.createElement("summary");
  figure.className = "diagram";
  summary.textContent = word("diagramSource");
  block.replaceWith(figure);
  more.append(summary, block);
  figure.append(more);
  if (!drawn.has(source)) drawn.set(source, draw(source));
  const { src, error } = await drawn.get(source);
  figure.prepend(src ? picture(src) : told(error));
  more.open = !src;
}

async function draw(source) {
  if (!frame) {
    frame = new Frame("mermaid", word("diagram"));
    frame.element.tabIndex = -1;
    const place = document.createElement("div");
    place.className = "frame-unseen";
    place.setAttribute("aria-hidden", "true");
    place.append(frame.element);
    document.body.append(place);
  }
  try {
    const { svg } = await frame.draw(source);
    return { src: `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}` };
  } catch (error) {
    return { error: error.message };
  }
}

/** A wide one is scrolled on a phone, not made too small to read. */
function picture(src) {
  const image = new Image(), place = document.createElement("div");
  image.src = src;
  image.alt = word("diagram");
  place.className = "diagram-shown";
  place.tabIndex = 0;
  place.role = "group";
  place.setAttribute("aria-label", word("diagram"));
  place.append(image);
  return place;
}

function told(error) {
  const notice = document.createElement("p");
  notice.className = "diagram-error";
  notice.textContent = `${word("diagramFailed")} ${error}`;
  return notice;
}

for (const place of document.querySelectorAll(PLACES)) {
  show(place);
  new MutationObserver(() => show(place)).observe(place, { childList: true, subtree: true });
}
