/* Places for nodes, from left to right. */
import { Graph, layout as arrange } from "@dagrejs/dagre";

/**
 * Takes [{id, width, height}] and [{source, target}] and where the first corner stands; gives {positions: Map of id to {x, y},
 * width, height}.
 */
export function layout(nodes, edges, origin) {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: "LR", nodesep: 32, ranksep: 72 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id, width, height } of nodes) graph.setNode(id, { width, height });
  edges.forEach(({ source, target }, n) => graph.setEdge(source, target, {}, String(n)));
  arrange(graph);
  const positions = new Map(nodes.map(({ id, width, height }) => {
    const { x, y } = graph.node(id);
    return [id, { x: origin.x + x - width / 2, y: origin.y + y - height / 2 }];
  }));
  const { width = 0, height = 0 } = graph.graph();
  return { positions, width, height };
}
