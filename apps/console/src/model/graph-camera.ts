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

export type ZoomLevel = 'near' | 'middle' | 'far';

const ZOOM_MAX = 1.25;
const ZOOM_NEAR = 0.8;
const ZOOM_MIDDLE = 0.35;
const SIDE = 12;
/** Room for the flag above a node. */
const ABOVE = 30;
/** Height of the dock at the bottom, kept free where that costs no detail. */
const DOCK = 172;

export function zoomLevel(zoom: number): ZoomLevel {
  return zoom >= ZOOM_NEAR ? 'near' : zoom >= ZOOM_MIDDLE ? 'middle' : 'far';
}

export function fitCamera(graph: Extent, view: Extent): Camera {
  const zoomFor = (below: number) =>
    Math.min(
      ZOOM_MAX,
      (view.width - 2 * SIDE) / Math.max(1, graph.width),
      (view.height - ABOVE - below) / Math.max(1, graph.height),
    );
  const tight = zoomFor(SIDE);
  const free = zoomFor(DOCK);
  const aboveDock = free >= Math.min(ZOOM_NEAR + 0.05, tight);
  const zoom = Math.max(0.05, aboveDock ? free : tight);
  const below = aboveDock ? DOCK : SIDE;
  const room = view.height - ABOVE - below - graph.height * zoom;
  return {
    zoom,
    x: Math.round(Math.max(SIDE, (view.width - graph.width * zoom) / 2)),
    y: Math.round(ABOVE + Math.max(0, room / 2)),
  };
}
