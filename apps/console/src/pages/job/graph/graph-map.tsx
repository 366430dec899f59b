/** The whole graph, small, on a canvas; the frame is what is seen. Dragging moves the camera. */
import type { JobTopology } from '@weir/console-protocol';
import { type PointerEvent, useMemo, useRef } from 'react';
import { useReactFlow, useStore } from 'reactflow';
import type { GraphLayout } from '../../../layout-worker/graph-layout.ts';
import type { JobStore } from '../../../live/job-store.ts';
import { modeColour } from '../../../model/graph/colour-mode.ts';
import type { GraphScene, SceneNode } from '../../../model/graph/graph-scene.ts';
import { type GraphValues, HATCH, highestOf } from '../../../model/graph/graph-values.ts';
import { isGroupHeld } from '../../../model/graph/group-view.ts';
import { hatches } from '../../../model/graph/node-view.ts';
import { canvasColour } from './canvas-colours.ts';
import { useGraphColours, valuesOf } from './graph-colours.ts';
import { type Picture, usePaint } from './use-paint.ts';

const WIDTH = 148;
const HEIGHT = 84;
const PAD = 26;
/** More nodes than this would be nothing but outlines. */
const OUTLINED_MAX = 120;

interface GraphMapProps {
  readonly topology: JobTopology;
  readonly scene: GraphScene;
  readonly layout: GraphLayout;
}

export function GraphMap({ topology, scene, layout }: GraphMapProps) {
  const colours = useGraphColours();
  const scale = Math.max((layout.width + 2 * PAD) / WIDTH, (layout.height + 2 * PAD) / HEIGHT);
  const left = layout.width / 2 - (WIDTH * scale) / 2;
  const top = layout.height / 2 - (HEIGHT * scale) / 2;
  const nodes = useMemo(() => {
    const places = new Map(topology.vertices.map(({ id }, at) => [id, at]));
    const scenes = new Map(scene.nodes.map((node) => [node.id, placesOf(node, places)]));
    return layout.nodes.map(({ id }) => scenes.get(id) ?? null);
  }, [topology, scene, layout]);
  const edges = useMemo(() => {
    const path = new Path2D();
    for (const edge of layout.edges) path.addPath(new Path2D(edge.path));
    return path;
  }, [layout]);
  const picture = useMemo<Picture>(() => {
    const looksOf = (store: JobStore) => {
      const values = valuesOf(store, colours);
      return nodes.map((places) => (places === null ? '' : mapFill(values, places)));
    };
    const paint: Picture['paint'] = (context, fills) => {
      const outlined = layout.nodes.length <= OUTLINED_MAX;
      context.scale(1 / scale, 1 / scale);
      context.translate(-left, -top);
      context.strokeStyle = canvasColour('var(--line-strong)');
      context.lineWidth = 0.8 * scale;
      if (outlined) context.stroke(edges);
      for (const [at, fill] of fills.entries()) {
        if (fill === '') continue;
        const { x, y, width, height } = layout.nodes[at]!;
        context.fillStyle = canvasColour(fill);
        context.fillRect(x, y, width, height);
        if (outlined) context.strokeRect(x, y, width, height);
      }
    };
    return { looksOf, paint };
  }, [scale, left, top, edges, layout, nodes, colours]);
  const canvas = usePaint(WIDTH, HEIGHT, 2, picture);
  return (
    <div className="graph-map" role="img" aria-label="Map of the graph">
      <canvas ref={canvas} style={{ width: WIDTH, height: HEIGHT }} />
      <MapFrame layout={layout} left={left} top={top} scale={scale} />
    </div>
  );
}

/** Positions in the topology of what a node stands for. */
function placesOf(node: SceneNode, places: ReadonlyMap<string, number>): readonly number[] {
  return 'group' in node ? node.group.places : [places.get(node.id) ?? -1];
}

function mapFill(values: GraphValues, places: readonly number[]): string {
  const { scale, fills } = values;
  const cause = places.includes(values.cause);
  const [first] = places;
  if (places.length === 1 && first !== undefined) {
    const fill = fills[first] ?? '';
    return fill === HATCH ? HELD : fill;
  }
  if (!cause && hatches(scale) && isGroupHeld(values, places)) return HELD;
  return modeColour(scale, highestOf(values.values, places), cause).fill;
}

/** A hatch would be nothing but noise here. */
const HELD = 'var(--bp-line)';

interface MapFrameProps {
  readonly layout: GraphLayout;
  readonly left: number;
  readonly top: number;
  readonly scale: number;
}

/** What the camera sees; follows it without painting the map again. */
function MapFrame({ left, top, scale }: MapFrameProps) {
  const flow = useReactFlow();
  const element = useRef<SVGSVGElement>(null);
  const x = useStore(({ transform }) => transform[0]);
  const y = useStore(({ transform }) => transform[1]);
  const zoom = useStore(({ transform }) => transform[2]);
  const width = useStore((state) => state.width);
  const height = useStore((state) => state.height);
  const move = (event: PointerEvent) => {
    if (event.buttons !== 1 || element.current === null) return;
    const box = element.current.getBoundingClientRect();
    const toX = left + ((event.clientX - box.left) / box.width) * WIDTH * scale;
    const toY = top + ((event.clientY - box.top) / box.height) * HEIGHT * scale;
    void flow.setCenter(toX, toY, { zoom });
  };
  const clip = (value: number, most: number) => Math.min(most - 1, Math.max(1, value));
  const from = { x: (-x / zoom - left) / scale, y: (-y / zoom - top) / scale };
  const to = {
    x: ((width - x) / zoom - left) / scale,
    y: ((height - y) / zoom - top) / scale,
  };
  const [x1, x2] = [clip(from.x, WIDTH), clip(to.x, WIDTH)];
  const [y1, y2] = [clip(from.y, HEIGHT), clip(to.y, HEIGHT)];
  return (
    <svg
      ref={element}
      width={WIDTH}
      height={HEIGHT}
      aria-hidden="true"
      onPointerDown={move}
      onPointerMove={move}
    >
      <rect
        x={x1}
        y={y1}
        width={Math.max(0, x2 - x1)}
        height={Math.max(0, y2 - y1)}
        rx="3"
        fill="none"
        stroke="var(--accent)"
        strokeWidth="1.5"
      />
    </svg>
  );
}
