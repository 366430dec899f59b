/**
 * Which operator limits a job at one moment, where the server has not said it.
 *
 * A vertex limits when a subtask of it is busy ≥ 80 %, is itself backpressured < 10 %, and
 * something waits for it: an input ≥ 50 % full, an upstream vertex backpressured ≥ 10 %, or, for
 * a source, records pending. Where several limit, the cause is the one farthest downstream of the
 * waiting source. A backpressured vertex is a victim however busy it looks.
 */
import type { JobTick, JobTopology, VertexTick } from '@weir/console-protocol';

const BUSY_FROM = 0.8;
const BACKPRESSURED_FROM = 0.1;
const INPUT_FULL_FROM = 0.5;

/** Id of the limiting vertex, or null. O(vertices + edges). */
export function limitingVertex(topology: JobTopology, tick: JobTick): string | null {
  const byId = new Map(tick.vertices.map((vertex) => [vertex.id, vertex]));
  const depth = depths(topology);
  let found: string | null = null;
  let foundDepth = -1;
  for (const { id } of topology.vertices) {
    const vertex = byId.get(id);
    const at = depth.get(id) ?? 0;
    if (vertex === undefined || at <= foundDepth || !isAtItsLimit(vertex)) continue;
    if (!somethingWaits(topology, tick, byId, vertex)) continue;
    found = id;
    foundDepth = at;
  }
  return found;
}

function isAtItsLimit({ busy, backpressured }: VertexTick): boolean {
  return (busy ?? 0) >= BUSY_FROM && (backpressured ?? 0) < BACKPRESSURED_FROM;
}

function somethingWaits(
  topology: JobTopology,
  tick: JobTick,
  byId: ReadonlyMap<string, VertexTick>,
  vertex: VertexTick,
): boolean {
  const inputs = topology.edges.filter((edge) => edge.target === vertex.id);
  if (inputs.length === 0) return (vertex.pendingRecords ?? 0) > 0;
  return inputs.some((edge) => {
    const fill = tick.edges.find(({ index }) => index === edge.index)?.fill ?? 0;
    const source = byId.get(edge.source);
    const upstream = source?.backpressuredMax ?? source?.backpressured ?? 0;
    return fill >= INPUT_FULL_FROM || upstream >= BACKPRESSURED_FROM;
  });
}

/** Longest distance from a source, by vertex id; vertices come topologically sorted. */
function depths(topology: JobTopology): Map<string, number> {
  const depth = new Map<string, number>();
  for (const { id } of topology.vertices) {
    let deepest = 0;
    for (const edge of topology.edges) {
      if (edge.target === id) deepest = Math.max(deepest, (depth.get(edge.source) ?? 0) + 1);
    }
    depth.set(id, deepest);
  }
  return depth;
}
