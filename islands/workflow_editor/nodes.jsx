/* Nodes as they are drawn: a step, a loop around its body, a group, a note. */
import { memo } from "react";
import { Handle, NodeResizeControl, Position } from "@xyflow/react";
import { Handles, Icon, Marks, useEditor, useFact, useIsFar } from "./parts.jsx";

const Head = ({ node }) => {
  const { kinds } = useEditor(), kind = kinds.get(node.type), title = kind?.title ?? node.type, name = node.data.name || title;
  const about = node.data.description || (title === name ? "" : title);
  return (
    <div className="flow-head">
      <span className="flow-icon"><Icon name={kind?.icon ?? "circle-alert"} /></span>
      <span className="flow-words">
        <span className="flow-name">{name}</span>
        {about && <small>{about}</small>}
      </span>
      <Marks id={node.id} />
    </div>
  );
};

const stateOf = (id) => ({ steps }) => steps.get(id)?.status ?? "";

function Step({ data: { node } }) {
  const isFar = useIsFar(), step = useFact(stateOf(node.id));
  return (
    <div className={`flow-node${node.data.disabled ? " is-off" : ""}${step ? ` is-${step}` : ""}${isFar ? " is-far" : ""}`}>
      {!isFar && <Head node={node} />}
      <Handles node={node} isFar={isFar} />
    </div>
  );
}

function Loop({ data: { node }, selected }) {
  const isFar = useIsFar(), step = useFact(stateOf(node.id)), { words } = useEditor();
  const isEmpty = useFact(({ graph }) => ![...graph.nodes.values()].some(({ parentId }) => parentId === node.id));
  return (
    <div className={`flow-node flow-loop${node.data.disabled ? " is-off" : ""}${step ? ` is-${step}` : ""}`}>
      {!isFar && <Head node={node} />}
      {isEmpty && !isFar && <Inside node={node} text={words.emptyLoop} />}
      <Handles node={node} isFar={isFar} />
      <Corner node={node} isShown={selected} />
    </div>
  );
}

function Inside({ node, text }) {
  const { on } = useEditor();
  return (
    <div className="flow-empty">
      <button className="button button-quiet nodrag" type="button" tabIndex={-1} onClick={() => on.add({ parentId: node.id })}>
        <Icon name="plus" />{text}
      </button>
    </div>
  );
}

function Group({ data: { node }, selected }) {
  const { commands, words } = useEditor(), isFar = useIsFar(), { collapsed } = node.data;
  return (
    <div className={`flow-group${collapsed ? " is-folded" : ""}`}>
      {!isFar && <div className="flow-group-head">
        <button
          className="icon-button nodrag"
          type="button"
          tabIndex={-1}
          aria-expanded={!collapsed}
          aria-label={collapsed ? words.unfold : words.fold}
          onClick={() => commands.set(node.id, "collapsed", collapsed ? undefined : true)}
        ><Icon name={collapsed ? "chevron-right" : "chevron-down"} /></button>
        <span className="flow-name">{node.data.title || node.data.name}</span>
      </div>}
      {collapsed && <><Handle type="target" position={Position.Left} isConnectable={false} /><Handle type="source" position={Position.Right} isConnectable={false} /></>}
      <Corner node={node} isShown={selected && !collapsed} />
    </div>
  );
}

function Note({ data: { node }, selected }) {
  const isFar = useIsFar(), { words } = useEditor();
  return (
    <div className="flow-note">
      {!isFar && (node.data.text ? <p>{node.data.text}</p> : <p className="quiet">{words.emptyNote}</p>)}
      <Corner node={node} isShown={selected} />
    </div>
  );
}

/** The corner by which a node is made larger. */
function Corner({ node, isShown }) {
  const { commands } = useEditor();
  if (!isShown) return null;
  const end = (_event, { x, y, width, height }) => commands.move([{ id: node.id, position: { x, y }, width: Math.round(width), height: Math.round(height) }]);
  return <NodeResizeControl className="flow-corner" minWidth={160} minHeight={80} position="bottom-right" onResizeEnd={end} />;
}

export const nodeTypes = { step: memo(Step), loop: memo(Loop), group: memo(Group), note: memo(Note) };
