/* What nodes and edges are drawn of. */
import { createContext, useContext, useSyncExternalStore } from "react";
import { Handle, Position, useStore } from "@xyflow/react";

export const Editor = createContext(null);
export const useEditor = () => useContext(Editor);

const FAR = 0.4; // zoom below which nodes are plain boxes

/** Whether the canvas is seen from so far that no word can be read. */
export const useIsFar = () => useStore((state) => state.transform[2] < FAR);

/** Something of what the store holds; drawn again when it changes. `read` gives a plain value. */
export function useFact(read) {
  const { store } = useEditor();
  return useSyncExternalStore(store.subscribe, () => read(store));
}

export function Icon({ name }) {
  const { icons } = useEditor();
  return <svg className="icon" aria-hidden="true"><use href={`${icons}#${name}`} /></svg>;
}

/** The ways out of a node, each with a plus behind it, and the way in. */
export function Handles({ node, isFar }) {
  const { handlesOf, sizes, words, on } = useEditor();
  const out = handlesOf(node), hasWayIn = !["input", "note", "group"].includes(node.type);
  return (
    <>
      {hasWayIn && <Handle type="target" position={Position.Left} style={{ top: sizes.heightOf(node, 0, 1) }} />}
      {out.map(({ id, word, is }, n) => (
        <div className={`flow-way${is === "error" ? " flow-way-error" : ""}`} key={id ?? ""} style={{ top: sizes.heightOf(node, n, out.length) }}>
          {out.length > 1 && !isFar && <span className="flow-branch">{word || words[is] || words.next}</span>}
          <Handle type="source" id={id} position={Position.Right} />
          {!isFar && <button
            className="flow-plus nodrag nopan"
            type="button"
            tabIndex={-1}
            aria-label={words.addBehind}
            onClick={(event) => { event.stopPropagation(); on.add({ after: node.id, handle: id }); }}
          ><Icon name="plus" /></button>}
        </div>
      ))}
    </>
  );
}

/** What is to be known of a node at a glance: what is wrong, how its step is, who is at it. */
export function Marks({ id }) {
  const { words } = useEditor();
  const fault = useFact(({ faults }) => faults.find((one) => one.node === id && one.level === "error")?.text ?? faults.find((one) => one.node === id)?.text ?? "");
  const isError = useFact(({ faults }) => faults.some((one) => one.node === id && one.level === "error"));
  const step = useFact(({ steps }) => steps.get(id)?.status ?? "");
  const people = useFact(({ people }) => people.filter(({ node }) => node === id).map(({ initials, name }) => `${initials}\t${name}`).join("\n"));
  return (
    <span className="flow-marks">
      {people && people.split("\n").map((person) => person.split("\t")).map(([initials, name], n) => <span className="avatar flow-person" key={n} title={name}>{initials}</span>)}
      {step && <span className={`flow-step flow-step-${step}`} title={words[`step_${step}`]}><Icon name={STEPS[step] ?? "clock"} /></span>}
      {!step && fault && <span className={`flow-fault${isError ? " is-error" : ""}`} title={fault}><Icon name="triangle-alert" /></span>}
    </span>
  );
}

const STEPS = {
  running: "loader-circle", done: "circle-check", failed: "circle-x", skipped: "arrow-right", unknown: "circle-alert", stopped: "square",
  waiting_person: "user", waiting_time: "hourglass", waiting_child: "hourglass",
};
