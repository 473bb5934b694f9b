/* The canvas of a workflow. It shows what the store holds, and hands on what people do; it keeps and saves nothing. */
import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { flushSync } from "react-dom";
import { createRoot } from "react-dom/client";
import { applyNodeChanges, Background, getViewportForBounds, MiniMap, ReactFlow, ReactFlowProvider, SelectionMode, useReactFlow, useStore } from "@xyflow/react";
import { around, Far, hit, placed } from "./far.jsx";
import { Flow } from "./flow.js";
import { edgeTypes, nodeAt, Reason } from "./line.jsx";
import { nodeTypes } from "./nodes.jsx";
import { Editor } from "./parts.jsx";

const FITS = 150, MAPPED = 500; // nodes up to which all are elements from whatever distance; up to which there is a small map
const AFAR = 0.6; // zoom below which more of them are painted
const NONE = [], LEAST = 0.05, MOST = 2, FIT = { maxZoom: 1, padding: 0.15 };
const KIND = "application/x-workflow-kind";

function Canvas({ editor }) {
  const { store, commands, on, refusal, words } = editor, flow = useMemo(() => new Flow(editor), [editor]);
  const graph = useSyncExternalStore(store.subscribe, () => store.graph);
  const selection = useSyncExternalStore(store.subscribe, () => store.selection);
  const [lines, chooseLines] = useState(new Set());
  const [nodes, setNodes] = useNodes(flow, graph, selection);
  const edges = useMemo(() => flow.edges(graph, lines), [flow, graph, lines]);
  const instance = useReactFlow(), arrows = useRef(false); // whether an arrow key is held
  const [isAfar, leave] = useAfar(graph.nodes.size, editor.viewport);
  const now = useCallback(() => flow.nodes(store.graph, store.selection), [flow, store]); // also what is not drawn yet
  useEffect(() => { editor.ready(instance, { lines: () => lines, chooseLines, now, leave }); }, [editor, instance, lines, now, leave]);

  const isValid = useCallback((edge) => !refusal(store.graph, edge), [store, refusal]);
  const change = useCallback((changes) => {
    setNodes((before) => applyNodeChanges(changes.filter(({ type }) => type !== "remove" && type !== "replace"), before));
    take(changes, store, commands, arrows.current);
  }, [setNodes, store, commands]);
  const changeLines = useCallback((changes) => {
    const chosen = changes.filter(({ type }) => type === "select");
    if (!chosen.length) return;
    chooseLines((before) => {
      const after = new Set(before);
      for (const { id, selected } of chosen) if (selected) after.add(id); else after.delete(id);
      return after;
    });
  }, []);
  const ended = useCallback((_event, _node, moved) => commands.move(moved.map((node) => settled(node, instance, store))), [commands, instance, store]);
  const left = useCallback((event, { isValid, toNode, fromHandle }) => {
    if (isValid || toNode || fromHandle?.type !== "source") return;
    const at = "changedTouches" in event ? event.changedTouches[0] : event;
    if (nodeAt(at.clientX, at.clientY)) return;
    on.add({ after: fromHandle.nodeId, handle: fromHandle.id ?? null, position: instance.screenToFlowPosition({ x: at.clientX, y: at.clientY - 30 }) });
  }, [on, instance]);
  const drop = useCallback((event) => {
    const kind = event.dataTransfer.getData(KIND);
    if (!kind) return;
    event.preventDefault();
    on.drop(kind, instance.screenToFlowPosition({ x: event.clientX - 116, y: event.clientY - 30 }));
  }, [on, instance]);

  const press = useCallback((event) => {
    const found = isAfar && hit(nodes, instance.screenToFlowPosition({ x: event.clientX, y: event.clientY }));
    if (!found) return store.select([]);
    store.select([found.id]);
    on.near(found.id);
  }, [isAfar, nodes, instance, store, on]);

  return (
    <ReactFlow
      nodes={isAfar ? NONE : nodes} edges={isAfar ? NONE : edges} nodeTypes={nodeTypes} edgeTypes={edgeTypes} onNodesChange={change} onEdgesChange={changeLines}
      onNodeClick={(event, node) => { if (!event.shiftKey && !event.ctrlKey && !event.metaKey) on.open(node.id); }}
      onConnect={(edge) => commands.connect(edge)} onConnectEnd={left} isValidConnection={isValid} connectionRadius={28}
      onNodeDragStop={ended} onSelectionDragStop={(event, moved) => ended(event, null, moved)}
      onEdgeMouseEnter={(_event, { id }) => on.hover(id)} onEdgeMouseLeave={() => on.hover(null)}
      onDrop={drop} onDragOver={(event) => { if (event.dataTransfer.types.includes(KIND)) event.preventDefault(); }}
      onKeyDownCapture={({ key }) => { arrows.current = key.startsWith("Arrow"); }} onKeyUpCapture={() => { arrows.current = false; }}
      onMoveEnd={(event, viewport) => { if (event) on.viewport(viewport); }}
      onPaneClick={press} onPaneContextMenu={(event) => { event.preventDefault(); on.add({ position: instance.screenToFlowPosition({ x: event.clientX, y: event.clientY }) }); }}
      defaultViewport={editor.viewport ?? undefined} fitView={!editor.viewport && graph.nodes.size <= FITS} fitViewOptions={FIT}
      minZoom={LEAST} maxZoom={MOST} onlyRenderVisibleElements deleteKeyCode={null} selectionMode={SelectionMode.Partial} multiSelectionKeyCode={["Control", "Meta", "Shift"]}
      elevateNodesOnSelect={false} nodeDragThreshold={4} proOptions={{ hideAttribution: true }} ariaLabelConfig={words.aria}
    >
      <Background gap={24} size={1.5} />
      {isAfar && <Far nodes={nodes} edges={edges} />}
      {graph.nodes.size <= MAPPED && graph.nodes.size > 4 && <MiniMap pannable zoomable ariaLabel={words.map} nodeBorderRadius={8} />}
      <Reason />
    </ReactFlow>
  );
}

/** Whether the canvas is painted; and what has it painted before it jumps there, so that nothing is drawn for one moment. */
function useAfar(many, viewport) {
  const isFar = useStore((state) => state.transform[2] < AFAR), [isLeaving, setLeaving] = useState((viewport?.zoom ?? 1) < AFAR);
  useEffect(() => { if (isFar) setLeaving(false); }, [isFar]);
  const leave = useCallback((zoom) => { if (zoom < AFAR && !isFar) flushSync(() => setLeaving(true)); }, [isFar]);
  return [many > FITS && (isFar || isLeaving), leave];
}

/** What is drawn of the nodes: the store's, and while one is dragged where it is held. */
function useNodes(flow, graph, selection) {
  const [nodes, setNodes] = useState(() => flow.nodes(graph, selection)), shown = useRef(null);
  useEffect(() => {
    const made = flow.nodes(graph, selection);
    setNodes((before) => {
      const held = new Map(before.filter(({ dragging }) => dragging).map((node) => [node.id, node]));
      return made.map((node) => (held.has(node.id) ? { ...node, position: held.get(node.id).position, dragging: true } : node));
    });
    shown.current = made;
  }, [flow, graph, selection]);
  return [nodes, setNodes];
}

/** Hands on what React Flow did by itself: nodes chosen, and moved by the arrow keys. */
function take(changes, store, commands, isByKey) {
  const chosen = changes.filter(({ type }) => type === "select");
  if (chosen.length) {
    const after = new Set(store.selection);
    for (const { id, selected } of chosen) if (selected) after.add(id); else after.delete(id);
    store.select(after);
  }
  const moved = changes.filter(({ type, dragging, position }) => type === "position" && !dragging && position);
  if (isByKey && moved.length) commands.move(moved.map(({ id, position }) => ({ id, position })), "keys");
}

/** Where a dragged node has come to stand: in the loop or group that it was let go over, or in none. */
function settled(node, instance, store) {
  const own = store.graph.nodes.get(node.id), before = own?.parentId ?? null;
  const over = instance.getIntersectingNodes({ id: node.id }, true)
    .filter(({ id, type, data }) => (type === "loop" || type === "group") && !data.node.data.collapsed && !store.selection.has(id) && !isWithin(store.graph, id, node.id));
  const innermost = over.at(-1)?.id ?? null;
  if (innermost === before) return { id: node.id, position: node.position };
  const at = instance.getInternalNode(node.id).internals.positionAbsolute;
  const base = innermost ? instance.getInternalNode(innermost).internals.positionAbsolute : { x: 0, y: 0 };
  return { id: node.id, position: { x: at.x - base.x, y: at.y - base.y }, parentId: innermost };
}

function isWithin(graph, id, container) {
  for (let node = graph.nodes.get(id), n = 0; node && n < 100; node = graph.nodes.get(node.parentId), n += 1) if (node.id === container) return true;
  return false;
}

/** Brings a node into the middle. Where it stands is known without its being drawn. */
function center(instance, nodes, id, zoom) {
  const found = placed(nodes).find(({ node }) => node.id === id);
  if (found) instance.setCenter(found.x + found.node.width / 2, found.y + found.node.height / 2, { zoom });
}

/** Whether all of a node is in sight. */
function isSeen(host, instance, nodes, id) {
  const found = placed(nodes).find(({ node }) => node.id === id);
  if (!found) return false;
  const { x, y } = instance.flowToScreenPosition(found), zoom = instance.getZoom(), box = host.getBoundingClientRect();
  return x >= box.left && y >= box.top && x + found.node.width * zoom <= box.right && y + found.node.height * zoom <= box.bottom;
}

/** Shows all nodes at once. */
function fit(host, instance, { now, leave }) {
  const box = around(now()), { width, height } = host.getBoundingClientRect();
  if (!box) return;
  const viewport = getViewportForBounds(box, width, height, LEAST, FIT.maxZoom, FIT.padding);
  leave(viewport.zoom);
  instance.setViewport(viewport);
}

/** Gives the focus to a node as soon as it is drawn. */
function focus(host, id, tries = 30) {
  const found = host.querySelector(`.react-flow__node[data-id="${CSS.escape(id)}"]`);
  if (found) found.focus({ preventScroll: true });
  else if (tries) requestAnimationFrame(() => focus(host, id, tries - 1));
}

/**
 * Puts the canvas into an element. `given`: {store, commands, kinds, handlesOf, refusal, label, sizes, words, icons, viewport, on}.
 * Gives what can be done with it, once it is drawn: `show` brings a node into the middle, `reveal` into sight; `on.viewport`
 * is told where people have moved it, not where it went by itself.
 */
export function mount(host, given) {
  const root = createRoot(host);
  return new Promise((done) => {
    let instance, shown, canvas;
    const moved = () => given.on.viewport(instance.getViewport());
    const ready = (made, more) => {
      [instance, shown] = [made, more];
      canvas ??= {
        fit: () => { fit(host, instance, shown); moved(); },
        zoom: (by) => { instance.zoomTo(instance.getZoom() * by); moved(); },
        show: (id) => center(instance, shown.now(), id, Math.max(0.8, instance.getZoom())),
        reveal: (id) => { if (!isSeen(host, instance, shown.now(), id)) center(instance, shown.now(), id, instance.getZoom()); },
        focus: (id) => focus(host, id),
        at: (point) => instance.screenToFlowPosition(point),
        lines: () => shown.lines(),
        dropLines: () => shown.chooseLines(new Set()),
        unmount: () => root.unmount(),
      };
      done(canvas);
    };
    const editor = { ...given, ready };
    root.render(<Editor.Provider value={editor}><ReactFlowProvider><Canvas editor={editor} /></ReactFlowProvider></Editor.Provider>);
  });
}
