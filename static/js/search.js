/* The search's field: an operator is completed with the names that it can take. */

const field = document.getElementById("search-q");
const list = document.getElementById("search-completions");

function complete() {
  const operators = [...document.querySelectorAll("template[data-operator]")];
  const [, before, word] = field.value.match(/^(.*?)(\S*)$/s);
  const [name, typed] = word.split(/:(.*)/s);
  const chosen = typed !== undefined && operators.find((one) => one.dataset.operator === name);
  const quoted = (text) => (/\s/.test(text) ? `"${text}"` : text);
  const words = chosen
    ? [...chosen.content.querySelectorAll("span")].map((one) => `${name}:${quoted(one.textContent)}`)
    : operators.map((one) => `${one.dataset.operator}:`);
  const fitting = word ? words.filter((one) => one.toLowerCase().startsWith(word.toLowerCase()) && one !== word) : [];
  list.replaceChildren(...fitting.slice(0, 20).map((one) => new Option(one, before + one)));
}

field?.addEventListener("input", complete);
