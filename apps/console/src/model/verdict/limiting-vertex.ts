/**
 * Which vertex limits a job at a tick. A finding outlives its load by some seconds, in which it is
 * spoken of as what it was; everything that marks a cause asks here, so that a mark and the sentence
 * never disagree.
 */
import type {
  Bottleneck as Found,
  JobEvent,
  JobTick,
  VerdictCause,
  VertexTick,
} from '@weir/console-protocol';
import { inRestartLoop } from './failure-reading.ts';
import type { Bottleneck } from './verdict-tracker.ts';

/** What is read of a job at its newest tick. */
export interface LimitingSource {
  readonly latest: JobTick | null;
  vertex(id: string): VertexTick | null;
  /** Ids of the vertices with tasks that do not run yet. */
  readonly starting: readonly string[];
}

/** The load is gone when the busiest subtask is busy for less than this. */
const EASED_BELOW = 0.5;
/** Of these the limit is the time of the subtasks. */
const BUSY_CAUSES: ReadonlySet<VerdictCause | null> = new Set([
  ...(['cpu', 'external', 'queued', 'gc', 'blocked', 'state', 'machine'] as const),
  null,
]);

/**
 * Id of the vertex that limits the job at its newest tick; null while none does.
 * @param events up to then, oldest first.
 */
export function limitingVertex(
  source: LimitingSource,
  bottleneck: Bottleneck | null,
  events: readonly JobEvent[],
): string | null {
  const tick = source.latest;
  if (bottleneck === null || tick === null || !holdsAt(bottleneck, tick.t)) return null;
  if (tick.state !== 'RUNNING' || source.starting.length > 0) return null;
  if (inRestartLoop(events, tick.t)) return null;
  return hasEased(source, bottleneck) ? null : bottleneck.vertexId;
}

/** Since when the vertex that limits a job does; null while none does. Epoch ms. */
export function limitedSince(store: {
  readonly limiting: string | null;
  readonly verdicts: { readonly current: Bottleneck | null };
}): number | null {
  return store.limiting === null ? null : (store.verdicts.current?.since ?? null);
}

/** Whether it still limited at `t`, epoch ms: of an end the server knows some seconds later. */
export function holdsAt({ until }: Pick<Found, 'until'>, t: number): boolean {
  return until == null || until > t;
}

/** A finding that has not ended, of a vertex that has little to do by now. */
export function hasEased(source: LimitingSource, { vertexId, cause = null }: Bottleneck): boolean {
  const busy = source.vertex(vertexId)?.busy ?? null;
  return busy !== null && busy < EASED_BELOW && BUSY_CAUSES.has(cause);
}
