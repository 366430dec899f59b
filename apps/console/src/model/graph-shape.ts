/** Sizes of what the graph draws, in px at zoom 1, and the order of drawing. */
import type { JobTopology } from '@weir/console-protocol';
import { callSiteOf, type Vertex } from './vertex-kind.ts';

export const NODE_WIDTH = 148;
export const CAPSULE_HEIGHT = 46;
export const CAPSULE_GAP = 30;
export const COLUMN_GAP = 70;
export const ROW_GAP = 30;

const NODE_HEIGHT = 123;
const MEMBER_HEIGHT = 17;
const TYPE_LINE_HEIGHT = 13;
const MEMBERS_MAX = 6;

export interface ShapeNode {
  readonly id: string;
  readonly width: number;
  readonly height: number;
  /** Room kept free below for the capsule of a call site. */
  readonly below: number;
}

export interface ShapeEdge {
  readonly index: number;
  readonly source: string;
  readonly target: string;
}

/** What the layout worker needs to know of a topology. */
export interface GraphShape {
  readonly nodes: readonly ShapeNode[];
  readonly edges: readonly ShapeEdge[];
}

export function graphShape(topology: JobTopology): GraphShape {
  return {
    nodes: topology.vertices.map((vertex) => ({
      id: vertex.id,
      width: NODE_WIDTH,
      height: nodeHeight(vertex),
      below: callSiteOf(vertex) !== null ? CAPSULE_GAP + CAPSULE_HEIGHT : 0,
    })),
    edges: topology.edges.map(({ index, source, target }) => ({ index, source, target })),
  };
}

/** Same key = same layout; ticks and names don't change it. */
export function shapeKey(shape: GraphShape): string {
  const nodes = shape.nodes.map(({ id, height, below }) => `${id}:${height}:${below}`);
  const edges = shape.edges.map(({ source, target }) => `${source}>${target}`);
  return `${nodes.join()}|${edges.join()}`;
}

/** Members of a chain that the node lists; the rest is a count. */
export function listedMembers(vertex: Vertex): { names: readonly string[]; more: number } {
  if (vertex.operators.length < 2) return { names: [], more: 0 };
  const names = vertex.operators.map(({ name }) => name.replace(/^(Source|Sink): /, ''));
  if (names.length <= MEMBERS_MAX) return { names, more: 0 };
  return { names: names.slice(0, MEMBERS_MAX - 1), more: names.length - MEMBERS_MAX + 1 };
}

function nodeHeight(vertex: Vertex): number {
  const { names, more } = listedMembers(vertex);
  const lines = names.length + (more > 0 ? 1 : 0);
  return lines === 0 ? NODE_HEIGHT : NODE_HEIGHT + lines * MEMBER_HEIGHT - TYPE_LINE_HEIGHT;
}
