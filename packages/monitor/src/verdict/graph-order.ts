/** Who feeds whom, worked out once per topology. */
import type { JobTopology } from '@weir/console-protocol';

export interface GraphOrder {
  /** Longest way from a source, in edges. */
  depth(vertexId: string): number;
  /** Positions of the edges that end in a vertex. */
  inputs(vertexId: string): readonly number[];
  /** `below` can be reached from `above`. */
  reaches(above: string, below: string): boolean;
}

const ORDERS = new WeakMap<JobTopology, GraphOrder>();

/** Vertices come topologically sorted. O(vertices + edges) once. */
export function graphOrder(topology: JobTopology): GraphOrder {
  const cached = ORDERS.get(topology);
  if (cached !== undefined) return cached;
  const inputs = new Map<string, number[]>(topology.vertices.map(({ id }) => [id, []]));
  topology.edges.forEach(({ target }, position) => {
    inputs.get(target)?.push(position);
  });
  const sources = (id: string) =>
    (inputs.get(id) ?? []).map((position) => topology.edges[position]!.source);
  const depths = new Map<string, number>();
  for (const { id } of topology.vertices) {
    depths.set(id, Math.max(0, ...sources(id).map((source) => (depths.get(source) ?? 0) + 1)));
  }
  const order: GraphOrder = {
    depth: (id) => depths.get(id) ?? 0,
    inputs: (id) => inputs.get(id) ?? [],
    reaches: (above, below) => {
      const seen = new Set<string>();
      const open = [below];
      for (let id = open.pop(); id !== undefined; id = open.pop()) {
        for (const source of sources(id)) {
          if (source === above) return true;
          if (!seen.has(source)) open.push(source);
          seen.add(source);
        }
      }
      return false;
    },
  };
  ORDERS.set(topology, order);
  return order;
}
