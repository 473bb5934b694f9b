/* The graph of a workflow as the editor holds it, and operations on it. A graph never changes: an operation gives another one.
   Edges are known by their ends, for the server makes their ids. */

/** A new id, a UUID of version 7. Also where the page is not secure, which has no crypto.randomUUID. */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  let now = Date.now();
  for (let n = 5; n >= 0; n -= 1, now = Math.floor(now / 256)) bytes[n] = now % 256;
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const text = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return text.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
}

/** What tells one edge from all others. */
export const keyOf = ({ source, sourceHandle, target, targetHandle }) =>
  [source, sourceHandle ?? "", target, targetHandle ?? ""].join(" ");

/** {nodes: Map by id, edges: Map by key} of a structure as the server gives it. */
export function graphOf({ nodes = [], edges = [] }) {
  return { nodes: new Map(nodes.map((node) => [node.id, node])), edges: new Map(edges.map((edge) => [keyOf(edge), edge])) };
}

export const nameOf = (node) => node?.data?.name ?? "";
export const isSame = (one, other) => JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));

function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])]));
}

const known = new WeakMap(); // graph -> the edges of each of its nodes

/** The edges that come to a node and go from it: {in, out}. */
export function waysOf(graph, id) {
  if (!known.has(graph)) known.set(graph, joined(graph));
  return known.get(graph).get(id) ?? { in: [], out: [] };
}

function joined(graph) {
  const found = new Map([...graph.nodes.keys()].map((id) => [id, { in: [], out: [] }]));
  for (const edge of graph.edges.values()) {
    found.get(edge.source)?.out.push(edge);
    found.get(edge.target)?.in.push(edge);
  }
  return found;
}

export function edgesOf(graph, id) {
  const ways = waysOf(graph, id);
  return [...ways.in, ...ways.out];
}

// ---- operations ------------------------------------------------------------------------------------------
const acts = {
  add: (nodes, edges, { node }) => { if (!nodes.has(node.id)) nodes.set(node.id, node); },
  move: (nodes, edges, { node: id, position, ...place }) => change(nodes, id, (node) => placed(node, position, place)),
  set: (nodes, edges, { node: id, field, value }) => change(nodes, id, (node) => ({ ...node, data: written(node.data, field, value) })),
  connect: (nodes, edges, { op, id, ...ends }) => {
    if (nodes.has(ends.source) && nodes.has(ends.target) && !edges.has(keyOf(ends))) edges.set(keyOf(ends), ends);
  },
  disconnect: (nodes, edges, ends) => { edges.delete(keyOf(ends)); },
  delete: (nodes, edges, { node: id }) => {
    const gone = nodes.get(id);
    nodes.delete(id);
    for (const [key, edge] of edges) if (edge.source === id || edge.target === id) edges.delete(key);
    for (const node of nodes.values()) if (gone && node.parentId === id) nodes.set(node.id, freed(node, gone));
  },
};

function change(nodes, id, changed) {
  const node = nodes.get(id);
  if (node) nodes.set(id, changed(node));
}

const PLACES = ["parentId", "width", "height"];

function placed(node, position, place) {
  const found = { ...node, position: position ?? node.position };
  for (const name of PLACES) {
    if (place[name] === null) delete found[name];
    else if (place[name] !== undefined) found[name] = place[name];
  }
  return found;
}

function written(data, field, value) {
  const found = { ...data };
  if (value === undefined) delete found[field];
  else found[field] = value;
  return found;
}

/** A node whose container has gone stands where it stood. */
function freed(node, { position, parentId = null }) {
  return placed(node, { x: node.position.x + position.x, y: node.position.y + position.y }, { parentId });
}

/** The graph after operations. What names a node that is not there changes nothing. */
export function applied(graph, operations) {
  const nodes = new Map(graph.nodes), edges = new Map(graph.edges);
  for (const operation of operations) acts[operation.op](nodes, edges, operation);
  return { nodes, edges };
}

/** The operations that take one back, made before it is done. */
export function inverse(graph, operation) {
  const node = graph.nodes.get(operation.node);
  switch (operation.op) {
    case "add": return [{ op: "delete", node: operation.node.id, was: operation.node.data }];
    case "connect": return [{ ...ends(operation), op: "disconnect" }];
    case "disconnect": {
      const edge = graph.edges.get(keyOf(operation));
      return edge ? [{ ...withoutId(edge), op: "connect" }] : [];
    }
    case "set": return node ? [setting(node.id, operation.field, node.data[operation.field], operation.value)] : [];
    case "move": return node ? [{ op: "move", node: node.id, position: node.position, ...placeOf(node, operation) }] : [];
    case "delete": return node ? putBack(graph, node) : [];
  }
  return [];
}

const ends = ({ source, sourceHandle = null, target, targetHandle = null }) => ({ source, sourceHandle, target, targetHandle });
const withoutId = ({ id, ...edge }) => edge;

/** An operation that writes a field, with what it was written over. */
export function setting(node, field, value, was) {
  const operation = { op: "set", node, field };
  if (value !== undefined) operation.value = value;
  if (was !== undefined) operation.was = was;
  return operation;
}

/** Of the places that an operation changes, what they are now. */
const placeOf = (node, operation) =>
  Object.fromEntries(PLACES.filter((name) => name in operation).map((name) => [name, node[name] ?? null]));

/** A node again, with what stood in it and the edges that it had. */
function putBack(graph, node) {
  const inside = [...graph.nodes.values()].filter(({ parentId }) => parentId === node.id);
  return [
    { op: "add", node },
    ...inside.map((one) => ({ op: "move", node: one.id, position: one.position, parentId: node.id })),
    ...edgesOf(graph, node.id).map((edge) => ({ ...withoutId(edge), op: "connect" })),
  ];
}

// ---- what may be joined ----------------------------------------------------------------------------------
const NO_WAY_IN = new Set(["input", "note", "group"]);
const NO_WAY_OUT = new Set(["output", "note", "group"]);
const CAN_FAIL = new Set(["llm", "agent", "tool", "http", "code", "loop", "document", "wait"]); // by a way of its own

/** The handles by which other nodes follow: [{id, word}]; `word` names what a branch is called, "" where it is the only way. */
export function handlesOf({ type, data = {} }) {
  if (NO_WAY_OUT.has(type)) return [];
  const found = type === "condition" ? branches(data) : type === "approval" ? buttons(data) : [{ id: null, word: "" }];
  if (CAN_FAIL.has(type) && data.onError?.mode === "branch") found.push({ id: "error", word: "", is: "error" });
  return found;
}

const branches = ({ branches = [] }) => [
  ...branches.map(({ id, label }, n) => ({ id, word: label || "", is: n ? "elseif" : "if" })), { id: "else", word: "", is: "else" },
];
const buttons = ({ buttons = [] }) => buttons.map(({ id, label }) => ({ id, word: label || id }));

/** The loop whose body a node is in, null for none. Groups mean nothing. */
export function loopOf(graph, id) {
  let node = graph.nodes.get(id);
  for (let n = 0; node?.parentId && n < 100; n += 1) {
    node = graph.nodes.get(node.parentId);
    if (node?.type === "loop") return node.id;
  }
  return null;
}

/** Why an edge cannot be: "self", "in", "out", "twice", "loop" or "cycle"; "" where it can. */
export function refusal(graph, edge) {
  const source = graph.nodes.get(edge.source), target = graph.nodes.get(edge.target);
  if (!source || !target || NO_WAY_OUT.has(source.type)) return "out";
  if (edge.source === edge.target) return "self";
  if (NO_WAY_IN.has(target.type)) return "in";
  if (graph.edges.has(keyOf(edge))) return "twice";
  if (loopOf(graph, edge.source) !== loopOf(graph, edge.target)) return "loop";
  return below(graph, edge.target).has(edge.source) ? "cycle" : "";
}

/** The ids of all that follows a node. */
export function below(graph, id) {
  return reached(id, following(graph));
}

/** The ids of all that comes before a node. */
export function above(graph, id) {
  const before = new Map();
  for (const { source, target } of graph.edges.values()) push(before, target, source);
  return reached(id, before);
}

function reached(id, next) {
  const found = new Set(), left = [id];
  while (left.length) {
    for (const one of next.get(left.pop()) ?? []) if (!found.has(one)) { found.add(one); left.push(one); }
  }
  return found;
}

/** The ids that follow each node at once. */
export function following(graph) {
  const next = new Map();
  for (const { source, target } of graph.edges.values()) push(next, source, target);
  return next;
}

/** Puts a value into the list of a key. */
export function push(lists, key, value) {
  if (lists.has(key)) lists.get(key).push(value);
  else lists.set(key, [value]);
}
