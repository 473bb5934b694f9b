/* What is to be known of a workflow beside its graph: whether it is saved, what is wrong, what was refused, who else is here. */
import { nameOf } from "./workflow-graph.js";
import { announce, icon } from "./words.js";

/** Shows the state of saving in `place`, and says when it changes for the worse or back. */
export class State {
  #before = "";

  constructor(place, words) {
    Object.assign(this, { place, words });
  }

  show(sync) {
    const name = sync.refused.length ? "refused" : sync.state;
    const text = name === "refused" ? this.words.refused.replace("%s", sync.refused.length) : this.words[`state_${name}`];
    if (text === this.#before) return;
    this.place.textContent = text;
    this.place.classList.toggle("is-unsaved", !["saved", "saving"].includes(name));
    if (this.place.classList.contains("is-unsaved") || this.#before === this.words.state_unreachable) announce(text);
    this.#before = text;
  }
}

/** The faults: their number on a button, each in a list that leads to its field. */
export class Faults {
  #shown = null;

  constructor({ button, list, store, words, go }) {
    Object.assign(this, { button, list, store, words });
    list.addEventListener("click", (event) => {
      const item = event.target.closest("[data-n]");
      if (item) go(store.faults[item.dataset.n]);
    });
    store.subscribe(() => this.show());
    this.show();
  }

  show() {
    const { faults, graph } = this.store;
    if (faults === this.#shown) return;
    this.#shown = faults;
    const errors = faults.filter(({ level }) => level === "error").length, many = errors || faults.length;
    this.button.replaceChildren(icon(errors ? "circle-alert" : faults.length ? "triangle-alert" : "circle-check"), String(many || ""));
    this.button.classList.toggle("is-error", errors > 0);
    this.button.setAttribute("aria-label", many ? this.words.faults.replace("%s", many) : this.words.noFaults);
    this.list.replaceChildren(...(faults.length ? faults.map((fault, n) => this.#item(fault, n, graph)) : [this.#none()]));
  }

  #item({ node, level, text }, n, graph) {
    const item = document.createElement("button"), words = document.createElement("span");
    Object.assign(item, { type: "button", className: `menu-item flow-told${level === "error" ? " is-error" : ""}` });
    item.dataset.n = n;
    words.className = "menu-words";
    words.append(text);
    const about = nameOf(graph.nodes.get(node));
    if (about) words.append(Object.assign(document.createElement("small"), { textContent: about }));
    item.append(icon(level === "error" ? "circle-alert" : "triangle-alert"), words);
    return item;
  }

  #none = () => Object.assign(document.createElement("p"), { className: "menu-note", textContent: this.words.noFaults });
}

/** What the server refused: both values beside one another, and what becomes of it. */
export class Refusals {
  #shown = "";

  constructor({ place, template, store, sync, words }) {
    Object.assign(this, { place, template, store, sync, words });
  }

  show() {
    const { refused } = this.sync, now = refused.map(({ operation, code }) => operation.id + code).join();
    if (now === this.#shown) return;
    this.#shown = now;
    this.place.replaceChildren(...refused.map((one) => this.#box(one)));
    this.place.hidden = !refused.length;
    if (refused.length) announce(refused.at(-1).sentence);
  }

  #box(refused) {
    const box = this.template.content.firstElementChild.cloneNode(true), { operation, code } = refused;
    const name = nameOf(this.store.graph.nodes.get(operation.node) ?? refused.node);
    box.querySelector("[data-sentence]").textContent = [name && `${name}:`, refused.sentence].filter(Boolean).join(" ");
    const isChoice = refused.state === "conflict", hasTexts = isChoice && operation.op === "set" && code !== "gone";
    box.querySelector("[data-texts]").hidden = !hasTexts;
    box.querySelector("[data-theirs]").textContent = shown(refused.theirs, this.words);
    box.querySelector("[data-ours]").textContent = shown(operation.value, this.words);
    if (refused.by) box.querySelector("[data-by]").textContent = `· ${refused.by}`;
    const [drop, insist] = ["drop", "insist"].map((act) => box.querySelector(`[data-refused="${act}"]`));
    drop.textContent = isChoice ? this.words[`drop_${kindOf(operation, code)}`] : this.words.letGo;
    insist.textContent = this.words[`insist_${kindOf(operation, code)}`] ?? "";
    insist.hidden = !isChoice;
    drop.addEventListener("click", () => this.#decide(() => this.sync.drop(refused)));
    insist.addEventListener("click", () => this.#decide(() => this.sync.insist(refused)));
    return box;
  }

  #decide(act) {
    act();
    (this.place.querySelector("button") ?? document.getElementById("main")).focus();
  }
}

const kindOf = ({ op }, code) => (code === "gone" ? "gone" : op === "delete" ? "delete" : "text");

/** A value as people can compare it: a text as it is, what has parts as lines. */
function shown(value, words) {
  if (typeof value === "boolean") return value ? words.yes : words.no;
  if (value === undefined || value === null) return "–";
  if (typeof value === "string") return value;
  if (Array.isArray(value) && value.every((part) => part && ("text" in part || "ref" in part))) {
    return value.map((part) => part.text ?? `{${[].concat(part.ref?.path ?? []).join(".")}}`).join("");
  }
  return JSON.stringify(value, null, 2);
}

/** Faces of those who have the workflow open. */
export class People {
  #shown = null;

  constructor(place, store) {
    store.subscribe(() => {
      if (store.people === this.#shown) return;
      this.#shown = store.people;
      place.replaceChildren(...store.people.map(({ name, initials }) => {
        const face = Object.assign(document.createElement("li"), { className: "avatar", title: name, textContent: initials });
        face.setAttribute("aria-label", name);
        return face;
      }));
      place.hidden = !store.people.length;
    });
  }
}

/** How the run is that is followed. */
export class Following {
  constructor(place, store, words) {
    let before = "";
    store.subscribe(() => {
      if (!place || store.runStatus === before) return;
      before = store.runStatus;
      place.querySelector("[data-status]").textContent = words[`run_${store.runStatus}`];
      announce(words[`run_${store.runStatus}`]);
    });
  }
}
