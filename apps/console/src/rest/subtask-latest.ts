/** The latest figures of single subtasks of a vertex, now or at a moment of the past. */
import { type JobSubtasks, jobSubtasks, type SubtaskMetric } from '@weir/console-protocol';
import { queryOptions } from '@tanstack/react-query';
import { request } from './weir-client.ts';

const READ_MS = 2000;
/** The newest column of a range is looked for this far back. */
const BACK_MS = 30_000;

/** The latest lag of each subtask of a vertex, ms; up to `until`, or now where that is null. */
export function subtaskLagsQuery(jobId: string, vertexId: string | null, until: number | null) {
  return queryOptions({
    ...latestQuery(jobId, vertexId, until, ['watermarkLag']),
    select: latestLags,
    refetchInterval: until === null ? READ_MS : false,
  });
}

/** How a vertex' subtasks spent the seconds before a moment of the past. */
export function subtaskActivityQuery(jobId: string, vertexId: string | null, until: number) {
  return latestQuery(jobId, vertexId, until, ['busy', 'external', 'backpressured']);
}

function latestQuery(
  jobId: string,
  vertexId: string | null,
  until: number | null,
  metrics: readonly SubtaskMetric[],
) {
  const range = until === null ? '' : `&from=${until - BACK_MS}&to=${until}`;
  const path = `/weir/v1/jobs/${jobId}/subtasks?vertex=${vertexId}&metrics=${metrics.join()}`;
  return queryOptions({
    queryKey: ['subtasks', jobId, vertexId, until, metrics.join()],
    queryFn: ({ signal }) => request(path + range, jobSubtasks, { signal }),
    staleTime: until === null ? 0 : Number.POSITIVE_INFINITY,
    enabled: vertexId !== null,
  });
}

function latestLags({ metrics }: JobSubtasks): (number | null)[] {
  return (metrics.watermarkLag ?? []).map((row) => row.findLast((lag) => lag !== null) ?? null);
}
