/* The page on which a workflow is drawn: puts together what it holds, the canvas and the list, and what is saved. */
import { tellFailure } from "./toast.js";
import { close, isOpen, open } from "./side-panel.js";
import "./workflow-node.js";
import { Acts } from "./workflow-acts.js";
import { Chooser } from "./workflow-chooser.js";
import { Commands, isStep } from "./workflow-commands.js";
import { handlesOf, isSame, nameOf, refusal, setting, waysOf } from "./workflow-graph.js";
import { listen } from "./workflow-keys.js";
import { List } from "./workflow-list.js";
import { Live } from "./workflow-live.js";
import * as sizes from "./workflow-sizes.js";
import { Store } from "./workflow-store.js";
import { Sync } from "./workflow-sync.js";
import { Faults, Following, People, Refusals, State } from "./workflow-told.js";

const NOBODY = "00000000-0000-0000-0000-000000000000"; // stands for a node in an address
const narrow = matchMedia("(width < 48rem)");
const $ = (id) => document.getElementById(id);
const read = (id) => JSON.parse($(id).textContent);

class Page {
  canvas = null;
  #opened = ""; // the node whose form the panel shows

  constructor(root) {
    this.root = root;
    this.words = read("workflow-words");
    this.kinds = new Map(read("workflow-kinds").map((kind) => [kind.name, kind]));
    this.chooser = new Chooser($("workflow-chooser"));
    this.store = new Store((operations) => this.sync.send(operations));
    this.commands = new Commands(this.store, this.kinds);
    const { id, person, draft, operations, follows } = root.dataset, live = follows ? new Live(follows, this.store) : null;
    this.sync = new Sync({ id, person, addresses: { draft, operations }, store: this.store, tell: () => this.#told(), live });
    this.acts = new Acts(this);
    this.#tell();
    this.sync.begin(read("workflow-draft"));
    this.list = new List($("workflow-list"), { ...this.#given(), open: (node) => this.open(node) });
    listen(root, this.acts, this);
    this.#listen();
    this.view(root.dataset.view || (narrow.matches ? "list" : "canvas"));
  }

  // ---- what is told --------------------------------------------------------------------------------------
  #tell() {
    const { store, words, sync } = this;
    this.state = new State($("workflow-state"), words);
    this.refusals = new Refusals({ place: $("workflow-refused"), template: $("workflow-refusal"), store, sync, words });
    this.faults = new Faults({ button: $("workflow-faults"), list: $("workflow-fault-list"), store, words, go: (fault) => this.go(fault) });
    this.people = new People($("here"), store);
    new Following($("workflow-following"), store, words);
    store.subscribe(() => this.#adapt());
  }

  #told() {
    this.state?.show(this.sync);
    this.refusals?.show();
  }

  /** Buttons that can do something now, and the bar of what is selected. */
  #adapt() {
    const { selection, chosen, canUndo, canRedo, graph } = this.store, lines = this.canvas?.lines().size ?? 0;
    $("workflow-selection").hidden = !selection.size && !lines;
    $("workflow-empty").hidden = graph.nodes.size > 0;
    const can = { undo: canUndo, redo: canRedo, open: chosen, addAfter: chosen, connect: chosen && handlesOf(chosen).length, disconnect: chosen, runTo: chosen && isStep(chosen) };
    for (const [name, is] of Object.entries(can)) for (const button of this.root.querySelectorAll(`[data-act="${name}"]`)) button.disabled = !is;
    for (const button of this.root.querySelectorAll("[data-many]")) button.hidden = selection.size < 2;
    for (const button of this.root.querySelectorAll("[data-one]")) button.hidden = selection.size > 1;
    if (this.#opened && !graph.nodes.has(this.#opened)) this.#shut();
  }

  // ---- what is shown -------------------------------------------------------------------------------------
  /** Shows the workflow as "canvas" or as "list". */
  async view(name) {
    const isList = name === "list";
    this.root.dataset.view = name;
    $("workflow-list").hidden = !isList;
    $("workflow-canvas").hidden = isList;
    for (const button of this.root.querySelectorAll("[data-view-as]")) button.setAttribute("aria-pressed", String(button.dataset.viewAs === name));
    this.list.show();
    if (!isList && !this.canvas) await this.#draw();
    if (this.store.chosen) this.show(this.store.chosen.id);
  }

  async #draw() {
    const { mount } = await import("../vendor/workflow-editor/editor.js");
    const place = `workflow-view:${this.root.dataset.id}`, on = {
      add: (where) => this.acts.add(where),
      drop: (kind, position) => this.acts.make(kind, { position }),
      open: (id) => this.open(id),
      hover: (hovered) => this.store.know({ hovered }),
      near: (id) => this.show(id),
      viewport: (viewport) => { try { localStorage.setItem(place, JSON.stringify(viewport)); } catch { /* kept by no browser */ } },
    };
    const viewport = this.#viewport(place);
    this.canvas = await mount($("workflow-canvas"), { ...this.#given(), commands: this.commands, handlesOf, refusal, sizes, icons: this.root.dataset.icons, viewport, on });
  }

  #given = () => ({ store: this.store, kinds: this.kinds, words: this.words, label: (graph, node) => this.label(graph, node) });

  /** Where the canvas stood last; of a large workflow else its first node, since showing all of it draws all of it. */
  #viewport(place) {
    try {
      const kept = JSON.parse(localStorage.getItem(place));
      if (kept && [kept.x, kept.y, kept.zoom].every(Number.isFinite)) return kept;
    } catch { /* not ours */ }
    const nodes = [...this.store.graph.nodes.values()], first = nodes.find(({ type }) => type === "input") ?? nodes[0];
    return nodes.length > 150 ? { x: 120 - first.position.x, y: 200 - first.position.y, zoom: 1 } : null;
  }

  /** A node in words: "Name, kind, from …, to …". */
  label(graph, node) {
    const ways = waysOf(graph, node.id), { words } = this, names = (ids) => ids.map((id) => nameOf(graph.nodes.get(id))).join(", ");
    const from = ways.in.map(({ source }) => source), to = ways.out.map(({ target }) => target);
    return [
      nameOf(node) || node.data.title, this.kinds.get(node.type)?.title, node.data.disabled && words.off,
      from.length && `${words.from} ${names(from)}`, to.length && `${words.to} ${names(to)}`,
    ].filter(Boolean).join(", ");
  }

  /** Brings a node into sight. */
  show(id) {
    if (this.root.dataset.view === "list") this.list.focus(id);
    else this.canvas?.show(id);
  }

  /** A node that has just been made. */
  made(id) {
    if (this.root.dataset.view === "list") this.list.focus(id);
    else {
      this.canvas?.reveal(id);
      this.canvas?.focus(id);
    }
    this.open(id);
  }

  removed() {
    if (this.root.dataset.view === "list") $("workflow-list").querySelector("[data-node]")?.focus();
  }

  // ---- the form of a node --------------------------------------------------------------------------------
  /** Opens the form of a node beside the canvas, once the server knows the node. */
  async open(id, { focus = false, field = "" } = {}) {
    this.store.select([id]);
    if (!this.root.dataset.node || !(await this.sync.settled()) || !this.store.graph.nodes.has(id)) return;
    this.#opened = id;
    await open(this.root.dataset.node.replace(NOBODY, id), { focus: focus || Boolean(field) });
    requestAnimationFrame(() => this.canvas?.reveal(id)); // the panel may lie where it was
    if (field) this.#focus(field);
  }

  /** Goes to the control that is nearest to a place in the node's data: "messages.0.content" is "messages-0-content". */
  #focus(field) {
    const body = $("side-panel-body");
    for (const steps = field.split("."); steps.length; steps.pop()) {
      const found = body.querySelector(`[name="${CSS.escape(steps.join("-"))}"], [name^="${CSS.escape(steps.join("-"))}-"]`);
      if (!found) continue;
      for (let inner = found.closest("details"); inner; inner = inner.parentElement.closest("details")) inner.open = true;
      return found.focus();
    }
  }

  #shut() {
    this.#opened = "";
    if (isOpen()) close();
  }

  /** Goes to where a fault is. */
  go({ node, field }) {
    if (!this.store.graph.nodes.has(node)) return;
    this.show(node);
    this.open(node, { field });
  }

  /** The form of a node was saved: what it changed can be undone like all else. */
  async #saved() {
    const id = this.#opened, before = this.store.graph.nodes.get(id)?.data;
    await this.sync.look();
    const after = this.store.graph.nodes.get(id)?.data;
    if (!before || !after || before === after) return;
    const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((field) => !isSame(before[field] ?? null, after[field] ?? null));
    if (!fields.length) return;
    const there = fields.map((field) => setting(id, field, after[field], before[field])), back = fields.map((field) => setting(id, field, before[field], after[field]));
    this.store.note(there, back);
    this.store.tell();
  }

  // ---- what is pressed -----------------------------------------------------------------------------------
  #listen() {
    this.root.addEventListener("click", ({ target }) => {
      const act = target.closest("[data-act]"), view = target.closest("[data-view-as]"), kind = target.closest("[data-kind]");
      if (act) this.acts.do(act.dataset.act);
      else if (view) this.view(view.dataset.viewAs);
      else if (kind) this.acts.make(kind.dataset.kind, this.acts.behind());
    });
    this.root.addEventListener("dragstart", (event) => {
      const kind = event.target.closest?.("[data-kind]");
      if (kind) event.dataTransfer.setData("application/x-workflow-kind", kind.dataset.kind);
    });
    $("side-panel").addEventListener("htmx:afterRequest", ({ detail: { requestConfig, successful } }) => {
      if (requestConfig.verb !== "get" && successful) this.#saved();
    });
    $("workflow-run")?.addEventListener("click", () => this.run());
    document.addEventListener("panel:close", () => { this.#opened = ""; });
    document.body.addEventListener("workflow-changed", () => this.sync.look());
  }

  /** Leads to the form of the input, once all is saved: to run all of it, or as far as a node. */
  async run(node = "") {
    const { run, runTo } = this.root.dataset;
    if (!(await this.sync.settled())) return tellFailure(0);
    location.assign(node ? runTo.replace(NOBODY, node) : `${run}?draft=1`);
  }
}

const root = $("workflow");
if (root) new Page(root);
