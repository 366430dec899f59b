/**
 * One topic's latest deltas with their numbers, so that a client that lost its connection goes on
 * where it was.
 *
 * Invariants: numbers increase by one; they begin at the server's clock in ms, so that no number of
 * an earlier server is mistaken for one of this; at most `DELTAS_KEPT` deltas are kept.
 */
import type { JobDelta } from '@weir/console-protocol';

const DELTAS_KEPT = 120;

export interface NumberedDelta {
  readonly seq: number;
  readonly delta: JobDelta;
}

export class Topic {
  readonly #kept: NumberedDelta[] = [];
  #seq: number;

  constructor(firstSeq: number) {
    this.#seq = firstSeq;
  }

  get seq(): number {
    return this.#seq;
  }

  add(delta: JobDelta): NumberedDelta {
    const numbered = { seq: ++this.#seq, delta };
    this.#kept.push(numbered);
    if (this.#kept.length > DELTAS_KEPT) this.#kept.shift();
    return numbered;
  }

  /** Null when they are gone, or `seq` is not of this topic: then a snapshot is needed. */
  since(seq: number): readonly NumberedDelta[] | null {
    if (seq === this.#seq) return [];
    const first = this.#kept[0];
    if (first === undefined || seq < first.seq - 1 || seq > this.#seq) return null;
    return this.#kept.filter((one) => one.seq > seq);
  }
}

/** Several deltas as one: the newest tick and topology, and every event. */
export function mergeDeltas(before: JobDelta, after: JobDelta): JobDelta {
  return {
    topology: after.topology ?? before.topology,
    tick: after.tick ?? before.tick,
    events: [...before.events, ...after.events].slice(-EVENTS_MERGED_MAX),
  };
}

const EVENTS_MERGED_MAX = 500;
