/* A workflow as a list, for phones, keyboards and screen readers: each step behind what leads to it, branches indented. */
import { handlesOf, nameOf, waysOf } from "./workflow-graph.js";
import { rows } from "./workflow-order.js";
import { icon } from "./words.js";

export class List {
  #rows = new Map(); // node -> its row
  #graph = null;

  /** `host`: the list; `open` is called for the node whose row was pressed. */
  constructor(host, { store, kinds, words, label, open }) {
    Object.assign(this, { host, store, kinds, words, label, open });
    host.addEventListener("click", (event) => {
      const row = event.target.closest("[data-node]");
      if (row) this.#take(row.dataset.node, event);
    });
    host.addEventListener("keydown", (event) => this.#press(event));
    host.addEventListener("focusin", ({ target }) => { if (target.dataset.node && !store.selection.has(target.dataset.node)) store.select([target.dataset.node]); });
    store.subscribe(() => this.show());
    this.show();
  }

  #take(id, { ctrlKey, metaKey, shiftKey }) {
    const isMore = ctrlKey || metaKey || shiftKey, others = this.store.selection;
    if (!isMore) {
      this.store.select([id]);
      return this.open(id);
    }
    this.store.select(others.has(id) ? [...others].filter((one) => one !== id) : [...others, id]);
  }

  #press(event) {
    const all = [...this.host.querySelectorAll("[data-node]")], at = all.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to === undefined || at < 0) return;
    event.preventDefault();
    all[Math.max(0, Math.min(to, all.length - 1))].focus();
  }

  focus(id) {
    this.#rows.get(id)?.querySelector("[data-node]").focus();
  }

  /** Shows what the store holds; rows that stay keep the focus. */
  show() {
    if (this.host.hidden) return;
    const { graph, selection } = this.store;
    if (graph !== this.#graph) this.#arrange(graph);
    for (const [id, row] of this.#rows) this.#mark(row.firstElementChild, id, selection);
  }

  #arrange(graph) {
    const found = new Map(), hadFocus = document.activeElement?.dataset?.node;
    let via = "";
    for (const { id, depth, via: branch } of rows(graph)) {
      const row = this.#rows.get(id) ?? this.#made(id);
      this.#fill(row, graph, id, depth, branch && branch !== via ? this.#branch(graph, branch) : "");
      via = branch;
      found.set(id, row);
    }
    this.#graph = graph;
    this.#rows = found;
    const now = [...found.values()];
    if (now.length !== this.host.children.length || now.some((row, n) => this.host.children[n] !== row)) {
      this.host.replaceChildren(...now);
      if (hadFocus) this.focus(hadFocus);
    }
  }

  #branch(graph, path) {
    const [id, handle] = path.split("|"), node = graph.nodes.get(id);
    if (handle === "body") return this.words.inside.replace("%s", nameOf(node));
    const way = handlesOf(node).find((one) => (one.id ?? "") === handle);
    return `${nameOf(node)}: ${way?.word || this.words[way?.is] || this.words.next}`;
  }

  #made(id) {
    const row = document.createElement("li"), button = document.createElement("button");
    Object.assign(button, { type: "button", className: "flow-row" });
    button.dataset.node = id;
    row.append(button);
    return row;
  }

  #fill(row, graph, id, depth, branch) {
    const node = graph.nodes.get(id), kind = this.kinds.get(node.type), button = row.firstElementChild;
    row.style.setProperty("--depth", depth);
    row.dataset.branch = branch;
    const symbol = span("flow-icon", icon(kind?.icon ?? "circle-alert")), words = span("flow-words");
    words.append(span("flow-name", nameOf(node) || node.data.title || node.data.text || kind?.title), small(this.#about(graph, node, kind)));
    button.replaceChildren(symbol, words, span("flow-marks"));
    button.classList.toggle("is-off", Boolean(node.data.disabled));
  }

  #about(graph, node, kind) {
    const to = waysOf(graph, node.id).out.map(({ target }) => nameOf(graph.nodes.get(target)));
    const known = to.slice(0, 3).join(", ") + (to.length > 3 ? " …" : "");
    return [kind?.title !== nameOf(node) && kind?.title, known && `→ ${known}`].filter(Boolean).join(" · ");
  }

  #mark(button, id, selection) {
    const { graph, faults, steps, people } = this.store, own = faults.filter(({ node }) => node === id);
    const step = steps.get(id)?.status, told = [step && this.words[`step_${step}`], ...own.map(({ text }) => text)].filter(Boolean);
    button.setAttribute("aria-label", [this.label(graph, graph.nodes.get(id)), ...told].join(". "));
    button.setAttribute("aria-pressed", String(selection.has(id)));
    const marks = button.lastElementChild;
    const shown = [...people.filter(({ node }) => node === id).map(({ initials }) => span("avatar flow-person", initials))];
    if (step) shown.push(span(`flow-step flow-step-${step}`, this.words[`step_${step}`]));
    else if (own.length) shown.push(span(`flow-fault${own.some(({ level }) => level === "error") ? " is-error" : ""}`, icon("triangle-alert")));
    marks.replaceChildren(...shown);
  }
}

function span(className, ...inner) {
  const made = document.createElement("span");
  made.className = className;
  made.append(...inner);
  return made;
}

const small = (text) => Object.assign(document.createElement("small"), { textContent: text });
