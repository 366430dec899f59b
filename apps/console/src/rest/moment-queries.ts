/**
 * REST resources of a job as they were at the moment that its page shows. In the present these are
 * Flink's own; of the past only what had happened by then.
 */
import { type Checkpoint, type JobExceptions, pastExceptions } from '@weir/flink-rest';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { useShownMoment } from '../frame/use-moment.ts';
import type { Moment } from '../model/moment.ts';
import { checkpointsQuery, exceptionsQuery } from './job-queries.ts';
import { request } from './weir-client.ts';

const EXCEPTIONS_MAX = 500;
const PAST_STALE_MS = 60_000;
const NO_CHECKPOINTS: readonly Checkpoint[] = [];

/** Newest first; what ended after the moment is left out, or in a range what ended outside. */
export function useCheckpointsShown(jobId: string): readonly Checkpoint[] {
  const moment = useShownMoment();
  const { data } = useQuery(checkpointsQuery(jobId));
  const history = data?.history ?? NO_CHECKPOINTS;
  return moment.kind === 'live' ? history : history.filter((one) => endedWithin(one, moment));
}

/** Newest first, all that a strip of time has room for, whatever moment is shown. */
export function useStripCheckpoints(
  jobId: string,
  _strip: { readonly from: number; readonly to: number },
): readonly Checkpoint[] {
  const { data } = useQuery(checkpointsQuery(jobId));
  return data?.history ?? NO_CHECKPOINTS;
}

export type ExceptionEntry = JobExceptions['exceptionHistory']['entries'][number];

/** Newest first; undefined until it is read. */
export function useExceptionsShown(jobId: string) {
  const moment = useShownMoment();
  const present = useQuery(exceptionsQuery(jobId));
  const past = useQuery({ ...pastExceptionsQuery(jobId), enabled: moment.kind !== 'live' });
  if (moment.kind === 'live') {
    const { data, error, refetch } = present;
    const { entries, truncated = false } = data?.exceptionHistory ?? {};
    return { entries: entries as readonly ExceptionEntry[] | undefined, truncated, error, refetch };
  }
  const { data, error, refetch } = past;
  const entries: readonly ExceptionEntry[] | undefined = data?.entries.filter(({ timestamp }) =>
    isWithin(timestamp, moment),
  );
  return { entries, truncated: data?.truncated ?? false, error, refetch };
}

/** More than Flink keeps; below the key that a job's exceptions put out of date. */
function pastExceptionsQuery(jobId: string) {
  const path = `/weir/v1/jobs/${jobId}/exceptions?from=0&limit=${EXCEPTIONS_MAX}`;
  return queryOptions({
    queryKey: ['job', jobId, 'exceptions', 'past'],
    queryFn: ({ signal }) => request(path, pastExceptions, { signal }),
    staleTime: PAST_STALE_MS,
  });
}

function endedWithin(checkpoint: Checkpoint, moment: Moment): boolean {
  const { status, trigger_timestamp: begun, end_to_end_duration: took } = checkpoint;
  return status !== 'IN_PROGRESS' && isWithin(begun + took, moment);
}

function isWithin(t: number, moment: Moment): boolean {
  if (moment.kind === 'live') return true;
  return moment.kind === 'instant' ? t <= moment.at : t >= moment.from && t <= moment.to;
}
