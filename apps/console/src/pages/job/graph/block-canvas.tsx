/**
 * A graph of hundreds of vertices from far away: blocks of colour on one canvas in the place of a
 * thousand elements. It lies below the pane, which takes the pointer; the cursor of the keyboard
 * is drawn as a ring.
 */
import type { JobTopology } from '@weir/console-protocol';
import { useMemo } from 'react';
import { useStore } from 'reactflow';
import type { GraphLayout, PlacedNode } from '../../../layout-worker/graph-layout.ts';
import type { JobStore } from '../../../live/job-store.ts';
import { channelColour } from '../../../model/graph/busy-ramp.ts';
import { FULL_FROM } from '../../../model/graph/edge-look.ts';
import { fullest } from '../../../model/graph/edge-sum.ts';
import type { GraphScene } from '../../../model/graph/graph-scene.ts';
import { HATCH } from '../../../model/graph/graph-values.ts';
import { canvasColour, hatchPattern } from './canvas-colours.ts';
import { useGraphColours, valuesOf } from './graph-colours.ts';
import { type Picture, usePaint } from './use-paint.ts';

export interface BlockCanvasProps {
  readonly topology: JobTopology;
  readonly scene: GraphScene;
  readonly layout: GraphLayout;
  readonly edgeIndexes: readonly number[];
  readonly selected: string | null;
  readonly cursor: string | null;
  readonly dimmed: ReadonlySet<string>;
}

export function BlockCanvas(props: BlockCanvasProps) {
  const { topology, scene, layout, edgeIndexes, selected, cursor, dimmed } = props;
  const colours = useGraphColours();
  const x = useStore(({ transform }) => transform[0]);
  const y = useStore(({ transform }) => transform[1]);
  const zoom = useStore(({ transform }) => transform[2]);
  const width = useStore((state) => state.width);
  const height = useStore((state) => state.height);
  const edges = useMemo(() => edgePaths(scene, layout, edgeIndexes), [scene, layout, edgeIndexes]);
  const places = useMemo(() => {
    const all = new Map(topology.vertices.map(({ id }, at) => [id, at]));
    return layout.nodes.map(({ id }) => all.get(id) ?? -1);
  }, [topology, layout]);
  const picture = useMemo<Picture>(() => {
    const view = {
      left: -x / zoom,
      top: -y / zoom,
      right: (width - x) / zoom,
      bottom: (height - y) / zoom,
    };
    const ring = layout.nodes.find(({ id }) => id === (cursor ?? selected));
    return {
      place: (context) => {
        context.translate(x, y);
        context.scale(zoom, zoom);
      },
      looksOf: (store) => {
        const { fills } = valuesOf(store, colours);
        return [
          ...edges.map(({ indexes }) => edgeColour(store, indexes)),
          ...places.map((place) => fills[place] ?? ''),
        ];
      },
      paint: (context, looks) => {
        paintEdges(context, looks, edges, zoom);
        for (const [at, node] of layout.nodes.entries()) {
          if (isSeen(node, view)) {
            paintNode(context, looks[edges.length + at]!, node, dimmed.has(node.id));
          }
        }
        if (ring !== undefined) paintRing(context, ring, zoom);
      },
      paintPart: (context, look, part) => {
        const node = layout.nodes[part - edges.length];
        // Lines cross each other, and what is dimmed lets through what was there.
        if (node === undefined || dimmed.size > 0) return false;
        if (isSeen(node, view)) paintNode(context, look, node, false);
        return true;
      },
    };
  }, [x, y, zoom, width, height, edges, places, layout, colours, selected, cursor, dimmed]);
  const canvas = usePaint(width, height, devicePixelRatio, picture);
  return (
    <canvas
      ref={canvas}
      className="block-canvas"
      style={{ width, height }}
      data-blocks={layout.nodes.length}
    />
  );
}

/** The vertex at a place of the graph; null between them. */
export function blockAt(layout: GraphLayout, x: number, y: number): string | null {
  const hit = layout.nodes.find(
    (node) => x >= node.x && x <= node.x + node.width && y >= node.y && y <= node.y + node.height,
  );
  return hit?.id ?? null;
}

interface DrawnEdge {
  readonly indexes: readonly number[];
  readonly path: Path2D;
}

function edgePaths(
  scene: GraphScene,
  layout: GraphLayout,
  edgeIndexes: readonly number[],
): DrawnEdge[] {
  const members = new Map(scene.edges.map((edge) => [edge.index, edge.members]));
  return layout.edges.map(({ index, path }) => ({
    indexes: (members.get(index) ?? []).map((at) => edgeIndexes[at]!),
    path: new Path2D(path),
  }));
}

/** Edges of one colour are stroked in one go. */
function paintEdges(
  context: CanvasRenderingContext2D,
  looks: readonly string[],
  edges: readonly DrawnEdge[],
  zoom: number,
): void {
  const byColour = new Map<string, Path2D>();
  for (const [at, { path }] of edges.entries()) {
    const colour = looks[at]!;
    let together = byColour.get(colour);
    if (together === undefined) {
      together = new Path2D();
      byColour.set(colour, together);
    }
    together.addPath(path);
  }
  context.lineWidth = Math.max(1.5, 1 / zoom);
  for (const [colour, path] of byColour) {
    context.strokeStyle = canvasColour(colour);
    context.stroke(path);
  }
}

function edgeColour(store: JobStore, indexes: readonly number[]): string {
  const fill = fullest(store, indexes);
  return channelColour(fill !== null && fill >= FULL_FROM ? 1 : fill);
}

interface Sides {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

function isSeen({ x, y, width, height }: PlacedNode, view: Sides): boolean {
  return x <= view.right && y <= view.bottom && x + width >= view.left && y + height >= view.top;
}

function paintNode(
  context: CanvasRenderingContext2D,
  fill: string,
  { x, y, width, height }: PlacedNode,
  dim: boolean,
): void {
  context.globalAlpha = dim ? DIMMED : 1;
  context.fillStyle = fill === HATCH ? hatchPattern(context) : canvasColour(fill);
  context.fillRect(x, y, width, height);
  context.lineWidth = 2;
  context.strokeStyle = canvasColour('var(--line-strong)');
  context.strokeRect(x, y, width, height);
  context.globalAlpha = 1;
}

const DIMMED = 0.3;

function paintRing(context: CanvasRenderingContext2D, node: PlacedNode, zoom: number): void {
  const gap = 3 / zoom;
  context.lineWidth = 2 / zoom;
  context.strokeStyle = canvasColour('var(--accent)');
  context.strokeRect(node.x - gap, node.y - gap, node.width + 2 * gap, node.height + 2 * gap);
}
