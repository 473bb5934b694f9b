/* The words and icons that scripts put into the page; the server translates them into <template id="words">. */
const source = document.getElementById("words")?.dataset ?? {};

/** Takes a word's name as in the template ("copyCode"); gives the sentence in the reader's language. */
export function word(name) {
  return source[name] ?? "";
}

/** Takes an icon's name in the sprite; gives an <svg> that assistive technology passes over. */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${source.icons}#${name}`);
  svg.append(use);
  return svg;
}

/** Says a sentence to screen readers without showing it. */
export function announce(sentence) {
  const region = document.getElementById("announcer");
  if (!region) return;
  region.textContent = "";
  requestAnimationFrame(() => { region.textContent = sentence; });
}
