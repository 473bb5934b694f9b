/* How large nodes are drawn and where a new one finds room: known without looking at the page, so that only what is in sight
   must be drawn. */
import { handlesOf } from "./workflow-graph.js";

export const GAP = 64; // pixels between nodes
export const HEAD = 60, HANDLE = 28; // heights of a node's head, and of each of its branches
const WIDTH = 232, STEP = 4;
const LARGE = { note: [240, 132], group: [480, 280], loop: [520, 280] };

/** {width, height} of a node on the canvas. */
export function sizeOf(node) {
  if (LARGE[node.type]) {
    const [width, height] = LARGE[node.type];
    if (node.type === "group" && node.data?.collapsed) return { width: WIDTH, height: HEAD };
    const own = { width: node.width ?? width, height: node.height ?? height };
    return node.type === "loop" ? { ...own, height: Math.max(own.height, HEAD + HANDLE * (handlesOf(node).length + 1)) } : own;
  }
  const handles = handlesOf(node), many = handles.length > 1 ? handles.length : 0;
  return { width: WIDTH, height: HEAD + many * HANDLE };
}

/** The height at which each handle of a node stands, by its place among them. */
export function heightOf(node, n, many) {
  if (many === 1) return Math.min(sizeOf(node).height, HEAD) / 2;
  return HEAD + n * HANDLE + HANDLE / 2 - 4;
}

export const gridded = ({ x, y }) => ({ x: Math.round(x / STEP) * STEP, y: Math.round(y / STEP) * STEP });

/** {x, y, width, height} around nodes, in the coordinates of what they lie in. */
export function bounds(graph, nodes) {
  if (!nodes.length) return { x: 0, y: 0, width: 0, height: -GAP };
  const all = nodes.map((node) => ({ ...node.position, ...sizeOf(node) }));
  const x = Math.min(...all.map((one) => one.x)), y = Math.min(...all.map((one) => one.y));
  return { x, y, width: Math.max(...all.map((one) => one.x + one.width)) - x, height: Math.max(...all.map((one) => one.y + one.height)) - y };
}

/** A free place behind a node: to its right, and down as far as others stand there. */
export function place(graph, source, node) {
  const size = sizeOf(node), beside = { x: source.position.x + sizeOf(source).width + GAP, y: source.position.y };
  const others = [...graph.nodes.values()].filter((one) => one.parentId === source.parentId && !["note", "group"].includes(one.type));
  for (let n = 0; n < 200 && others.some((one) => overlap({ ...beside, ...size }, { ...one.position, ...sizeOf(one) })); n += 1) beside.y += 48;
  return beside;
}

function overlap(one, other) {
  const near = 16;
  return one.x < other.x + other.width + near && other.x < one.x + one.width + near
    && one.y < other.y + other.height + near && other.y < one.y + one.height + near;
}
