/* What tables of results can do: sorted by a column, filtered, saved as CSV. And the words around results. */
import { ordered } from "./order.js";
import { icon, word } from "./words.js";
import { watch } from "./watch.js";

const LEAST_FILTERED = 6; // rows
const number = new Intl.NumberFormat(document.documentElement.lang);

/** A cell's number, or null: text is no number. */
function numeric(text) {
  return text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : null;
}

/** Sorts by a column; again the other way. */
function sort(table, heading) {
  const column = heading.cellIndex;
  const way = heading.getAttribute("aria-sort") === "ascending" ? -1 : 1;
  for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
  heading.setAttribute("aria-sort", way > 0 ? "ascending" : "descending");
  const body = table.tBodies[0];
  const rows = [...body.rows], texts = rows.map((row) => row.cells[column]?.textContent ?? "");
  body.append(...ordered(texts, way, document.documentElement.lang).map((n) => rows[n]));
}

function makeSortable(table) {
  for (const heading of table.tHead.rows[0].cells) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "table-sort";
    button.append(...heading.childNodes);
    button.addEventListener("click", () => sort(table, heading));
    heading.append(button);
  }
}

function filterField(table) {
  const field = document.createElement("input");
  field.type = "search";
  field.className = "table-filter";
  field.placeholder = word("filter");
  field.setAttribute("aria-label", word("filter"));
  field.addEventListener("input", () => {
    const asked = field.value.trim().toLocaleLowerCase();
    for (const row of table.tBodies[0].rows) row.hidden = !row.textContent.toLocaleLowerCase().includes(asked);
  });
  return field;
}

/** A cell of CSV. One that a spreadsheet would take for a formula is made text; a plain number stays one. */
export function cell(text) {
  const safe = /^\s*[=+\-@\t\r]/.test(text) && numeric(text) === null ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** The rows on show, as CSV. */
function csv(table) {
  const rows = [...table.rows].filter((row) => !row.hidden);
  return rows.map((row) => [...row.cells].map((one) => cell(one.textContent)).join(",")).join("\r\n");
}

function saveButton(figure, table) {
  const link = document.createElement("a");
  link.className = "table-save";
  link.href = "#";
  link.append(icon("download"), word("csv"));
  link.addEventListener("click", () => {
    const name = figure.querySelector("figcaption")?.textContent.replace(/[^\p{L}\p{N} -]/gu, "").trim();
    link.download = `${name || "table"}.csv`;
    link.href = URL.createObjectURL(new Blob(["\ufeff", csv(table)], { type: "text/csv" }));
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  });
  return link;
}

watch("[data-table]", (figure) => {
  const table = figure.querySelector("table");
  if (!table || figure.querySelector(".table-acts")) return;
  makeSortable(table);
  const acts = document.createElement("div");
  acts.className = "table-acts";
  if (table.tBodies[0].rows.length >= LEAST_FILTERED) acts.append(filterField(table));
  acts.append(saveButton(figure, table));
  figure.querySelector(".table-scroll").before(acts);
});
watch(".left-out", (place) => {
  const unit = place.dataset.unit.replace(/^./, (letter) => letter.toUpperCase());
  place.textContent = `${number.format(place.dataset.leftOut)} ${word(`leftOut${unit}`)}`;
});
watch("summary[data-label]", (summary) => {
  summary.textContent = word(summary.dataset.label);
});
