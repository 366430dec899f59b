/**
 * Asks the layout worker; remembers the answers of the last topologies.
 *
 * The worker starts with the page that will ask. Invariant: the same shape is laid out once.
 */
import { type GraphShape, shapeKey } from '../model/graph/graph-shape.ts';
import type { GraphLayout } from './graph-layout.ts';

const REMEMBERED = 16;

let asked = 0;
const waiting = new Map<number, (layout: GraphLayout) => void>();
const worker = new Worker(new URL('./layout.worker.ts', import.meta.url), { type: 'module' });
worker.onmessage = (event: MessageEvent<{ id: number; layout: GraphLayout }>) => {
  const { id, layout } = event.data;
  waiting.get(id)?.(layout);
  waiting.delete(id);
};
const known = new Map<string, Promise<GraphLayout>>();

/** The layout of a shape; never rejects. */
export function requestLayout(shape: GraphShape): Promise<GraphLayout> {
  const key = shapeKey(shape);
  const last = known.get(key);
  if (last !== undefined) return last;
  const answer = new Promise<GraphLayout>((resolve) => {
    const id = ++asked;
    waiting.set(id, resolve);
    worker.postMessage({ id, shape });
  });
  known.set(key, answer);
  const oldest = known.keys().next().value;
  if (known.size > REMEMBERED && oldest !== undefined) known.delete(oldest);
  return answer;
}
