/** Sizes of what the graph draws, in px at zoom 1, and what the layout needs to know of it. */
import type { GraphScene, SceneNode } from './graph-scene.ts';
import { callSiteOf, type Vertex } from './vertex-kind.ts';

export const NODE_WIDTH = 148;
export const EXPANDED_WIDTH = 240;
export const CAPSULE_HEIGHT = 46;
export const CAPSULE_GAP = 30;
export const COLUMN_GAP = 76;
export const ROW_GAP = 30;

/** A cell a vertex in a group, and the distance from one to the next. */
export const CELL = 10;
export const CELL_PITCH = 12;

const GROUP = { sides: 16, head: 27, foot: 25 };
/** Where the first cell of a group lies. */
export const CELLS_AT = { x: 9, y: GROUP.head };

const COMPACT = { width: 116, height: 40, columnGap: 34, rowGap: 5 };
const STUB = { width: 104, height: 58 };
const GROUP_ROW_GAP = 34;
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

/** What the layout worker needs to know of a scene. */
export interface GraphShape {
  readonly nodes: readonly ShapeNode[];
  readonly edges: readonly ShapeEdge[];
  readonly columnGap: number;
  readonly rowGap: number;
}

export function graphShape(scene: GraphScene): GraphShape {
  const compact = scene.nodes.some(({ kind }) => kind === 'compact');
  const grouped = scene.nodes.some(({ kind }) => kind === 'group');
  return {
    nodes: scene.nodes.map(shapeOfNode),
    edges: scene.edges.map(({ index, source, target }) => ({ index, source, target })),
    columnGap: compact ? COMPACT.columnGap : grouped ? COMPACT.columnGap : COLUMN_GAP,
    rowGap: compact ? COMPACT.rowGap : grouped ? GROUP_ROW_GAP : ROW_GAP,
  };
}

function shapeOfNode(node: SceneNode): ShapeNode {
  if (node.kind === 'group') {
    const rows = Math.ceil(node.group.vertexIds.length / node.cells);
    const height = GROUP.head + rows * CELL_PITCH + GROUP.foot;
    return { id: node.id, width: node.cells * CELL_PITCH + GROUP.sides, height, below: 0 };
  }
  if (node.kind === 'stub') return { id: node.id, ...STUB, below: 0 };
  if (node.kind === 'compact') {
    return { id: node.id, width: COMPACT.width, height: COMPACT.height, below: 0 };
  }
  return {
    id: node.id,
    width: node.expanded ? EXPANDED_WIDTH : NODE_WIDTH,
    height: nodeHeight(node.vertex, node.expanded),
    below: callSiteOf(node.vertex) !== null ? CAPSULE_GAP + CAPSULE_HEIGHT : 0,
  };
}

/** Same key = same layout; ticks and names don't change it. */
export function shapeKey(shape: GraphShape): string {
  const nodes = shape.nodes.map(
    ({ id, width, height, below }) => `${id}:${width}:${height}:${below}`,
  );
  const edges = shape.edges.map(({ source, target }) => `${source}>${target}`);
  return `${nodes.join()}|${edges.join()}`;
}

/** Members of a chain that the node lists; the rest is a count. All of them once it is expanded. */
export function listedMembers(
  vertex: Vertex,
  expanded = false,
): { names: readonly string[]; more: number } {
  if (vertex.operators.length < 2) return { names: [], more: 0 };
  const names = vertex.operators.map(({ name }) => name.replace(/^(Source|Sink): /, ''));
  if (expanded || names.length <= MEMBERS_MAX) return { names, more: 0 };
  return { names: names.slice(0, MEMBERS_MAX - 1), more: names.length - MEMBERS_MAX + 1 };
}

function nodeHeight(vertex: Vertex, expanded: boolean): number {
  const { names, more } = listedMembers(vertex, expanded);
  const lines = names.length + (more > 0 ? 1 : 0) + (expanded ? 1 : 0);
  return lines === 0 ? NODE_HEIGHT : NODE_HEIGHT + lines * MEMBER_HEIGHT - TYPE_LINE_HEIGHT;
}
