/* What the editor shows: the graph, what is selected, what is wrong, what runs; and what can be undone. */
import { applied, graphOf, inverse } from "./workflow-graph.js";

const MOST = 200; // entries that can be undone
const BURST = 2_000; // ms within which changes of one field are one entry

export class Store {
  graph = graphOf({});
  selection = new Set();
  faults = []; // {node, field, code, level, text}
  runStatus = ""; // how the run is that is followed
  steps = new Map(); // node -> how its step is in it: {status, taken: the handles by which it went on}
  people = []; // who else is here: {id, name, initials, node}
  #undo = [];
  #redo = [];
  #listeners = new Set();
  #send;

  /** `send` takes the operations of each act, to be saved. */
  constructor(send) {
    this.#send = send;
  }

  subscribe = (listener) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  tell() {
    for (const listener of this.#listeners) listener();
  }

  // ---- acts ----------------------------------------------------------------------------------------------
  /** Does operations as one act, which can be undone as one; those with the same `fold` shortly after belong to it. */
  run(operations, { fold = "" } = {}) {
    if (!operations.length) return;
    const back = this.#apply(operations), last = this.#undo.at(-1);
    if (fold && last?.fold === fold && Date.now() - last.at < BURST) {
      this.#undo[this.#undo.length - 1] = { ...last, there: [...last.there, ...operations], back: [...back, ...last.back], at: Date.now() };
    } else this.#undo = [...this.#undo, { there: operations, back, fold, at: Date.now() }].slice(-MOST);
    this.#redo = [];
    this.tell();
  }

  /** Takes up as an act what has been saved another way: a form of a node beside the canvas. */
  note(operations, back) {
    this.#undo = [...this.#undo, { there: operations, back, fold: "", at: Date.now() }].slice(-MOST);
    this.#redo = [];
  }

  undo() {
    const entry = this.#undo.pop();
    if (!entry) return false;
    this.#apply(entry.back);
    this.#redo.push({ ...entry, fold: "" });
    this.tell();
    return true;
  }

  redo() {
    const entry = this.#redo.pop();
    if (!entry) return false;
    this.#apply(entry.there);
    this.#undo.push(entry);
    this.tell();
    return true;
  }

  get canUndo() {
    return this.#undo.length > 0;
  }

  get canRedo() {
    return this.#redo.length > 0;
  }

  /** Applies and sends operations; returns those that take them back. */
  #apply(operations) {
    let back = [];
    for (const operation of operations) {
      back = [...inverse(this.graph, operation), ...back];
      this.graph = applied(this.graph, [operation]);
    }
    this.#prune();
    this.#send(operations.map(({ id, ...operation }) => operation));
    return back;
  }

  // ---- what comes from elsewhere -------------------------------------------------------------------------
  /** Shows another graph: what the server has, with what it has not yet. What did not change stays the same object. */
  show(graph) {
    const nodes = new Map([...graph.nodes].map(([id, node]) => [id, kept(this.graph.nodes.get(id), node)]));
    this.graph = { nodes, edges: graph.edges };
    this.#prune();
    this.tell();
  }

  /** Selects nodes by their ids, and no others. */
  select(ids) {
    const found = new Set(ids);
    if (found.size === this.selection.size && [...found].every((id) => this.selection.has(id))) return;
    this.selection = found;
    this.tell();
  }

  /** Takes over what is known beside the graph: {faults, steps, people}. */
  know(facts) {
    Object.assign(this, facts);
    this.tell();
  }

  /** The selected node, if it is one. */
  get chosen() {
    return this.selection.size === 1 ? this.graph.nodes.get([...this.selection][0]) : undefined;
  }

  #prune() {
    const left = [...this.selection].filter((id) => this.graph.nodes.has(id));
    if (left.length < this.selection.size) this.selection = new Set(left);
  }
}

const kept = (before, now) => (before && JSON.stringify(before) === JSON.stringify(now) ? before : now);
