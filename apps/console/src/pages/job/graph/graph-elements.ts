/** Topology and layout as the elements that React Flow draws. */
import type { JobTopology } from '@weir/console-protocol';
import type { GraphLayout } from '../../../layout-worker/graph-layout.ts';
import { CAPSULE_GAP, CAPSULE_HEIGHT, NODE_WIDTH } from '../../../model/graph-shape.ts';
import { relatedVertices } from '../../../model/graph-walk.ts';
import { callSiteOf } from '../../../model/vertex-kind.ts';
import { vertexTitle } from '../../../model/vertex-title.ts';
import type { CallSiteNodeType } from './call-site-node.tsx';
import type { ChannelEdgeType } from './channel-edge.tsx';
import type { VertexNodeType } from './vertex-node.tsx';

/** What is not related to the selection, or not found by the search, is dimmed. */
export function flowNodes(
  topology: JobTopology,
  layout: GraphLayout,
  selected: string | null,
  found: string,
): (VertexNodeType | CallSiteNodeType)[] {
  const related = selected === null ? null : relatedVertices(topology.edges, selected);
  const wanted = found.trim().toLowerCase();
  const places = new Map(layout.nodes.map((node) => [node.id, node]));
  return topology.vertices.flatMap((vertex): (VertexNodeType | CallSiteNodeType)[] => {
    const place = places.get(vertex.id);
    if (place === undefined) return [];
    const missed = wanted !== '' && !vertex.name.toLowerCase().includes(wanted);
    const dim = missed || (related !== null && !related.has(vertex.id));
    const { x, y, width, height } = place;
    const node: VertexNodeType = {
      id: vertex.id,
      type: 'vertex',
      position: { x, y },
      width,
      height,
      data: { vertex, selected: vertex.id === selected, dim },
    };
    const site = callSiteOf(vertex);
    if (site === null) return [node];
    const capsule: CallSiteNodeType = {
      id: `${vertex.id}-calls`,
      type: 'callSite',
      position: { x, y: y + height + CAPSULE_GAP },
      width: NODE_WIDTH,
      height: CAPSULE_HEIGHT,
      data: { vertexId: vertex.id, site, dim },
    };
    return [node, capsule];
  });
}

export function flowEdges(
  topology: JobTopology,
  layout: GraphLayout,
  selected: string | null,
): ChannelEdgeType[] {
  const related = selected === null ? null : relatedVertices(topology.edges, selected);
  const titles = new Map(topology.vertices.map((vertex) => [vertex.id, vertexTitle(vertex)]));
  const places = new Map(layout.edges.map((edge) => [edge.index, edge]));
  return topology.edges.flatMap((edge): ChannelEdgeType[] => {
    const placed = places.get(edge.index);
    if (placed === undefined) return [];
    const { index, source, target, strategy, outputTag } = edge;
    return [
      {
        id: `${index}`,
        type: 'channel',
        source,
        target,
        ariaLabel: `${titles.get(source)} to ${titles.get(target)}, ${outputTag ?? strategy}`,
        data: {
          placed,
          strategy,
          label: outputTag === null ? strategy : `${outputTag} ⟶`,
          names: `${titles.get(source)} → ${titles.get(target)}`,
          dim: related !== null && !(related.has(source) && related.has(target)),
        },
      },
    ];
  });
}
