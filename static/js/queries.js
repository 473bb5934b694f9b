/* What a question about tables found: how many rows, out of how many, and the whole of it as a file or a sheet. */
import { icon, word } from "./words.js";
import { watch } from "./watch.js";

const number = new Intl.NumberFormat(document.documentElement.lang);

function fact(text) {
  const place = document.createElement("span");
  place.textContent = text;
  return place;
}

/** "Rows found: 12", and how many were read of which table. */
function facts(place) {
  const read = JSON.parse(place.dataset.read).map(([name, rows]) => `${number.format(rows)} (${name})`);
  const told = [fact(`${word("rowsFound")}: ${number.format(place.dataset.count)}`)];
  if (read.length) told.push(fact(`${word("rowsRead")}: ${read.join(", ")}`));
  place.replaceChildren(...told);
}

function act(name, label, href) {
  const link = document.createElement("a");
  link.className = "table-save";
  link.href = href;
  link.append(icon(name), label);
  return link;
}

/** The links below what was found; none where the page has no such addresses, as on a public one. */
function acts(query) {
  const base = query.closest("article")?.dataset.resultUrl;
  const call = query.closest("[data-call]")?.dataset.call;
  if (!base || !call) return null;
  const asked = `?call=${encodeURIComponent(call)}`;
  const keep = act("table", word("saveSheet"), `${base}keep/${asked}`);
  keep.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    window.htmx.ajax("GET", keep.href, { target: "#dialog-body", swap: "innerHTML" });
  });
  const box = document.createElement("div");
  box.className = "query-acts";
  box.append(
    act("download", word("csv"), `${base}${asked}&as=csv`),
    act("download", word("excel"), `${base}${asked}&as=xlsx`),
    keep,
  );
  return box;
}

watch("[data-query]", (query) => {
  const place = query.querySelector(".query-facts");
  if (!place || query.querySelector(".query-foot")) return;
  facts(place);
  const foot = document.createElement("div");
  foot.className = "query-foot";
  place.before(foot);
  foot.append(place);
  const links = acts(query);
  if (!links) return;
  foot.append(links);
  const own = query.querySelector("[data-table] .table-acts"); // what it saves is what is on show alone
  own?.querySelector(".table-save")?.remove();
  if (own?.childElementCount === 0) own.remove();
});
