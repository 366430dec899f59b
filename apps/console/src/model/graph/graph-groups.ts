/**
 * Vertices of a large graph as a few groups, the way their author thinks of them: by slot sharing
 * group where there are several, else by the first word of their names, else by how far they are
 * from the sources. Pure; the same topology gives the same groups.
 */
import type { JobTopology } from '@weir/console-protocol';
import { vertexTitle } from './vertex-title.ts';

/** From so many vertices on a graph starts as groups. */
export const GROUPED_FROM = 150;

const GROUPS_MAX = 80;
/** A way of grouping that leaves fewer vertices to a group explains nothing. */
const MEMBERS_MEAN_MIN = 3;
const STAGES = 16;

export interface VertexGroup {
  readonly name: string;
  readonly vertexIds: readonly string[];
  /** Their positions in the topology. */
  readonly places: readonly number[];
}

export interface Grouping {
  readonly by: 'slot sharing group' | 'name' | 'stage';
  /** In the order in which the topology names them. */
  readonly groups: readonly VertexGroup[];
  /** Group name by vertex id. */
  readonly groupOf: ReadonlyMap<string, string>;
}

/** Null for a graph that is small enough to be seen whole. */
export function groupingOf(topology: JobTopology): Grouping | null {
  if (topology.vertices.length < GROUPED_FROM) return null;
  const bySharing = topology.vertices.map((vertex) => vertex.slotSharingGroup);
  if (explains(bySharing)) return grouping('slot sharing group', topology, bySharing);
  const byName = topology.vertices.map((vertex) => firstWord(vertexTitle(vertex)));
  if (explains(byName)) return grouping('name', topology, byName);
  return grouping('stage', topology, stages(topology));
}

function explains(names: readonly string[]): boolean {
  const count = new Set(names).size;
  return count >= 2 && count <= GROUPS_MAX && names.length / count >= MEMBERS_MEAN_MIN;
}

function grouping(by: Grouping['by'], topology: JobTopology, names: readonly string[]): Grouping {
  const members = new Map<string, { vertexIds: string[]; places: number[] }>();
  const groupOf = new Map<string, string>();
  for (const [at, { id }] of topology.vertices.entries()) {
    const name = names[at]!;
    groupOf.set(id, name);
    let group = members.get(name);
    if (group === undefined) {
      group = { vertexIds: [], places: [] };
      members.set(name, group);
    }
    group.vertexIds.push(id);
    group.places.push(at);
  }
  const groups = [...members].map(([name, group]) => ({ name, ...group }));
  return { by, groups, groupOf };
}

/** `merchant-30d` and `merchant.key` are of `merchant`; `parseEvents` is a word of its own. */
function firstWord(title: string): string {
  return /^[\p{L}\p{N}]+/u.exec(title)?.[0] ?? title;
}

function stages(topology: JobTopology): string[] {
  const depths = depthsOf(topology);
  const deepest = Math.max(0, ...depths.values());
  const width = Math.max(1, Math.ceil((deepest + 1) / STAGES));
  return topology.vertices.map(({ id }) => {
    const first = Math.floor((depths.get(id) ?? 0) / width) * width;
    return width === 1 ? `step ${first + 1}` : `steps ${first + 1} to ${first + width}`;
  });
}

/** Longest way from a source, in edges; vertices come in topological order. */
function depthsOf(topology: JobTopology): Map<string, number> {
  const inputs = Map.groupBy(topology.edges, ({ target }) => target);
  const depths = new Map<string, number>();
  for (const { id } of topology.vertices) {
    const above = (inputs.get(id) ?? []).map(({ source }) => (depths.get(source) ?? 0) + 1);
    depths.set(id, Math.max(0, ...above));
  }
  return depths;
}
