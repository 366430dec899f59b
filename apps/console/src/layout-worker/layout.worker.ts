/** Runs the layout off the main thread: one request, one answer with the same number. */
import type { GraphShape } from '../model/graph/graph-shape.ts';
import { layoutGraph } from './graph-layout.ts';

self.onmessage = (event: MessageEvent<{ id: number; shape: GraphShape }>) => {
  const { id, shape } = event.data;
  self.postMessage({ id, layout: layoutGraph(shape) });
};
