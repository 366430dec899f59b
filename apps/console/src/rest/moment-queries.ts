/**
 * REST resources of a job as they were at the moment that its page shows. In the present these are
 * Flink's own; of the past only what had happened by then.
 */
import { type Checkpoint, type JobExceptions, pastExceptions } from '@weir/flink-rest';
import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { serverClock } from '../live/server-clock.ts';
import { useShownMoment } from '../frame/use-moment.ts';
import type { Moment } from '../model/time/moment.ts';
import { MINUTE_MS } from '../model/time/tick-step.ts';
import { checkpointsQuery, exceptionsQuery } from './job-queries.ts';
import { checkpointsBeforeQuery, newestCheckpointsQuery } from './past-checkpoints.ts';
import { request } from './weir-client.ts';

const EXCEPTIONS_MAX = 500;
const PRESENT_MINUTE_MS = 5000;
const PAST_STALE_MS = 60_000;
const NO_CHECKPOINTS: readonly Checkpoint[] = [];

/** Newest first; what ended after the moment is left out, or in a range what ended outside. */
export function useCheckpointsShown(jobId: string): readonly Checkpoint[] {
  const moment = useShownMoment();
  const { data } = useQuery(checkpointsQuery(jobId));
  const until = moment.kind === 'live' ? null : moment.kind === 'range' ? moment.to : moment.at;
  const before = useCheckpointsBefore(jobId, until);
  const recent = data?.history ?? NO_CHECKPOINTS;
  return useMemo(() => {
    if (moment.kind === 'live') return recent;
    return joined(recent, before).filter((one) => endedWithin(one, moment));
  }, [recent, before, moment]);
}

/** Newest first, all that a strip of time shows, whatever moment is shown. */
export function useStripCheckpoints(
  jobId: string,
  { from, to }: { readonly from: number; readonly to: number },
): readonly Checkpoint[] {
  const { data: present } = useQuery(checkpointsQuery(jobId));
  const { data } = useQuery(newestCheckpointsQuery(jobId));
  const newest = data?.checkpoints ?? NO_CHECKPOINTS;
  const oldest = newest.at(-1)?.trigger_timestamp ?? null;
  const reaches = data === undefined || !data.truncated || oldest === null || oldest <= from;
  const before = useCheckpointsBefore(jobId, reaches ? null : Math.min(to, oldest));
  const running = present?.history ?? NO_CHECKPOINTS;
  return useMemo(() => joined(joined(running, newest), before), [running, newest, before]);
}

/** Those that ended by the end of a minute; read again while the minute goes on. */
function useCheckpointsBefore(jobId: string, t: number | null): readonly Checkpoint[] {
  const minute = t === null ? null : Math.ceil(t / MINUTE_MS) * MINUTE_MS;
  const { data } = useQuery({
    ...checkpointsBeforeQuery(jobId, minute),
    placeholderData: keepPreviousData,
    refetchInterval: () => ((minute ?? 0) > serverClock.now() ? PRESENT_MINUTE_MS : false),
  });
  return minute === null ? NO_CHECKPOINTS : (data?.checkpoints ?? NO_CHECKPOINTS);
}

/** Newest first, each once. */
function joined(newer: readonly Checkpoint[], older: readonly Checkpoint[]): Checkpoint[] {
  const known = new Set(newer.map(({ id }) => id));
  const all = [...newer, ...older.filter(({ id }) => !known.has(id))];
  return all.sort((a, b) => b.trigger_timestamp - a.trigger_timestamp);
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
