/**
 * What is known about a thread from outside, whether it works, hangs or is gone: which operator it
 * is in, by the number that it publishes.
 */
import {
  operatorAt,
  operatorText,
  type Deployment,
  type MetricSeries,
  type PositionedOperator,
} from '@weir/runtime';
import { positionOf } from './slot-vitals.ts';

/** Null while it has not been in any operator. */
export function operatorOf(
  vitals: SharedArrayBuffer,
  { graph, tasks }: Deployment,
): PositionedOperator | null {
  return operatorAt(positionOf(vitals), graph, tasks);
}

/** The operator that a metric belongs to. */
export function operatorOfSeries(
  { vertexId, subtask, operatorId }: MetricSeries,
  { graph }: Deployment,
): PositionedOperator | null {
  const vertex = graph.vertices.find(({ id }) => id === vertexId);
  const node = vertex?.operators.find(({ id }) => id === operatorId);
  return node === undefined ? null : { vertexId, subtask, node, inside: false };
}

/**
 * The operator that is defined nearest above a place in the code: most likely what the code there
 * belongs to. `place` and origins are `file:line`, files absolute or as the user sees them.
 */
export function operatorNear(place: string, { graph, tasks }: Deployment, slot: number) {
  const at = parsed(place);
  let nearest: PositionedOperator | null = null;
  let nearestLine = -1;
  for (const { vertexId, subtask, slot: taskSlot } of tasks) {
    if (taskSlot !== slot) continue;
    const operators = graph.vertices.find(({ id }) => id === vertexId)?.operators ?? [];
    for (const node of operators) {
      const origin = parsed(node.origin ?? '');
      const sameFile = origin.file !== '' && `/${at.file}`.endsWith(`/${origin.file}`);
      if (!sameFile || origin.line > at.line || origin.line <= nearestLine) continue;
      nearestLine = origin.line;
      nearest = { vertexId, subtask, node, inside: false };
    }
  }
  return nearest;
}

function parsed(place: string): { readonly file: string; readonly line: number } {
  const cut = place.lastIndexOf(':');
  return {
    file: place.slice(0, Math.max(0, cut)).replace(/^\/+/, ''),
    line: Number(place.slice(cut + 1)),
  };
}

/** ` in map "parse" (defined at jobs/flights.ts:40)`, or nothing if nothing is known. */
export function placeText(operator: PositionedOperator | null, outside = ', last in '): string {
  if (operator === null) return '';
  return `${operator.inside ? ' in ' : outside}${operatorText(operator.node)}`;
}

/**
 * The text that was seen most often, of those the newest: a single look may fall into a moment in
 * which a thread was elsewhere. @param seen oldest first, at least one.
 */
export function mostSeen(seen: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const text of seen) counts.set(text, (counts.get(text) ?? 0) + 1);
  const most = Math.max(...counts.values());
  return seen.findLast((text) => counts.get(text) === most)!;
}
