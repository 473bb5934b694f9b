/* What people do with a workflow: each act is a list of operations on the graph. */
import { edgesOf, handlesOf, loopOf, newId, refusal, setting, waysOf } from "./workflow-graph.js";
import { bounds, GAP, gridded, place, sizeOf } from "./workflow-sizes.js";

export const FORMAT = "sambung-workflow", VERSION = 1;
const CONTAINERS = new Set(["loop", "group"]);

export const isContainer = ({ type }) => CONTAINERS.has(type);
export const isStep = ({ type }) => type !== "note" && type !== "group";

/** The first way out of a node by which nothing follows yet, else the first. */
export function freeWay(graph, node) {
  const taken = new Set(waysOf(graph, node.id).out.map(({ sourceHandle }) => sourceHandle ?? null)), out = handlesOf(node);
  return (out.find(({ id }) => !taken.has(id)) ?? out[0])?.id ?? null;
}

/** The place of a new step behind a node: by a way that is free, else before the one that follows; beside them where several do. */
export function behind(graph, node) {
  const handle = freeWay(graph, node), taken = waysOf(graph, node.id).out.filter(({ sourceHandle }) => (sourceHandle ?? null) === handle);
  return taken.length === 1 ? { edge: taken[0] } : { after: node.id, handle };
}

/** The acts on what a store shows; `kinds` are those of nodes by name, with what stands in a new one. */
export class Commands {
  constructor(store, kinds) {
    Object.assign(this, { store, kinds });
  }

  get graph() {
    return this.store.graph;
  }

  #run(operations, options) {
    this.store.run(operations, options);
  }

  // ---- made and joined -----------------------------------------------------------------------------------
  /** Puts a new node of a kind somewhere, or behind a node, or between two; returns its id. */
  add(kind, { position, after, handle, edge, parentId } = {}) {
    const node = this.#fresh(kind), source = this.graph.nodes.get(edge?.source ?? after);
    const isIn = parentId ?? source?.parentId;
    if (isIn) node.parentId = isIn;
    const isBetween = Boolean(edge) && this.#takes(node) && handlesOf(node).length > 0; // an end or a note stands beside the edge
    node.position = gridded(position ?? (isBetween ? this.#next(source) : source ? place(this.graph, source, node) : this.#free()));
    const operations = [{ op: "add", node }], way = edge ? edge.sourceHandle ?? null : handle;
    if (isBetween) operations.push(...this.#between(edge, node));
    else if (source && this.#takes(node) && handlesOf(source).length) operations.push({ op: "connect", source: source.id, sourceHandle: way ?? freeWay(this.graph, source), target: node.id, targetHandle: null });
    this.#run(operations);
    this.store.select([node.id]);
    return node.id;
  }

  #fresh(kind) {
    const { title, data } = this.kinds.get(kind);
    return { id: newId(), type: kind, position: { x: 0, y: 0 }, data: { name: this.#name(title), ...structuredClone(data) } };
  }

  /** The name, with a number where it is taken. */
  #name(wanted, taken = new Set([...this.graph.nodes.values()].map(({ data }) => data.name))) {
    let name = wanted.slice(0, 80);
    for (let n = 2; taken.has(name); n += 1) name = `${wanted.slice(0, 76)} ${n}`;
    taken.add(name);
    return name;
  }

  /** To the right of a node: whatever stands there moves on. */
  #next = (source) => ({ x: source.position.x + sizeOf(source).width + GAP, y: source.position.y });

  #takes = ({ type }) => !["input", "note", "group"].includes(type);

  /** Where there is nothing yet, below all. */
  #free() {
    const { x, y, height } = bounds(this.graph, [...this.graph.nodes.values()].filter(({ parentId }) => !parentId));
    return { x, y: y + height + GAP };
  }

  /** An edge gives way to a node: what follows moves on where the place is too small. */
  #between({ id, data, ...edge }, node) {
    const ends = { source: edge.source, sourceHandle: edge.sourceHandle ?? null, target: edge.target, targetHandle: edge.targetHandle ?? null };
    const operations = [
      { ...ends, op: "disconnect" }, { ...ends, op: "connect", target: node.id, targetHandle: null },
      { ...ends, op: "connect", source: node.id, sourceHandle: handlesOf(node)[0].id },
    ];
    const shift = node.position.x + sizeOf(node).width + GAP - this.graph.nodes.get(edge.target).position.x;
    return shift > 0 ? [...operations, ...this.#pushed(edge.target, shift)] : operations;
  }

  #pushed(from, shift) {
    const start = this.graph.nodes.get(from);
    const moved = [...this.graph.nodes.values()].filter((node) => node.parentId === start.parentId && node.position.x >= start.position.x);
    return moved.map(({ id, position }) => ({ op: "move", node: id, position: { x: position.x + shift, y: position.y } }));
  }

  /** Joins two nodes; returns why they cannot be joined, "" where they are now. */
  connect(ends) {
    const edge = { source: ends.source, sourceHandle: ends.sourceHandle ?? null, target: ends.target, targetHandle: ends.targetHandle ?? null };
    const reason = refusal(this.graph, edge);
    if (!reason) this.#run([{ ...edge, op: "connect" }]);
    return reason;
  }

  disconnect(edges) {
    this.#run(edges.map(({ source, sourceHandle = null, target, targetHandle = null }) => ({ op: "disconnect", source, sourceHandle, target, targetHandle })));
  }

  // ---- changed -------------------------------------------------------------------------------------------
  /** Moves nodes: [{id, position, parentId?, width?, height?}]. */
  move(places, fold = "") {
    this.#run(places.map(({ id, position, ...more }) => ({ op: "move", node: id, position: gridded(position), ...more })), { fold });
  }

  set(id, field, value, fold = "") {
    const { data } = this.graph.nodes.get(id);
    if (data[field] !== value) this.#run([setting(id, field, value, data[field])], { fold });
  }

  /** Switches nodes off, or on again where all are off. */
  toggle(ids) {
    const nodes = this.#of(ids).filter(isStep), areOff = nodes.every(({ data }) => data.disabled);
    this.#run(nodes.map(({ id, data }) => setting(id, "disabled", areOff ? undefined : true, data.disabled)));
  }

  /** Deletes nodes, with what is in those loops and groups that are among them. */
  remove(ids) {
    const gone = this.#withInner(ids);
    const edges = new Set(gone.flatMap(({ id }) => edgesOf(this.graph, id)));
    this.disconnectAnd([...edges], gone.reverse().map(({ id, data }) => ({ op: "delete", node: id, was: data })));
  }

  /** Deletes edges and more, as one act. */
  disconnectAnd(edges, more) {
    const cut = edges.map(({ source, sourceHandle = null, target, targetHandle = null }) => ({ op: "disconnect", source, sourceHandle, target, targetHandle }));
    this.#run([...cut, ...more]);
  }

  #of = (ids) => [...ids].map((id) => this.graph.nodes.get(id)).filter(Boolean);

  #withInner(ids) {
    const wanted = new Set(ids);
    let many;
    do {
      many = wanted.size;
      for (const { id, parentId } of this.graph.nodes.values()) if (wanted.has(parentId)) wanted.add(id);
    } while (wanted.size > many);
    return this.#parentsFirst([...wanted]);
  }

  #parentsFirst(ids) {
    const depth = (node) => (node?.parentId ? 1 + depth(this.graph.nodes.get(node.parentId)) : 0);
    return this.#of(ids).sort((one, other) => depth(one) - depth(other));
  }

  // ---- copied --------------------------------------------------------------------------------------------
  /** Nodes with the edges between them as a text for the clipboard. */
  copied(ids) {
    const nodes = this.#withInner(ids), within = new Set(nodes.map(({ id }) => id));
    const edges = [...this.graph.edges.values()].filter(({ source, target }) => within.has(source) && within.has(target));
    return JSON.stringify({ format: FORMAT, version: VERSION, nodes, edges });
  }

  /** Puts in what was copied, here or in another workflow: with new ids, and references among them that lead to those. */
  paste(text, at) {
    const found = read(text);
    if (!found?.nodes.length) return [];
    const ids = new Map(found.nodes.map(({ id }) => [id, newId()])), taken = new Set([...this.graph.nodes.values()].map(({ data }) => data.name));
    const shift = this.#shift(found.nodes, ids, at);
    const nodes = found.nodes.map((node) => ({
      ...led(node, ids), id: ids.get(node.id), data: { ...led(node.data, ids), name: this.#name(node.data.name ?? "", taken) },
      ...(ids.has(node.parentId) ? { parentId: ids.get(node.parentId), position: node.position } : { parentId: undefined, position: shift(node) }),
    }));
    const edges = found.edges.filter(({ source, target }) => ids.has(source) && ids.has(target)).map((edge) => ({
      op: "connect", source: ids.get(edge.source), sourceHandle: edge.sourceHandle ?? null, target: ids.get(edge.target), targetHandle: edge.targetHandle ?? null,
    }));
    this.#run([...nodes.map((node) => ({ op: "add", node: JSON.parse(JSON.stringify(node)) })), ...edges]);
    this.store.select(nodes.filter(({ parentId }) => !parentId).map(({ id }) => id));
    return nodes.map(({ id }) => id);
  }

  /** Where the outermost of the nodes come to stand: around a place, or a little beside where they were. */
  #shift(nodes, ids, at) {
    const outer = nodes.filter(({ parentId }) => !ids.has(parentId)), { x, y, width, height } = bounds(this.graph, outer);
    const by = at ? { x: at.x - x - width / 2, y: at.y - y - height / 2 } : { x: GAP / 2, y: GAP / 2 };
    return ({ position }) => gridded({ x: position.x + by.x, y: position.y + by.y });
  }

  duplicate(ids) {
    return this.paste(this.copied(ids));
  }

  // ---- put in order --------------------------------------------------------------------------------------
  /** Lines nodes up: "left", "center", "right", "top", "middle" or "bottom". */
  align(ids, how) {
    const nodes = this.#of(ids), all = bounds(this.graph, nodes);
    this.move(nodes.map((node) => ({ id: node.id, position: aligned(node, all, how) })));
  }

  /** Gives each node its place anew; `layout` comes from the module of that name. */
  tidy(layout) {
    const places = [], inner = new Map();
    const inside = this.#parentsFirst([...this.graph.nodes.keys()]).filter((node) => isContainer(node)).reverse();
    for (const container of [...inside, null]) {
      const nodes = [...this.graph.nodes.values()].filter(({ parentId, type }) => (parentId ?? null) === (container?.id ?? null) && type !== "note");
      const sizes = nodes.map((node) => ({ id: node.id, ...sizeOf({ ...node, ...inner.get(node.id) }) }));
      const { positions, width, height } = layout(sizes, this.#edgesAmong(nodes), container ? { x: 24, y: 64 } : { x: 0, y: 0 });
      for (const { id } of nodes) places.push({ id, position: positions.get(id), ...inner.get(id) });
      if (container && nodes.length) inner.set(container.id, { width: width + 48, height: height + 88 });
    }
    this.move(places);
  }

  /** Edges between nodes; those of what is inside of them count as theirs. */
  #edgesAmong(nodes) {
    const within = new Set(nodes.map(({ id }) => id));
    const outer = (id) => {
      for (let node = this.graph.nodes.get(id); node; node = this.graph.nodes.get(node.parentId)) if (within.has(node.id)) return node.id;
      return null;
    };
    const found = [...this.graph.edges.values()].map(({ source, target }) => ({ source: outer(source), target: outer(target) }));
    return found.filter(({ source, target }) => source && target && source !== target);
  }

  /** Puts a group around nodes that lie in the same place; returns its id. */
  group(ids) {
    const nodes = this.#of(ids), parentId = nodes[0]?.parentId;
    if (!nodes.length || nodes.some((node) => node.parentId !== parentId)) return null;
    const { x, y, width, height } = bounds(this.graph, nodes), group = this.#fresh("group");
    Object.assign(group, { position: gridded({ x: x - 24, y: y - 48 }), width: width + 48, height: height + 72, ...(parentId && { parentId }) });
    const at = ({ position }) => ({ x: position.x - group.position.x, y: position.y - group.position.y });
    this.#run([{ op: "add", node: group }, ...nodes.map((node) => ({ op: "move", node: node.id, position: at(node), parentId: group.id }))]);
    this.store.select([group.id]);
    return group.id;
  }

  /** The nodes that an edge from a handle may lead to, with the reason where it may not. */
  targets(source, sourceHandle = null) {
    const loop = loopOf(this.graph, source);
    const found = [...this.graph.nodes.values()].filter((node) => isStep(node) && node.id !== source && loopOf(this.graph, node.id) === loop);
    return found.map((node) => ({ node, reason: refusal(this.graph, { source, sourceHandle, target: node.id, targetHandle: null }) }));
  }
}

/** What stands in a clipboard's text, or nothing that is a workflow's. */
function read(text) {
  try {
    const found = JSON.parse(text);
    const isOurs = found?.format === FORMAT && Array.isArray(found.nodes) && Array.isArray(found.edges ?? []);
    const areNodes = isOurs && found.nodes.every((node) => typeof node?.id === "string" && node.data && Number.isFinite(node.position?.x) && Number.isFinite(node.position?.y));
    return areNodes ? { nodes: found.nodes, edges: found.edges ?? [] } : null;
  } catch {
    return null;
  }
}

/** A value whose references to nodes lead to others. */
function led(value, ids) {
  if (Array.isArray(value)) return value.map((one) => led(one, ids));
  if (value === null || typeof value !== "object") return value;
  const found = Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, led(inner, ids)]));
  if (typeof value.node === "string" && ids.has(value.node)) found.node = ids.get(value.node);
  return found;
}

function aligned(node, all, how) {
  const { x, y } = node.position, { width, height } = sizeOf(node);
  const places = {
    left: { x: all.x, y }, center: { x: all.x + (all.width - width) / 2, y }, right: { x: all.x + all.width - width, y },
    top: { x, y: all.y }, middle: { x, y: all.y + (all.height - height) / 2 }, bottom: { x, y: all.y + all.height - height },
  };
  return places[how];
}
