/* The order in which a workflow is read: each node behind what leads to it, branches indented. */
import { following, handlesOf, push, waysOf } from "./workflow-graph.js";

const BETWEEN = " > ";

/** Ids of nodes, each behind all that leads to it; side by side from left to right, then down. A circle comes last. */
export function order(graph) {
  const next = following(graph), open = new Map([...graph.nodes.keys()].map((id) => [id, 0]));
  for (const { id, parentId } of graph.nodes.values()) if (graph.nodes.has(parentId)) push(next, parentId, id);
  for (const id of [...next.values()].flat()) open.set(id, (open.get(id) ?? 0) + 1);
  const ready = [...graph.nodes.values()].filter(({ id }) => !open.get(id)), found = [];
  while (ready.length) {
    ready.sort(before);
    const { id } = ready.shift();
    found.push(id);
    for (const one of next.get(id) ?? []) {
      open.set(one, open.get(one) - 1);
      if (!open.get(one) && graph.nodes.has(one)) ready.push(graph.nodes.get(one));
    }
  }
  const seen = new Set(found);
  return [...found, ...[...graph.nodes.keys()].filter((id) => !seen.has(id))];
}

const before = (one, other) => one.position.x - other.position.x || one.position.y - other.position.y || (one.id < other.id ? -1 : 1);

/** The rows of the list: [{id, depth, via}]. What stands on one branch alone is indented below it; `via` names the branch. */
export function rows(graph) {
  const paths = new Map(), sections = new Map();
  for (const id of order(graph)) {
    const path = pathTo(graph, id, paths);
    paths.set(id, path);
    push(sections, path.join(BETWEEN), id);
  }
  const found = [], shown = new Set();
  const show = (path) => {
    for (const id of sections.get(path.join(BETWEEN)) ?? []) {
      if (shown.has(id)) continue;
      shown.add(id);
      found.push({ id, depth: path.length, via: path.at(-1) ?? "" });
      for (const branch of branchesBelow(id, sections)) show([...path, branch]);
    }
  };
  show([]);
  for (const id of paths.keys()) if (!shown.has(id)) found.push({ id, depth: 0, via: "" });
  return found;
}

/** The branches that begin at a node and hold something, in their order. */
function branchesBelow(id, sections) {
  const found = new Set();
  for (const path of sections.keys()) {
    for (const part of path.split(BETWEEN)) if (part.startsWith(`${id}|`)) found.add(part);
  }
  return found;
}

/** The branches that lead to a node, each as "id|handle": where several ways meet, what they have in common. */
function pathTo(graph, id, paths) {
  const node = graph.nodes.get(id), coming = waysOf(graph, id).in;
  const base = node.parentId && graph.nodes.get(node.parentId)?.type === "loop" ? [...(paths.get(node.parentId) ?? []), `${node.parentId}|body`] : [];
  const ways = coming.filter(({ source }) => paths.has(source)).map((edge) => wayOf(graph, edge, paths));
  if (!ways.length) return base;
  return ways.reduce((common, way) => common.slice(0, common.findIndex((part, n) => part !== way[n]) >>> 0));
}

function wayOf(graph, { source, sourceHandle }, paths) {
  const isBranch = handlesOf(graph.nodes.get(source)).length > 1;
  return isBranch ? [...paths.get(source), `${source}|${sourceHandle ?? ""}`] : paths.get(source);
}
