/**
 * Places a job's vertices left to right and draws the paths of its edges.
 *
 * Called once per topology, in the layout worker. Columns and their order come from dagre, the rows
 * from `placeRows`, the paths from `drawEdges`. Deterministic.
 */
import { Graph, layout } from '@dagrejs/dagre';
import type { GraphShape, ShapeEdge, ShapeNode } from '../model/graph/graph-shape.ts';
import { drawEdges, type PlacedEdge, type Point } from './edge-paths.ts';
import { placeRows, type RowNode } from './row-placement.ts';

export interface PlacedNode {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface GraphLayout {
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
  readonly width: number;
  readonly height: number;
}

interface Ranked {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  /** A bend of a long edge, not a vertex. */
  readonly bend: boolean;
}

const BEND_HEIGHT = 14;
/** Above this the ranks need not be the best ones, only good and soon. */
const NODES_EXACT = 150;

export function layoutGraph(shape: GraphShape): GraphLayout {
  const graph = rank(shape);
  const columnXs = columnMiddles(shape, graph);
  const columns = columnsOf(shape, graph, columnXs);
  const links = linksOf(shape, graph, columnXs);
  const shapes = new Map(shape.nodes.map((node) => [node.id, node]));
  const layers = columns.map((column) => column.map(({ id }) => rowNode(id, shapes.get(id))));
  const middle = placeRows(upright(layers, links, shape.rowGap), links, shape.rowGap);
  const xs = new Map(columns.flat().map(({ id, x }) => [id, x]));
  const nodes = shape.nodes.map(({ id, width, height }) => ({
    id,
    width,
    height,
    x: Math.round(xs.get(id)! - width / 2),
    y: Math.round(middle.get(id)! - height / 2),
  }));
  const left = Math.min(0, ...nodes.map(({ x }) => x));
  const top = nodes.length === 0 ? 0 : Math.min(...nodes.map(({ y }) => y));
  const moved = nodes.map((node) => ({ ...node, x: node.x - left, y: node.y - top }));
  const byIndex = new Map(shape.edges.map((edge) => [edge.index, edge]));
  const bends = (index: number): Point[] =>
    bendIds(graph, byIndex.get(index)!, columnXs).map((id) => ({
      x: xs.get(id)! - left,
      y: middle.get(id)! - top,
    }));
  return {
    nodes: moved,
    edges: drawEdges(shape.edges, moved, bends, shape.columnGap),
    width: Math.max(0, ...moved.map((node) => node.x + node.width)),
    height: Math.max(0, ...moved.map((node) => node.y + node.height + roomBelow(shapes, node.id))),
  };
}

function rank(shape: GraphShape): Graph {
  const graph = new Graph({ multigraph: true });
  const { columnGap, rowGap } = shape;
  const many = shape.nodes.length > NODES_EXACT;
  graph.setGraph({
    rankdir: 'LR',
    ranksep: columnGap,
    nodesep: rowGap,
    edgesep: rowGap,
    ...(many ? { ranker: 'tight-tree' } : {}),
  });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id, width, height } of shape.nodes) graph.setNode(id, { width, height });
  for (const { index, source, target } of shape.edges) {
    graph.setEdge(source, target, { width: 0, height: 0 }, `${index}`);
  }
  layout(graph);
  return graph;
}

function columnMiddles(shape: GraphShape, graph: Graph): number[] {
  const xs = shape.nodes.map(({ id }) => Math.round((graph.node(id) as unknown as Point).x));
  return [...new Set(xs)].sort((a, b) => a - b);
}

/** Vertices and bends by column, each column from top to bottom. */
function columnsOf(shape: GraphShape, graph: Graph, columnXs: readonly number[]): Ranked[][] {
  const all: Ranked[] = shape.nodes.map(({ id }) => {
    const { x, y } = graph.node(id) as unknown as Point;
    return { id, x: Math.round(x), y, bend: false };
  });
  for (const edge of shape.edges) {
    const points = pointsOf(graph, edge);
    for (const [at, x] of columnsBetween(columnXs, points)) {
      all.push({ id: bendId(edge.index, at), x, y: heightAt(points, x), bend: true });
    }
  }
  const byColumn = Map.groupBy(all, ({ x }) => x);
  return columnXs.map((x) => (byColumn.get(x) ?? []).sort((a, b) => a.y - b.y));
}

/** Columns that an edge passes without stopping. */
function columnsBetween(columnXs: readonly number[], points: readonly Point[]): [number, number][] {
  const first = points[0]?.x ?? 0;
  const last = points.at(-1)?.x ?? 0;
  return columnXs.filter((x) => x > first + 1 && x < last - 1).map((x, at) => [at, x]);
}

function heightAt(points: readonly Point[], x: number): number {
  const next = points.findIndex((point) => point.x >= x);
  const b = points[next] ?? points.at(-1)!;
  const a = points[next - 1] ?? b;
  const share = b.x === a.x ? 0 : (x - a.x) / (b.x - a.x);
  return a.y + share * (b.y - a.y);
}

function pointsOf(graph: Graph, { index, source, target }: ShapeEdge): readonly Point[] {
  const label = graph.edge(source, target, `${index}`) as { points?: Point[] };
  return label.points ?? [];
}

function bendIds(graph: Graph, edge: ShapeEdge, columnXs: readonly number[]): string[] {
  return columnsBetween(columnXs, pointsOf(graph, edge)).map(([at]) => bendId(edge.index, at));
}

function bendId(index: number, at: number): string {
  return `bend ${index} ${at}`;
}

/** Edges between neighbouring columns: long ones by way of their bends. */
function linksOf(shape: GraphShape, graph: Graph, columnXs: readonly number[]) {
  return shape.edges.flatMap((edge) => {
    const stops = [edge.source, ...bendIds(graph, edge, columnXs), edge.target];
    return stops.slice(1).map((stop, at) => ({ source: stops[at]!, target: stop }));
  });
}

function rowNode(id: string, shape: ShapeNode | undefined): RowNode {
  if (shape === undefined) return { id, above: BEND_HEIGHT / 2, below: BEND_HEIGHT / 2 };
  return { id, above: shape.height / 2, below: shape.height / 2 + shape.below };
}

function roomBelow(shapes: ReadonlyMap<string, ShapeNode>, id: string): number {
  return shapes.get(id)?.below ?? 0;
}

/** Of a drawing and its mirror image, the one whose left half is higher: the dock is below it. */
function upright(
  layers: RowNode[][],
  links: readonly { readonly source: string; readonly target: string }[],
  rowGap: number,
): RowNode[][] {
  const mirrored = layers.map((layer) => [...layer].reverse());
  return leftDepth(layers, links, rowGap) <= leftDepth(mirrored, links, rowGap) ? layers : mirrored;
}

function leftDepth(
  layers: readonly (readonly RowNode[])[],
  links: readonly { readonly source: string; readonly target: string }[],
  rowGap: number,
): number {
  const middle = placeRows(layers, links, rowGap);
  const ends = layers.flat().map(({ id, above }) => middle.get(id)! - above);
  const top = Math.min(...ends);
  const half = layers.slice(0, Math.ceil(layers.length / 2)).flat();
  return Math.max(...half.map(({ id, below }) => middle.get(id)! + below)) - top;
}
