/* An edge, and the plus on it while it is pointed at or chosen; and why a new one cannot be, while it is drawn. */
import { memo, useEffect, useState } from "react";
import { BaseEdge, EdgeLabelRenderer, getBezierPath, useConnection } from "@xyflow/react";
import { Icon, useEditor, useFact } from "./parts.jsx";

function Line({ id, data, selected, ...ends }) {
  const { on, words } = useEditor(), [path, x, y] = getBezierPath(ends);
  const isHovered = useFact(({ hovered }) => hovered === id);
  const way = useFact(({ steps }) => steps.get(data.edge.source)?.taken?.includes(data.edge.sourceHandle ?? null) ?? false);
  return (
    <>
      <BaseEdge id={id} path={path} interactionWidth={24} className={`flow-line${way ? " is-taken" : ""}${data.edge.sourceHandle === "error" ? " is-error" : ""}`} />
      {(isHovered || selected) && <EdgeLabelRenderer>
        <button
          className="flow-insert nodrag nopan"
          type="button"
          tabIndex={-1}
          style={{ transform: `translate(-50%, -50%) translate(${x}px, ${y}px)` }}
          aria-label={words.insert}
          onPointerEnter={() => on.hover(id)}
          onPointerLeave={() => on.hover(null)}
          onClick={(event) => { event.stopPropagation(); on.add({ edge: data.edge, position: { x: x - 116, y: y - 30 } }); }}
        ><Icon name="plus" /></button>
      </EdgeLabelRenderer>}
    </>
  );
}

export const edgeTypes = { line: memo(Line) };

/** The id of the node at a point of the window. */
export const nodeAt = (x, y) => document.elementFromPoint(x, y)?.closest(".react-flow__node")?.dataset.id;

/** Why the edge that is being drawn cannot lead where it is held, beside it. */
export function Reason() {
  const { store, refusal, words } = useEditor(), from = useConnection(({ inProgress, fromHandle }) => (inProgress ? fromHandle : null));
  const [at, setAt] = useState(null), isDrawn = from !== null;
  useEffect(() => {
    setAt(null);
    if (!isDrawn) return undefined;
    const move = ({ clientX: x, clientY: y }) => setAt({ x, y, node: nodeAt(x, y) });
    addEventListener("pointermove", move);
    return () => removeEventListener("pointermove", move);
  }, [isDrawn]);
  if (!from || !at?.node) return null;
  const ends = from.type === "source" ? { source: from.nodeId, sourceHandle: from.id ?? null, target: at.node } : { source: at.node, sourceHandle: null, target: from.nodeId };
  const reason = at.node === from.nodeId ? "" : refusal(store.graph, { ...ends, targetHandle: null });
  if (!reason) return null;
  return <p className="flow-reason" role="status" style={{ transform: `translate(${at.x + 14}px, ${at.y + 14}px)` }}>{words[`refusal_${reason}`]}</p>;
}
