/**
 * What each subtask of a vertex did over a range of time, for heatmaps and tables of subtasks. Live
 * and past alike: the newest column is at most `step` old while the job runs.
 */
import { z } from 'zod';
import { resolution } from './resolution.ts';

/**
 * Ratios 0…1: `busy` (of which `queued` and `external`), `backpressured`, `idle`. Per second:
 * `recordsIn`, `recordsOut`. `watermarkLag` in ms behind the newest event time that a source
 * emitted; `stateBytes`; `pendingRecords` of sources. A column holds means over its step of ratios
 * and rates, and the last value of the others.
 */
export const subtaskMetric = z.enum([
  'busy',
  'queued',
  'external',
  'backpressured',
  'idle',
  'recordsIn',
  'recordsOut',
  'watermarkLag',
  'stateBytes',
  'pendingRecords',
]);
export type SubtaskMetric = z.infer<typeof subtaskMetric>;

/**
 * `GET /weir/v1/jobs/<id>/subtasks?vertex=&from=&to=`, optionally `&metrics=busy,recordsIn` and
 * `&columns=` (at most so many; 600 if left out, fewer for very many subtasks). Without a range the
 * last five minutes. A gap in `times` wider than `step` is a time that nothing is known of.
 */
export const jobSubtasks = z.object({
  vertexId: z.string(),
  from: z.number(),
  to: z.number(),
  /** Width of a column in ms. */
  step: z.number(),
  /** Epoch ms at which each column begins, ascending. */
  times: z.array(z.number()),
  /** Rows of every metric. */
  subtasks: z.number(),
  resolution,
  /** Row = subtask, column = time; null = unknown. A metric that the vertex lacks is left out. */
  metrics: z.partialRecord(subtaskMetric, z.array(z.array(z.number().nullable()))),
});
export type JobSubtasks = z.infer<typeof jobSubtasks>;
