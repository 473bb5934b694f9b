/* A workflow's graph as React Flow takes it. What did not change stays the same object, so that it is not drawn again. */

const TYPES = { note: "note", group: "group", loop: "loop" };
const MARK = 10; // side of a handle

/** Makes nodes and edges of graphs. `sizes`: {sizeOf, heightOf}; `handlesOf`: the ways out of a node; `label`: what a reader is told. */
export class Flow {
  #nodes = new Map();
  #edges = new Map();

  constructor({ sizes, handlesOf, label }) {
    Object.assign(this, { sizes, handlesOf, label });
  }

  /** Nodes in the order in which they are drawn: containers before what is in them. */
  nodes(graph, selection) {
    const found = new Map();
    for (const node of this.#ordered(graph)) {
      const before = this.#nodes.get(node.id), selected = selection.has(node.id), hidden = this.#isFolded(graph, node);
      const label = this.label(graph, node);
      const isSame = before && before.data.node === node && before.hidden === hidden && before.ariaLabel === label;
      const made = isSame ? before : this.#made(graph, node, { hidden, ariaLabel: label });
      found.set(node.id, made.selected === selected ? made : { ...made, selected });
    }
    this.#nodes = found;
    return [...found.values()];
  }

  #made(graph, node, more) {
    const size = this.sizes.sizeOf(node), type = TYPES[node.type] ?? "step";
    return {
      id: node.id, type, position: node.position, data: { node }, ...size, measured: size, handles: this.#handles(node, size), selected: false,
      ...(graph.nodes.has(node.parentId) && { parentId: node.parentId }), zIndex: type === "group" || type === "note" ? -1 : 0, ...more,
    };
  }

  #handles(node, { width, height }) {
    const out = this.handlesOf(node), mark = { width: MARK, height: MARK };
    const found = out.map(({ id }, n) => ({
      ...mark, id, type: "source", position: "right", x: width - MARK / 2, y: this.sizes.heightOf(node, n, out.length) - MARK / 2,
    }));
    const isFolded = node.type === "group" && node.data.collapsed;
    if (isFolded) found.push({ ...mark, id: null, type: "source", position: "right", x: width - MARK / 2, y: height / 2 - MARK / 2 });
    if (isFolded || !["input", "note", "group"].includes(node.type)) {
      found.push({ ...mark, id: null, type: "target", position: "left", x: -MARK / 2, y: this.sizes.heightOf(node, 0, 1) - MARK / 2 });
    }
    return found;
  }

  #ordered(graph) {
    const found = [], seen = new Set();
    const take = (node) => {
      if (seen.has(node.id)) return;
      seen.add(node.id);
      const parent = graph.nodes.get(node.parentId);
      if (parent) take(parent);
      found.push(node);
    };
    for (const node of graph.nodes.values()) take(node);
    return found;
  }

  #isFolded(graph, node) {
    return this.#shown(graph, node.id) !== node.id;
  }

  /** The id of the outermost group in which a node is folded away, or its own. */
  #shown(graph, id) {
    let found = id;
    for (let node = graph.nodes.get(id), n = 0; node?.parentId && n < 100; n += 1) {
      node = graph.nodes.get(node.parentId);
      if (node?.type === "group" && node.data.collapsed) found = node.id;
    }
    return found;
  }

  /** Edges; those of what is folded away lead to its group. */
  edges(graph, selected) {
    const found = new Map();
    for (const [key, edge] of graph.edges) {
      const source = this.#shown(graph, edge.source), target = this.#shown(graph, edge.target), isChosen = selected.has(key);
      if (source === target && source !== edge.source) continue;
      const before = this.#edges.get(key);
      const isSame = before && before.source === source && before.target === target;
      const made = isSame ? before : {
        id: key, type: "line", source, target, data: { edge }, selected: false,
        sourceHandle: source === edge.source ? edge.sourceHandle ?? null : null, targetHandle: target === edge.target ? edge.targetHandle ?? null : null,
      };
      found.set(key, made.selected === isChosen ? made : { ...made, selected: isChosen });
    }
    this.#edges = found;
    return [...found.values()];
  }
}
