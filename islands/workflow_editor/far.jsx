/* A large workflow seen from afar. It is painted: a thousand nodes as elements keep a page busy for seconds. */
import { useEffect, useRef } from "react";
import { useStore } from "@xyflow/react";
import { useEditor } from "./parts.jsx";

const NAMED = 0.3, LONGEST = 28, ROUND = 8; // zoom from which names are painted; letters of one; radius of corners
const TONES = { running: "running", done: "done", failed: "failed", waiting_person: "waiting", unknown: "waiting", waiting_time: "waiting", waiting_child: "waiting" };

/** Boxes of nodes on the canvas, containers before what is in them: [{node, x, y}]. */
export function placed(nodes) {
  const found = new Map();
  for (const node of nodes) {
    const parent = found.get(node.parentId);
    found.set(node.id, { node, x: node.position.x + (parent?.x ?? 0), y: node.position.y + (parent?.y ?? 0) });
  }
  return [...found.values()].filter(({ node }) => !node.hidden);
}

/** The box around all nodes, null where there are none. */
export function around(nodes) {
  const all = placed(nodes);
  if (!all.length) return null;
  const x = Math.min(...all.map((one) => one.x)), y = Math.min(...all.map((one) => one.y));
  return { x, y, width: Math.max(...all.map((one) => one.x + one.node.width)) - x, height: Math.max(...all.map((one) => one.y + one.node.height)) - y };
}

/** The innermost node at a point of the canvas. */
export const hit = (nodes, at) =>
  placed(nodes).findLast(({ node, x, y }) => at.x >= x && at.y >= y && at.x <= x + node.width && at.y <= y + node.height)?.node;

export function Far({ nodes, edges }) {
  const { store, words } = useEditor(), canvas = useRef(null);
  const transform = useStore((state) => state.transform), width = useStore((state) => state.width), height = useStore((state) => state.height);
  useEffect(() => {
    const paint = () => painted(canvas.current, { nodes, edges, steps: store.steps, transform, width, height });
    paint();
    const theme = new MutationObserver(paint), dark = matchMedia("(prefers-color-scheme: dark)"), forget = store.subscribe(paint);
    theme.observe(document.documentElement, { attributes: true });
    dark.addEventListener("change", paint);
    return () => { theme.disconnect(); dark.removeEventListener("change", paint); forget(); };
  }, [nodes, edges, store, transform, width, height]);
  return (
    <>
      <canvas className="flow-afar" ref={canvas} role="img" aria-label={words.afar} />
      <div className="flow-tones" hidden>{["line", "edge", "paper", "box", "chosen", "ink", ...new Set(Object.values(TONES))].map((tone) => <i className={`flow-tone-${tone}`} key={tone} />)}</div>
    </>
  );
}

/** The colours of the theme, which a canvas does not know: those of elements that are not shown. */
const tones = (canvas) => Object.fromEntries([...canvas.nextElementSibling.children].map((one) => [one.className.slice("flow-tone-".length), getComputedStyle(one).color]));

function painted(canvas, { nodes, edges, steps, transform: [x, y, zoom], width, height }) {
  const scale = window.devicePixelRatio || 1, pen = canvas.getContext("2d"), tone = tones(canvas);
  canvas.width = width * scale;
  canvas.height = height * scale;
  pen.setTransform(zoom * scale, 0, 0, zoom * scale, x * scale, y * scale);
  const sight = { left: -x / zoom, top: -y / zoom, right: (width - x) / zoom, bottom: (height - y) / zoom };
  const all = placed(nodes), boxes = new Map(all.map((box) => [box.node.id, box])), seen = all.filter((box) => isSeen(box, sight));
  const isStep = ({ node }) => node.type === "step";
  for (const box of seen) if (!isStep(box)) boxed(pen, box, tone.paper, node(box).selected ? tone.chosen : tone.edge);
  lines(pen, edges, boxes, sight, tone);
  pen.font = `600 13px ${getComputedStyle(canvas).fontFamily}`;
  pen.textBaseline = "middle";
  for (const box of seen) {
    const status = steps.get(box.node.id)?.status;
    if (isStep(box)) boxed(pen, box, tone.box, node(box).selected ? tone.chosen : tone[TONES[status]] ?? tone.line, node(box).selected || status ? 3 : 1.5);
    if (zoom >= NAMED) named(pen, box, tone.ink);
  }
}

const node = (box) => box.node;
const isSeen = ({ node: { width, height }, x, y }, { left, top, right, bottom }) => x < right && y < bottom && x + width > left && y + height > top;

function boxed(pen, { node: { width, height }, x, y }, fill, stroke, thick = 1.5) {
  pen.beginPath();
  pen.roundRect(x, y, width, height, ROUND);
  pen.fillStyle = fill;
  pen.fill();
  pen.lineWidth = thick;
  pen.strokeStyle = stroke;
  pen.stroke();
}

function named(pen, { node: { data, type }, x, y }, ink) {
  const name = data.node.data.name || data.node.data.title || data.node.data.text || "";
  pen.fillStyle = ink;
  pen.fillText(name.length > LONGEST ? `${name.slice(0, LONGEST)}…` : name, x + 14, y + (type === "note" ? 22 : 30));
}

/** All edges in sight, as one path. */
function lines(pen, edges, boxes, { left, top, right, bottom }, tone) {
  pen.beginPath();
  for (const { source, target, sourceHandle } of edges) {
    const from = boxes.get(source), to = boxes.get(target);
    if (!from || !to) continue;
    const way = from.node.handles.find(({ type, id }) => type === "source" && id === (sourceHandle ?? null)), mouth = to.node.handles.find(({ type }) => type === "target");
    const x1 = from.x + from.node.width, y1 = from.y + (way ? way.y + way.height / 2 : from.node.height / 2);
    const x2 = to.x, y2 = to.y + (mouth ? mouth.y + mouth.height / 2 : to.node.height / 2);
    if (Math.max(x1, x2) < left || Math.min(x1, x2) > right || Math.max(y1, y2) < top || Math.min(y1, y2) > bottom) continue;
    const bend = x2 >= x1 ? (x2 - x1) / 2 : 6.25 * Math.sqrt(x1 - x2);
    pen.moveTo(x1, y1);
    pen.bezierCurveTo(x1 + bend, y1, x2 - bend, y2, x2, y2);
  }
  pen.lineWidth = 1.5;
  pen.strokeStyle = tone.edge;
  pen.stroke();
}
