/** Scene and layout as the elements that React Flow draws. */
import type { JobTopology } from '@weir/console-protocol';
import type { GraphLayout, PlacedNode } from '../../../layout-worker/graph-layout.ts';
import type { GraphScene, SceneEdge, SceneNode } from '../../../model/graph/graph-scene.ts';
import { CAPSULE_GAP, CAPSULE_HEIGHT } from '../../../model/graph/graph-shape.ts';
import { relatedVertices } from '../../../model/graph/graph-walk.ts';
import { callSiteOf } from '../../../model/graph/vertex-kind.ts';
import { vertexTitle } from '../../../model/graph/vertex-title.ts';
import type { CallSiteNodeType } from './call-site-node.tsx';
import type { ChannelEdgeType } from './channel-edge.tsx';
import type { CompactNodeType } from './compact-node.tsx';
import type { GroupNodeType } from './group-node.tsx';
import type { StubNodeType } from './stub-node.tsx';
import type { VertexNodeType } from './vertex-node.tsx';

export type GraphNode =
  | VertexNodeType
  | CallSiteNodeType
  | CompactNodeType
  | GroupNodeType
  | StubNodeType;

/** What is not related to the selection, or not found by the search. */
export function dimmedVertices(
  topology: JobTopology,
  selected: string | null,
  found: string,
): ReadonlySet<string> {
  const related = selected === null ? null : relatedVertices(topology.edges, selected);
  const wanted = found.trim().toLowerCase();
  const dimmed = topology.vertices.filter(({ id, name }) => {
    const missed = wanted !== '' && !name.toLowerCase().includes(wanted);
    return missed || (related !== null && !related.has(id));
  });
  return new Set(dimmed.map(({ id }) => id));
}

export interface Shown {
  readonly topology: JobTopology;
  readonly scene: GraphScene;
  readonly layout: GraphLayout;
  readonly selected: string | null;
  readonly dimmed: ReadonlySet<string>;
}

export function flowNodes({ topology, scene, layout, selected, dimmed }: Shown): GraphNode[] {
  const titles = new Map(topology.vertices.map((vertex) => [vertex.id, vertexTitle(vertex)]));
  const places = new Map(layout.nodes.map((node) => [node.id, node]));
  return scene.nodes.flatMap((node): GraphNode[] => {
    const place = places.get(node.id);
    if (place === undefined) return [];
    const dim = isDim(node, dimmed);
    const base = frameOf(place);
    if (node.kind === 'stub') {
      return [{ ...base, type: 'stub', data: { nodeId: node.id, group: node.group, dim } }];
    }
    if (node.kind === 'group') {
      const { group, cells } = node;
      const inside = selected !== null && group.vertexIds.includes(selected) ? selected : null;
      const data = { group, cells, titles, selected: inside, dimmed, dim };
      return [{ ...base, type: 'group', data }];
    }
    const data = { vertex: node.vertex, selected: node.id === selected, dim };
    if (node.kind === 'compact') {
      const title = shortTitle(vertexTitle(node.vertex), scene.open?.name ?? '');
      return [{ ...base, type: 'compact', data: { ...data, title } }];
    }
    const vertex: VertexNodeType = {
      ...base,
      type: 'vertex',
      data: { ...data, expanded: node.expanded },
    };
    const site = callSiteOf(node.vertex);
    return site === null ? [vertex] : [vertex, capsule(place, site, dim)];
  });
}

export function flowEdges({ topology, scene, layout, dimmed }: Shown): ChannelEdgeType[] {
  const nodes = new Map(scene.nodes.map((node) => [node.id, node]));
  const parallelism = new Map(topology.vertices.map((vertex) => [vertex.id, vertex.parallelism]));
  const places = new Map(layout.edges.map((edge) => [edge.index, edge]));
  return scene.edges.flatMap((edge): ChannelEdgeType[] => {
    const placed = places.get(edge.index);
    const [source, target] = [nodes.get(edge.source), nodes.get(edge.target)];
    if (placed === undefined || source === undefined || target === undefined) return [];
    const members = edge.members.map((at) => topology.edges[at]!);
    const { label, strategy } = wordsOf(members, source, target);
    const ends = [nameOf(source), nameOf(target)];
    const channels = members.reduce((sum, member) => {
      const from = parallelism.get(member.source) ?? 1;
      const to = parallelism.get(member.target) ?? 1;
      return sum + (member.strategy === 'FORWARD' ? Math.max(from, to) : from * to);
    }, 0);
    return [
      {
        id: `${edge.index}`,
        type: 'channel',
        source: edge.source,
        target: edge.target,
        ariaLabel: `${ends.join(' to ')}, ${members.length > 1 ? strategy : label || strategy}`,
        data: {
          placed,
          indexes: members.map(({ index }) => index),
          label,
          strategy,
          names: ends.join(' → '),
          channels,
          thickness: source.kind === 'compact' || target.kind === 'compact' ? THIN : 1,
          dim: isDimEdge(edge, topology, dimmed),
        },
      },
    ];
  });
}

/** Beside nodes of a third of the height. */
const THIN = 0.6;

type TopologyEdge = JobTopology['edges'][number];

/** Only edges between vertices that are drawn whole have words on them. */
function wordsOf(members: readonly TopologyEdge[], source: SceneNode, target: SceneNode) {
  const [first] = members;
  if (members.length > 1 || first === undefined) {
    const strategies = [...new Set(members.map(({ strategy }) => strategy))];
    return { label: '', strategy: `${members.length} edges, ${strategies.join(' and ')}` };
  }
  const { strategy, outputTag } = first;
  const whole = source.kind === 'vertex' && target.kind === 'vertex';
  const label = outputTag === null ? strategy : `${outputTag} ⟶`;
  const words = outputTag === null ? strategy : `${strategy}, side output ${outputTag}`;
  return { label: whole ? label : '', strategy: words };
}

/** Letters that a small node holds. */
const TITLE_MAX = 14;

/** `merchant-city-30d` inside of `merchant` is `city-30d`, where the whole would be cut off. */
function shortTitle(title: string, group: string): string {
  const rest = title.startsWith(group)
    ? title.slice(group.length).replace(/^[^\p{L}\p{N}]+/u, '')
    : '';
  return title.length > TITLE_MAX && group !== '' && rest !== '' ? rest : title;
}

function nameOf(node: SceneNode): string {
  return 'group' in node ? node.group.name : vertexTitle(node.vertex);
}

function isDim(node: SceneNode, dimmed: ReadonlySet<string>): boolean {
  if ('group' in node) return node.group.vertexIds.every((id) => dimmed.has(id));
  return dimmed.has(node.id);
}

function isDimEdge(edge: SceneEdge, topology: JobTopology, dimmed: ReadonlySet<string>): boolean {
  return edge.members.every((at) => {
    const { source, target } = topology.edges[at]!;
    return dimmed.has(source) || dimmed.has(target);
  });
}

function frameOf({ id, x, y, width, height }: PlacedNode) {
  return { id, position: { x, y }, width, height };
}

function capsule(place: PlacedNode, site: string, dim: boolean): CallSiteNodeType {
  const { id, x, y, width, height } = place;
  return {
    id: `${id}-calls`,
    type: 'callSite',
    position: { x, y: y + height + CAPSULE_GAP },
    width,
    height: CAPSULE_HEIGHT,
    data: { vertexId: id, site, dim },
  };
}
