/** What each subtask of a vertex did: over a range for the heatmap, and at its end for the table. */
import { jobSubtasks, type SubtaskMetric } from '@weir/console-protocol';
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { Moment } from '../model/time/moment.ts';
import { request } from './weir-client.ts';

/** A range, or the newest `spanMs` of a job that goes on. */
export interface SubtaskSpan {
  readonly moment: Moment;
  readonly spanMs: number;
  readonly columns: number;
  /** Newest time that is known of the job, epoch ms. */
  readonly newest: () => number;
}

const OFTEN_MS = 2000;
/** Very many subtasks are read less often. */
const SELDOM_MS = 5000;
const MANY = 32;

export function subtasksQuery(
  jobId: string,
  vertex: { readonly id: string; readonly parallelism: number },
  metrics: readonly SubtaskMetric[],
  span: SubtaskSpan,
) {
  const { moment, spanMs, columns, newest } = span;
  const often = vertex.parallelism > MANY ? SELDOM_MS : OFTEN_MS;
  const key = [vertex.id, 'subtasks', metrics.join(), columns, spanMs, moment];
  return queryOptions({
    queryKey: ['job', jobId, 'vertex', ...key],
    queryFn: ({ signal }) => {
      const { from, to } = rangeOf(moment, spanMs, newest());
      const wanted = new URLSearchParams({
        vertex: vertex.id,
        from: `${from}`,
        to: `${to}`,
        columns: `${columns}`,
        metrics: metrics.join(),
      });
      return request(`/weir/v1/jobs/${jobId}/subtasks?${wanted}`, jobSubtasks, { signal });
    },
    refetchInterval: moment.kind === 'live' ? often : false,
    staleTime: moment.kind === 'live' ? 0 : Number.POSITIVE_INFINITY,
    placeholderData: keepPreviousData,
  });
}

function rangeOf(moment: Moment, spanMs: number, newest: number): { from: number; to: number } {
  if (moment.kind === 'range') return { from: moment.from, to: moment.to };
  // The tick at the instant itself belongs to what is shown.
  const to = (moment.kind === 'instant' ? moment.at : newest) + 1;
  return { from: Math.max(0, to - spanMs), to };
}
