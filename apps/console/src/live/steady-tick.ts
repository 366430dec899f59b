/**
 * The newest tick with the rates of the last half minute. A source that waits for room reads in
 * gulps: from second to second its rate says nothing of how fast it goes on.
 */
import type { JobTick } from '@weir/console-protocol';
import { JOB_COLUMNS, type JobStore } from './job-store.ts';
import { VERTEX_COLUMNS } from './vertex-series.ts';

/** As far back as the slope of the backlog is measured. */
export const STEADY_MS = 30_000;

/** Of the vertices only the one that limits the job gets another rate. O(vertices). */
export function steadyTick(store: JobStore): JobTick | null {
  const { latest, job } = store;
  if (latest === null) return null;
  const from = latest.t - STEADY_MS;
  const until = latest.t + 1;
  const limit = latest.bottleneck?.vertexId;
  const ring = limit === undefined ? null : store.series(limit);
  const taken = ring?.mean(VERTEX_COLUMNS.recordsIn, from, until) ?? null;
  return {
    ...latest,
    recordsIn: job.mean(JOB_COLUMNS.recordsIn, from, until) ?? latest.recordsIn,
    vertices: latest.vertices.map((vertex) =>
      vertex.id === limit && taken !== null ? { ...vertex, recordsIn: taken } : vertex,
    ),
  };
}
