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
  const { bottleneck } = latest;
  const limit = bottleneck?.vertexId;
  const ring = limit === undefined ? null : store.series(limit);
  const taken = ring?.mean(VERTEX_COLUMNS.recordsIn, from, until) ?? null;
  const recordsIn = job.mean(JOB_COLUMNS.recordsIn, from, until) ?? latest.recordsIn;
  const growth = backlogGrowth(job, from);
  const figures =
    recordsIn === null || growth === null
      ? bottleneck?.figures
      : { ...bottleneck?.figures, supplyPerSecond: Math.max(0, recordsIn + growth) };
  return {
    ...latest,
    recordsIn,
    ...(bottleneck == null ? {} : { bottleneck: { ...bottleneck, figures } }),
    vertices: latest.vertices.map((vertex) =>
      vertex.id === limit && taken !== null ? { ...vertex, recordsIn: taken } : vertex,
    ),
  };
}

/** Records per second between the ends of the time; null while one of them is not known. */
function backlogGrowth(job: JobStore['job'], from: number): number | null {
  const first = job.indexAt(from);
  const last = job.length - 1;
  if (first >= last) return null;
  const change =
    job.value(last, JOB_COLUMNS.pendingRecords) - job.value(first, JOB_COLUMNS.pendingRecords);
  return Number.isNaN(change) ? null : (change / (job.time(last) - job.time(first))) * 1000;
}
