/** The latest figures of single subtasks of a vertex, now or at a moment of the past. */
import { type JobSubtasks, jobSubtasks, type SubtaskMetric } from '@weir/console-protocol';
import { queryOptions } from '@tanstack/react-query';
import { isKnownUntil } from '../model/graph/subtask-activity.ts';
import { request } from './weir-client.ts';

const READ_MS = 2000;
/** The newest column of a range is looked for this far back. */
const BACK_MS = 30_000;
/** Where nothing is known before a moment, such as in a job's first second, what came soon after. */
const AFTER_MS = 15_000;
/** Figures come later than what they are asked about; those that never come are not waited for. */
const READS_MAX = 15;

/** The latest lag of each subtask of a vertex, ms; up to `until`, or now where that is null. */
export function subtaskLagsQuery(jobId: string, vertexId: string | null, until: number | null) {
  return queryOptions({
    ...latestQuery(jobId, vertexId, until, ['watermarkLag']),
    select: latestLags,
    refetchInterval: until === null ? READ_MS : false,
  });
}

/**
 * How a vertex' subtasks spent the seconds around a moment that may be just over: read again until
 * the figures of that moment are there.
 */
export function subtaskActivityQuery(jobId: string, vertexId: string, moment: number) {
  const metrics = ['busy', 'external', 'backpressured'] as const;
  const range = { from: moment - BACK_MS, to: moment + AFTER_MS };
  return queryOptions({
    queryKey: ['subtask-activity', jobId, vertexId, moment],
    queryFn: ({ signal }) => read(jobId, vertexId, metrics, range, signal),
    staleTime: Number.POSITIVE_INFINITY,
    refetchInterval: ({ state: { data, dataUpdateCount } }) => {
      const known = data !== undefined && isKnownUntil(data, moment);
      return known || dataUpdateCount >= READS_MAX ? false : READ_MS;
    },
  });
}

function latestQuery(
  jobId: string,
  vertexId: string | null,
  until: number | null,
  metrics: readonly SubtaskMetric[],
) {
  const range = until === null ? null : { from: until - BACK_MS, to: until };
  return queryOptions({
    queryKey: ['subtasks', jobId, vertexId, until, metrics.join()],
    queryFn: ({ signal }) => read(jobId, vertexId, metrics, range, signal),
    staleTime: until === null ? 0 : Number.POSITIVE_INFINITY,
    enabled: vertexId !== null,
  });
}

function read(
  jobId: string,
  vertexId: string | null,
  metrics: readonly SubtaskMetric[],
  range: { readonly from: number; readonly to: number } | null,
  signal: AbortSignal,
): Promise<JobSubtasks> {
  const path = `/weir/v1/jobs/${jobId}/subtasks?vertex=${vertexId}&metrics=${metrics.join()}`;
  const within = range === null ? '' : `&from=${range.from}&to=${range.to}`;
  return request(path + within, jobSubtasks, { signal });
}

function latestLags({ metrics }: JobSubtasks): (number | null)[] {
  return (metrics.watermarkLag ?? []).map((row) => row.findLast((lag) => lag !== null) ?? null);
}
