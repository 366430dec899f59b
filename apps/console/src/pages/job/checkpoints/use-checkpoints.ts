/** The checkpoints of the moment that the page shows: ended ones with their phases, and running. */
import type { Checkpoint, Checkpointing, PastCheckpoints } from '@weir/flink-rest';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useMoment } from '../../../frame/use-moment.ts';
import {
  type CheckpointRecord,
  endOf,
  recordsAt,
} from '../../../model/checkpoints/checkpoint-record.ts';
import type { Moment } from '../../../model/time/moment.ts';
import { checkpointsQuery } from '../../../rest/job-queries.ts';
import { checkpointsBeforeQuery, newestCheckpointsQuery } from '../../../rest/past-checkpoints.ts';

export interface CheckpointsShown {
  readonly live: boolean;
  /** Newest first; those in progress only in the present. */
  readonly items: readonly (Checkpoint | CheckpointRecord)[];
  /** The same without those in progress. */
  readonly records: readonly CheckpointRecord[];
  /** Newest first. */
  readonly restored: PastCheckpoints['restored'];
  /** Of all that there ever were; of the past only what `records` hold. */
  readonly counts: Checkpointing['counts'];
  /** There were earlier ones than `records`. */
  readonly truncated: boolean;
  readonly loading: boolean;
  readonly error: string | null;
  readonly retry: () => void;
}

const NONE: PastCheckpoints = { checkpoints: [], restored: [], truncated: false };

export function useCheckpoints(jobId: string): CheckpointsShown {
  const moment = useMoment();
  const newest = useQuery(newestCheckpointsQuery(jobId));
  const present = useQuery(checkpointsQuery(jobId));
  const earlier = useQuery(checkpointsBeforeQuery(jobId, beyond(newest.data, moment)));
  const past = earlier.data ?? newest.data ?? NONE;
  const live = moment.kind === 'live';
  const shown = useMemo(() => {
    const records = recordsAt(past.checkpoints, moment);
    const running = live ? runningOf(present.data, records) : [];
    return { records, items: [...running, ...records] };
  }, [past, moment, live, present.data]);
  const failed = newest.error ?? present.error;
  return {
    live,
    ...shown,
    restored: past.restored.filter(({ restore_timestamp: t }) => isWithin(t, moment)),
    counts: live && present.data !== undefined ? present.data.counts : countsOf(shown.records),
    truncated: past.truncated,
    loading: newest.data === undefined || present.data === undefined,
    error:
      newest.data === undefined || present.data === undefined ? (failed?.message ?? null) : null,
    retry: () => {
      void newest.refetch();
      void present.refetch();
    },
  };
}

/** The end of the minute up to which older ones are needed; null while the newest reach back far. */
function beyond(newest: PastCheckpoints | undefined, moment: Moment): number | null {
  if (moment.kind === 'live' || newest === undefined || !newest.truncated) return null;
  const to = moment.kind === 'range' ? moment.to : moment.at;
  const oldest = newest.checkpoints[stripBegin(newest)];
  if (oldest !== undefined && endOf(oldest) <= to) return null;
  return Math.ceil(to / MINUTE_MS) * MINUTE_MS;
}

const MINUTE_MS = 60_000;

/** A strip of sixty ends there at the latest. */
function stripBegin({ checkpoints }: PastCheckpoints): number {
  return Math.max(0, checkpoints.length - 60);
}

function runningOf(
  present: Checkpointing | undefined,
  records: readonly CheckpointRecord[],
): Checkpoint[] {
  const over = new Set(records.map(({ id }) => id));
  return (present?.history ?? []).filter(
    ({ status, id }) => status === 'IN_PROGRESS' && !over.has(id),
  );
}

function countsOf(records: readonly CheckpointRecord[]): Checkpointing['counts'] {
  const completed = records.filter(({ status }) => status === 'COMPLETED').length;
  const total = records.length;
  return { restored: 0, total, in_progress: 0, completed, failed: total - completed };
}

function isWithin(t: number, moment: Moment): boolean {
  if (moment.kind === 'live') return true;
  return moment.kind === 'instant' ? t <= moment.at : t >= moment.from && t <= moment.to;
}
