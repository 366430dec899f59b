/** Begin, change of cause and end of verdicts, and bursts, as events of the job. */
import type {
  Bottleneck,
  JobEvent,
  JobTopology,
  VerdictCause,
  VerdictEvent,
} from '@weir/console-protocol';
import { nameOfVertex } from './cause.ts';
import type { Burst } from './verdict-tracker.ts';

/** A job with bursts has many of them; one mark a minute says so. */
const BURST_EVENT_MS = 60_000;

export class VerdictEvents {
  readonly #topology: JobTopology;
  #spoken: Bottleneck | null = null;
  readonly #burstAt = new Map<string, number>();

  constructor(topology: JobTopology) {
    this.#topology = topology;
  }

  /** What is to be told of the step from the verdict before to this one. */
  next(t: number, now: Bottleneck | null, bursts: readonly Burst[] = []): JobEvent[] {
    const before = this.#spoken;
    this.#spoken = now;
    const events = bursts.flatMap((burst) => this.#burst(burst));
    const same = before?.vertexId === now?.vertexId && before?.since === now?.since;
    if (before !== null && !same) events.push(this.#event('end', before, t));
    if (now !== null && !same) events.push(this.#event('begin', now, t));
    if (now !== null && same && before?.cause !== now.cause) {
      events.push(this.#event('change', now, t));
    }
    return events;
  }

  #burst({ vertexId, operatorId, since, until }: Burst): JobEvent[] {
    const last = this.#burstAt.get(vertexId);
    if (last !== undefined && until - last < BURST_EVENT_MS) return [];
    this.#burstAt.set(vertexId, until);
    return [this.#event('burst', { vertexId, operatorId, since }, until)];
  }

  #event(phase: VerdictEvent['phase'], verdict: Bottleneck, t: number): JobEvent {
    const { vertexId, since, cause = null, severity = 'notice', operatorId = null } = verdict;
    const until = phase === 'end' ? (verdict.until ?? t) : t;
    const name = nameOfVertex(this.#topology, vertexId, operatorId);
    return {
      t,
      kind: 'verdict',
      text: textOf(phase, name, verdict, until),
      subject: vertexId,
      verdict: {
        ...{ phase, vertexId, name, cause, severity, since },
        ...(phase === 'end' ? { until } : {}),
      },
    };
  }
}

function textOf(
  phase: VerdictEvent['phase'],
  name: string,
  { cause = null, subject = null, since }: Bottleneck,
  until: number,
): string {
  const lasted = `${Math.max(1, Math.round((until - since) / 1000))} s`;
  if (phase === 'burst') return `${name} was at its limit for ${lasted} and recovered by itself`;
  if (phase === 'end') return `${name} is no longer the bottleneck, after ${lasted}`;
  const why = cause === null ? '' : `: ${REASONS[cause](subject?.name ?? null)}`;
  return phase === 'begin' ? `${name} became the bottleneck${why}` : `${name}${why}`;
}

type Words = (subject: string | null) => string;

const REASONS: Readonly<Record<VerdictCause, Words>> = {
  cpu: () => 'it computes without a pause',
  external: (subject) => `it waits on ${subject ?? 'something outside'}`,
  queued: (subject) => `its slot thread is used by ${subject ?? 'others'}`,
  skew: () => 'one subtask takes far more than its share',
  gc: () => 'its thread collects garbage',
  alignment: (subject) => `it waits for the barrier from ${subject ?? 'an input'}`,
  blocked: () => 'single calls block its thread',
  state: () => 'it reads and writes state most of the time',
  source: () => 'it cannot read faster',
  stuck: () => 'nothing goes in or out any more',
  machine: () => 'the machine has no core left for its thread',
};
