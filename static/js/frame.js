/*
 * Inside the sandboxed frame: draws what the page around it sends, {id, source, isDark}, and answers {id, height, svg} or
 * {id, error}; `svg` is the picture of a diagram. A classic script, since a module needs an origin, which this has not.
 */
"use strict";

const kind = document.body.dataset.kind;
const INERT = "script, base, meta, link, iframe, frame, object, embed, portal"; // what the policy stops anyway
const FIXED = ["secure", "securityLevel", "startOnLoad", "maxTextSize", "maxEdges", "suppressErrorRendering", "dompurifyConfig", "fontFamily", "themeCSS"];

/** Our tokens, as the renderer can read them. */
const COLOURS = {
  light: {
    background: "#fcfbf9", primaryColor: "#eceffa", primaryTextColor: "#23273a", primaryBorderColor: "#7d88b8", lineColor: "#6a7086",
    secondaryColor: "#f7efe4", tertiaryColor: "#f4f2ee", edgeLabelBackground: "#fcfbf9", noteBkgColor: "#f7efe4", noteTextColor: "#23273a",
  },
  dark: {
    darkMode: true, background: "#11131a", primaryColor: "#262c42", primaryTextColor: "#e8e6e2", primaryBorderColor: "#7f8cc4", lineColor: "#9aa0b4",
    secondaryColor: "#3a3026", tertiaryColor: "#1d2029", edgeLabelBackground: "#11131a", noteBkgColor: "#3a3026", noteTextColor: "#e8e6e2",
  },
};

const draw = {
  html(source) {
    const page = new DOMParser().parseFromString(source, "text/html");
    page.querySelectorAll(INERT).forEach((found) => found.remove());
    for (const { name, value } of page.body.attributes) if (!name.startsWith("on") && name !== "data-kind") document.body.setAttribute(name, value);
    document.body.replaceChildren(...page.head.querySelectorAll("style"), ...page.body.childNodes);
  },

  svg(source) {
    const picture = new DOMParser().parseFromString(source.trim(), "image/svg+xml");
    const error = picture.querySelector("parsererror");
    if (error) throw new Error(error.querySelector("div")?.textContent ?? error.textContent);
    picture.querySelectorAll("script").forEach((found) => found.remove());
    document.body.replaceChildren(picture.documentElement);
  },

  async mermaid(source, isDark) {
    mermaid.initialize({
      startOnLoad: false, securityLevel: "strict", secure: FIXED, suppressErrorRendering: true,
      theme: "base", themeVariables: COLOURS[isDark ? "dark" : "light"], fontFamily: "system-ui, sans-serif",
    });
    const { svg } = await mermaid.render("drawn", source);
    document.body.innerHTML = svg;
    const picture = document.body.firstElementChild, { width, height } = picture.viewBox.baseVal;
    picture.setAttribute("width", width); // as it is, not as wide as the frame
    picture.setAttribute("height", height);
    return new XMLSerializer().serializeToString(picture);
  },
};

window.addEventListener("message", async ({ source: sender, data }) => {
  if (sender !== parent) return;
  const { id, source, isDark } = data;
  const answer = (told) => parent.postMessage({ id, ...told }, "*"); // only our own pages can be around it
  document.documentElement.style.colorScheme = kind === "mermaid" && isDark ? "dark" : "light";
  try {
    const svg = await draw[kind](source, isDark);
    answer({ height: document.documentElement.scrollHeight, svg });
  } catch (error) {
    answer({ error: String(error?.message ?? error) });
  }
});

/** A link would lead the frame away, which is not allowed; one to a place in the page goes there. */
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]");
  if (link && !link.getAttribute("href").startsWith("#")) event.preventDefault();
});
document.addEventListener("submit", (event) => event.preventDefault());

parent.postMessage({ isReady: true }, "*");
