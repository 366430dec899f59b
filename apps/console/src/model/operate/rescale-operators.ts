/** Which operators another parallelism of their job would change, busiest first. */
import { vertexTitle } from '../graph/vertex-title.ts';
import type { Vertex } from '../graph/vertex-kind.ts';

export interface RescaledOperator {
  readonly id: string;
  readonly title: string;
  /** Of its busiest subtask, 0…1; null while nothing is known. */
  readonly busy: number | null;
  readonly now: number;
  readonly next: number;
}

export interface RescaledOperators {
  readonly rows: readonly RescaledOperator[];
  /** Those that are left out. */
  readonly more: number;
}

/**
 * A vertex with another parallelism than its job has one of its own, and keeps it.
 * @param from what the job has now
 */
export function rescaledOperators(
  vertices: readonly Vertex[],
  busyOf: (vertexId: string) => number | null,
  from: number,
  to: number,
  rowsMax: number,
): RescaledOperators {
  const rows = vertices
    .map((vertex) => ({
      id: vertex.id,
      title: vertexTitle(vertex),
      busy: busyOf(vertex.id),
      now: vertex.parallelism,
      next: vertex.parallelism === from ? to : vertex.parallelism,
    }))
    .sort((a, b) => (b.busy ?? -1) - (a.busy ?? -1));
  // One more row says no less than that there is one more.
  const shown = rows.length === rowsMax + 1 ? rowsMax + 1 : rowsMax;
  return { rows: rows.slice(0, shown), more: Math.max(0, rows.length - shown) };
}
