/* The words on the card of a tool's call: how it stands, how long it took, what its parts are. */
import { word } from "./words.js";
import { watch } from "./watch.js";

const number = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 });

/** How a call stands that has no result: it runs, waits, or was never finished. */
function unfinished(card) {
  if (card.matches(".part-writing")) return word("toolWrites");
  const article = card.closest("article");
  if (article?.getAttribute("aria-busy") === "true") return word("toolRuns");
  return word(article?.dataset.state === "waiting" ? "toolWaits" : "toolUnfinished");
}

function standing(card) {
  const seconds = Number(card.dataset.seconds) >= 0.1 ? `${number.format(card.dataset.seconds)} s` : ""; // less is at once
  if (card.dataset.state === "open") return unfinished(card);
  return card.dataset.state === "failed" ? [word("toolFailed"), seconds].filter(Boolean).join(" · ") : seconds;
}

/** The way to the run of a workflow that was called. */
function leadOn(card) {
  const url = card.closest("article[data-message]")?.dataset.url;
  if (card.dataset.kind !== "workflow" || !url || card.querySelector(":scope > .tool-run")) return;
  const link = document.createElement("a");
  link.className = "tool-run";
  link.href = `${url}calls/${card.dataset.call}/`;
  link.textContent = word("toolRun");
  card.querySelector("details").after(link);
}

function label(card) {
  leadOn(card);
  const summary = card.querySelector("summary");
  const place = summary?.querySelector(".tool-state") ?? summary?.appendChild(document.createElement("span"));
  if (!place) return;
  place.className = "tool-state";
  place.textContent = standing(card);
  for (const part of card.querySelectorAll(".tool-part:not(:has(> .tool-label))")) {
    const heading = document.createElement("p");
    heading.className = "tool-label";
    heading.textContent = word(part.dataset.label === "arguments" ? "toolArguments" : "toolResult");
    part.prepend(heading);
  }
}

watch(".part-tool", label);
document.addEventListener("reply:end", (event) => {
  for (const card of event.target.querySelectorAll?.(".part-tool") ?? []) label(card);
});
