/** Where the camera stands so that the whole graph is seen. */
export interface Camera {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

export interface Extent {
  readonly width: number;
  readonly height: number;
}

export interface Box extends Extent {
  readonly x: number;
  readonly y: number;
}

export type ZoomLevel = 'near' | 'middle' | 'far';

const ZOOM_MAX = 1.25;
const ZOOM_NEAR = 0.8;
const ZOOM_MIDDLE = 0.35;
const SIDE = 12;
/** Room for the flag above a node. */
const ABOVE = 30;
/** The dock at the bottom left, kept free where that costs no detail. */
const DOCK = { width: 460, height: 160 };

export function zoomLevel(zoom: number): ZoomLevel {
  return zoom >= ZOOM_NEAR ? 'near' : zoom >= ZOOM_MIDDLE ? 'middle' : 'far';
}

/** `nodes` are checked against the dock: it lies over the lower left corner of the view. */
export function fitCamera(graph: Extent, nodes: readonly Box[], view: Extent): Camera {
  const whole = cameraFor(graph, view, SIDE);
  if (!underDock(whole, nodes, view)) return whole;
  const higher = { ...whole, y: ABOVE };
  if (!underDock(higher, nodes, view)) return higher;
  const smaller = cameraFor(graph, view, DOCK.height + SIDE);
  return smaller.zoom >= Math.min(ZOOM_NEAR, whole.zoom) ? smaller : higher;
}

function cameraFor(graph: Extent, view: Extent, below: number): Camera {
  const zoom = Math.max(
    0.05,
    Math.min(
      ZOOM_MAX,
      (view.width - 2 * SIDE) / Math.max(1, graph.width),
      (view.height - ABOVE - below) / Math.max(1, graph.height),
    ),
  );
  const room = view.height - ABOVE - below - graph.height * zoom;
  return {
    zoom,
    x: Math.round(Math.max(SIDE, (view.width - graph.width * zoom) / 2)),
    y: Math.round(ABOVE + Math.max(0, room / 3)),
  };
}

function underDock({ x, y, zoom }: Camera, nodes: readonly Box[], view: Extent): boolean {
  return nodes.some(
    (node) =>
      x + node.x * zoom < DOCK.width &&
      y + (node.y + node.height) * zoom > view.height - DOCK.height,
  );
}
