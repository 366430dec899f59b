/** The whole graph, small; the frame is what is seen. Dragging moves the camera. */
import { memo, type PointerEvent, useRef } from 'react';
import { useReactFlow, useStore } from 'reactflow';
import type { GraphLayout, PlacedNode } from '../../../layout-worker/graph-layout.ts';
import { useJob } from '../../../live/use-live.ts';
import { nodeView } from '../../../model/node-view.ts';

const WIDTH = 148;
const HEIGHT = 84;
const PAD = 26;

export function GraphMap({ layout }: { layout: GraphLayout }) {
  const flow = useReactFlow();
  const element = useRef<SVGSVGElement>(null);
  const x = useStore(({ transform }) => transform[0]);
  const y = useStore(({ transform }) => transform[1]);
  const zoom = useStore(({ transform }) => transform[2]);
  const width = useStore((state) => state.width);
  const height = useStore((state) => state.height);
  const scale = Math.max((layout.width + 2 * PAD) / WIDTH, (layout.height + 2 * PAD) / HEIGHT);
  const left = layout.width / 2 - (WIDTH * scale) / 2;
  const top = layout.height / 2 - (HEIGHT * scale) / 2;
  const move = (event: PointerEvent) => {
    if (event.buttons !== 1 || element.current === null) return;
    const box = element.current.getBoundingClientRect();
    const toX = left + ((event.clientX - box.left) / box.width) * WIDTH * scale;
    const toY = top + ((event.clientY - box.top) / box.height) * HEIGHT * scale;
    void flow.setCenter(toX, toY, { zoom });
  };
  const frame = clipped(
    { left: -x / zoom, top: -y / zoom, right: (width - x) / zoom, bottom: (height - y) / zoom },
    { left, top, right: left + WIDTH * scale, bottom: top + HEIGHT * scale },
  );
  return (
    <svg
      ref={element}
      className="graph-map"
      width={WIDTH}
      height={HEIGHT}
      viewBox={`${left} ${top} ${WIDTH * scale} ${HEIGHT * scale}`}
      role="img"
      aria-label="Map of the graph"
      onPointerDown={move}
      onPointerMove={move}
    >
      {layout.edges.map(({ index, path }) => (
        <path key={index} d={path} fill="none" stroke="var(--line-strong)" strokeWidth="6" />
      ))}
      {layout.nodes.map((node) => (
        <MapNode key={node.id} node={node} />
      ))}
      <rect
        x={frame.left + scale}
        y={frame.top + scale}
        width={Math.max(0, frame.right - frame.left - 2 * scale)}
        height={Math.max(0, frame.bottom - frame.top - 2 * scale)}
        rx={3 * scale}
        fill="none"
        stroke="var(--accent)"
        strokeWidth={1.5 * scale}
      />
    </svg>
  );
}

interface Sides {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

function clipped(frame: Sides, to: Sides): Sides {
  return {
    left: Math.max(frame.left, to.left),
    top: Math.max(frame.top, to.top),
    right: Math.min(frame.right, to.right),
    bottom: Math.min(frame.bottom, to.bottom),
  };
}

const MapNode = memo(function MapNode({ node }: { node: PlacedNode }) {
  const fill = useJob((store) => {
    const view = nodeView(store, node.id);
    return view.victim ? 'var(--bp-line)' : view.fill;
  }, node.id);
  return (
    <rect
      x={node.x}
      y={node.y}
      width={node.width}
      height={node.height}
      rx="8"
      fill={fill}
      stroke="var(--line-strong)"
      strokeWidth="6"
    />
  );
});
