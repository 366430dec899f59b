/** A range of history from memory and disk, in one resolution. */
import type { JobEvent, JobHistory, JobTick } from '@weir/console-protocol';
import { COARSE_STEP_MS, FINE_STEP_MS, mergeTicks } from '@weir/monitor';
import { type HistoryStore, MINUTE_STEP_MS } from './history-store.ts';

const EVENTS_MAX = 2000;
const DAY_MS = 24 * 3_600_000;
/** Longer ranges come by the minute. */
const COARSE_RANGE_MAX_MS = 12 * 3_600_000;

/** What memory has, if it reaches back far enough, else what disk has, completed by memory. */
export function withStored(
  recent: JobHistory,
  jobId: string,
  store: HistoryStore,
  nowMs: number,
): JobHistory {
  const { from, to } = recent;
  const events = mergedEvents(store.events(jobId, from, to, EVENTS_MAX), recent.events);
  const first = recent.ticks[0]?.t ?? Number.POSITIVE_INFINITY;
  if (first - from < 2 * recent.step) return { ...recent, events };
  const step = chosenStep(from, to, nowMs);
  const stored = store.ticks(jobId, step, from, Math.min(to, first));
  const finer = step === MINUTE_STEP_MS && stored.length === 0;
  const coarse = finer ? store.ticks(jobId, COARSE_STEP_MS, from, Math.min(to, first)) : stored;
  if (coarse.length === 0) return { ...recent, events };
  const used = finer ? COARSE_STEP_MS : step;
  return { ...recent, step: used, ticks: [...coarse, ...bucketed(recent.ticks, used)], events };
}

function chosenStep(from: number, to: number, nowMs: number): number {
  return to - from <= COARSE_RANGE_MAX_MS && from >= nowMs - DAY_MS
    ? COARSE_STEP_MS
    : MINUTE_STEP_MS;
}

function bucketed(ticks: readonly JobTick[], step: number): JobTick[] {
  if (step <= FINE_STEP_MS) return [...ticks];
  const buckets = Map.groupBy(ticks, (tick) => Math.floor(tick.t / step));
  return [...buckets.values()].map(mergeTicks);
}

/** Memory has the latest ones, which disk has too unless it failed. */
function mergedEvents(stored: readonly JobEvent[], recent: readonly JobEvent[]): JobEvent[] {
  const known = new Set(stored.map((event) => JSON.stringify(event)));
  const more = recent.filter((event) => !known.has(JSON.stringify(event)));
  return [...stored, ...more].sort((left, right) => left.t - right.t);
}
