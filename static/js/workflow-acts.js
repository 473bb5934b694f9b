/* What the buttons and keys of the workflow editor do with what is selected. */
import { behind, isStep } from "./workflow-commands.js";
import { edgesOf, handlesOf, nameOf, waysOf } from "./workflow-graph.js";
import { announce } from "./words.js";

export class Acts {
  /** `editor`: {store, commands, sync, kinds, words, chooser, canvas (null while there is none), open, run}. */
  constructor(editor) {
    this.editor = editor;
  }

  get #ids() {
    return [...this.editor.store.selection];
  }

  get #graph() {
    return this.editor.store.graph;
  }

  /** Does an act by its name; one that there is not does nothing. */
  do(name) {
    return this[name]?.();
  }

  // ---- made ----------------------------------------------------------------------------------------------
  /** Asks for a kind of step and adds one, where `place` says: {after, handle, edge, position, parentId}. */
  async add(place = {}) {
    const { kinds, words, chooser } = this.editor;
    const hasInput = [...this.#graph.nodes.values()].some(({ type }) => type === "input");
    const offered = [...kinds.values()].filter(({ data }) => data).filter(({ name }) => !(place.after || place.edge) || name !== "input");
    const options = offered.map(({ name, title, icon, category }) => ({
      name, label: title, icon, group: category, reason: name === "input" && hasInput ? words.oneInput : "",
    }));
    const chosen = await chooser.ask(words.add, options, words.noSuch);
    if (chosen) this.make(chosen.name, place);
  }

  /** Adds a step of a kind, and says where it stands. */
  make(kind, place) {
    const id = this.editor.commands.add(kind, place);
    announce(this.#placed(id));
    this.editor.made(id);
  }

  addAfter() {
    return this.add(this.behind());
  }

  /** The place behind the selected step; {} where none is. */
  behind() {
    const node = this.editor.store.chosen;
    return node ? behind(this.#graph, node) : {};
  }

  /** Where a new step has come to stand: alone, between two, or beside what followed already. */
  #placed(id) {
    const { words } = this.editor, name = (of) => nameOf(this.#graph.nodes.get(of)), ways = waysOf(this.#graph, id), way = ways.in[0];
    const beside = way && waysOf(this.#graph, way.source).out.filter(({ target, sourceHandle }) => target !== id && (sourceHandle ?? null) === (way.sourceHandle ?? null));
    const told = way && ways.out.length ? words.inserted : beside?.length ? words.beside : words.added;
    const others = ways.out.length ? ways.out.map(({ target }) => name(target)) : (beside ?? []).map(({ target }) => name(target));
    return told.replace("%(name)s", name(id)).replace("%(source)s", name(way?.source)).replace("%(others)s", others.join(", "));
  }

  /** Asks for a node that the selected one shall lead to, by which of its ways. */
  async connect() {
    const { store, commands, chooser, words, kinds } = this.editor, node = store.chosen;
    const out = node ? handlesOf(node) : [];
    if (!out.length) return announce(words.refusal_out);
    const options = out.flatMap(({ id, word, is }) => commands.targets(node.id, id).map(({ node: target, reason }) => ({
      handle: id, target: target.id, label: nameOf(target), icon: kinds.get(target.type)?.icon, reason: reason && words[`refusal_${reason}`],
      group: out.length > 1 ? word || words[is] || words.next : "",
    })));
    const chosen = await chooser.ask(words.connectFrom.replace("%s", nameOf(node)), options, words.noTarget);
    if (!chosen) return;
    commands.connect({ source: node.id, sourceHandle: chosen.handle, target: chosen.target });
    announce(words.connected.replace("%(source)s", nameOf(node)).replace("%(target)s", chosen.label));
  }

  /** Asks which of the selected node's edges goes. */
  async disconnect() {
    const { store, commands, chooser, words, kinds } = this.editor, node = store.chosen;
    if (!node) return;
    const options = edgesOf(this.#graph, node.id).map((edge) => {
      const isOut = edge.source === node.id, other = this.#graph.nodes.get(isOut ? edge.target : edge.source);
      const way = isOut && handlesOf(node).length > 1 ? handlesOf(node).find(({ id }) => id === (edge.sourceHandle ?? null)) : null;
      return { edge, label: nameOf(other), icon: kinds.get(other?.type)?.icon, group: isOut ? words.to : words.from, note: way?.word || words[way?.is] || "" };
    });
    const chosen = await chooser.ask(words.disconnect, options, words.noEdges);
    if (!chosen) return;
    commands.disconnect([chosen.edge]);
    announce(words.disconnected);
  }

  async find() {
    const { store, chooser, words, kinds } = this.editor;
    const options = [...this.#graph.nodes.values()].map((node) => ({
      id: node.id, label: nameOf(node) || node.data.title || node.data.text || "", note: kinds.get(node.type)?.title, icon: kinds.get(node.type)?.icon,
    }));
    const chosen = await chooser.ask(words.find, options, words.noSuch);
    if (!chosen) return;
    store.select([chosen.id]);
    this.editor.show(chosen.id);
  }

  // ---- changed -------------------------------------------------------------------------------------------
  open() {
    const node = this.editor.store.chosen;
    if (node) this.editor.open(node.id, { focus: true });
  }

  duplicate() {
    const made = this.editor.commands.duplicate(this.#ids);
    if (made.length) announce(this.editor.words.copied);
  }

  toggle() {
    this.editor.commands.toggle(this.#ids);
  }

  /** Deletes what is selected: nodes, or edges on the canvas. */
  remove() {
    const { commands, words, canvas } = this.editor, ids = this.#ids;
    const lines = [...(canvas?.lines() ?? [])].map((key) => this.#graph.edges.get(key)).filter(Boolean);
    if (ids.length) commands.remove(ids);
    else if (lines.length) commands.disconnect(lines);
    else return;
    canvas?.dropLines();
    announce(words.removed);
    this.editor.removed();
  }

  group() {
    const id = this.editor.commands.group(this.#ids);
    if (!id) announce(this.editor.words.noGroup);
  }

  async tidy() {
    const { layout } = await import("../vendor/workflow-editor/layout.js");
    this.editor.commands.tidy(layout);
    this.editor.canvas?.fit();
    announce(this.editor.words.tidied);
  }

  align(how) {
    this.editor.commands.align(this.#ids, how);
  }

  left() { this.align("left"); }
  center() { this.align("center"); }
  right() { this.align("right"); }
  top() { this.align("top"); }
  middle() { this.align("middle"); }
  bottom() { this.align("bottom"); }

  undo() {
    announce(this.editor.store.undo() ? this.editor.words.undone : this.editor.words.nothingToUndo);
  }

  redo() {
    announce(this.editor.store.redo() ? this.editor.words.redone : this.editor.words.nothingToRedo);
  }

  all() {
    this.editor.store.select([...this.#graph.nodes.values()].filter(({ parentId }) => !parentId).map(({ id }) => id));
  }

  // ---- looked at -----------------------------------------------------------------------------------------
  fit() { this.editor.canvas?.fit(); }
  nearer() { this.editor.canvas?.zoom(1.25); }
  farther() { this.editor.canvas?.zoom(0.8); }

  // ---- run -----------------------------------------------------------------------------------------------
  run() { return this.editor.run(); }

  /** Runs as far as the selected node. */
  runTo() {
    const node = this.editor.store.chosen;
    if (node && isStep(node)) this.editor.run(node.id);
  }
}

