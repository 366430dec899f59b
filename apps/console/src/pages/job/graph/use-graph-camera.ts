/** The camera over the graph: fits at first, goes where it is sent, stays where a viewer put it. */
import { useCallback, useEffect, useRef } from 'react';
import { useReactFlow, useStore, useStoreApi } from 'reactflow';
import type { GraphLayout } from '../../../layout-worker/graph-layout.ts';
import { fitCamera } from '../../../model/graph/graph-camera.ts';

const MOVE_MS = 320;
/** A node counts as seen when it is so far from the border, px. */
const BORDER = 24;

export interface GraphCamera {
  readonly fit: () => void;
  /** Brings a node into the picture, if it is not. */
  readonly centre: (nodeId: string) => void;
  /** To be called when something moved; only a viewer's own move counts. */
  readonly touched: (event: unknown) => void;
}

export function useGraphCamera(layout: GraphLayout): GraphCamera {
  const flow = useReactFlow();
  const store = useStoreApi();
  const moved = useRef(false);
  const shown = useRef(layout);
  const width = useStore((state) => state.width);
  const height = useStore((state) => state.height);
  const show = useCallback(
    (duration: number) => {
      const view = store.getState();
      if (view.width === 0 || view.height === 0) return;
      void flow.setViewport(fitCamera(layout, layout.nodes, view), { duration });
    },
    [flow, store, layout],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: the size is what it reacts to
  useEffect(() => {
    // Another picture is seen whole, wherever the camera was on the one before.
    if (shown.current !== layout && !resembles(shown.current, layout)) moved.current = false;
    shown.current = layout;
    if (!moved.current) show(0);
  }, [show, width, height]);
  const fit = useCallback(() => {
    moved.current = false;
    show(duration());
  }, [show]);
  const centre = useCallback(
    (nodeId: string) => {
      const node = layout.nodes.find(({ id }) => id === nodeId);
      const { transform, width: w, height: h } = store.getState();
      if (node === undefined || w === 0) return;
      const [x, y, zoom] = transform;
      const [left, top] = [node.x * zoom + x, node.y * zoom + y];
      const [right, bottom] = [left + node.width * zoom, top + node.height * zoom];
      const seen = left >= BORDER && top >= BORDER && right <= w - BORDER && bottom <= h - BORDER;
      if (seen) return;
      moved.current = true;
      const middle = { x: node.x + node.width / 2, y: node.y + node.height / 2 };
      void flow.setCenter(middle.x, middle.y, { zoom, duration: duration() });
    },
    [flow, store, layout],
  );
  const touched = useCallback((event: unknown) => {
    if (event !== null) moved.current = true;
  }, []);
  return { fit, centre, touched };
}

function duration(): number {
  return matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : MOVE_MS;
}

/** A chain that was opened leaves the same nodes; the camera need not move for that. */
function resembles(before: GraphLayout, after: GraphLayout): boolean {
  return (
    before.nodes.length === after.nodes.length &&
    before.nodes.every(({ id }, at) => id === after.nodes[at]?.id)
  );
}
