/**
 * One topic's latest deltas with their numbers, so that a client that lost its connection goes on
 * where it was.
 *
 * Invariants: numbers increase by one; they begin at the server's clock in ms, so that no number of
 * an earlier server is mistaken for one of this; at most `DELTAS_KEPT` deltas are kept.
 */
import {
  encodeJobMessage,
  type JobEvent,
  type JobTopology,
  type TickPack,
} from '@weir/console-protocol';

const DELTAS_KEPT = 120;
/** Vertices from which on a job's recent past takes a while to be read. */
const WIDE_FROM = 150;

/** What changed, as it will be sent. */
export interface PackedDelta {
  readonly topology: JobTopology | null;
  readonly events: readonly JobEvent[];
  readonly pack: TickPack | null;
}

export interface NumberedDelta {
  readonly seq: number;
  readonly delta: PackedDelta;
  /** Encoded on first use, once for all viewers. */
  message(): Uint8Array;
}

/** @param jobId of the delta's job. */
export function numberedDelta(jobId: string, seq: number, delta: PackedDelta): NumberedDelta {
  let message: Uint8Array | null = null;
  return {
    seq,
    delta,
    message: () => {
      message ??= encodeJobMessage({ op: 'job.delta', jobId, seq, ...delta });
      return message;
    },
  };
}

export class Topic {
  readonly #jobId: string;
  readonly #kept: NumberedDelta[] = [];
  #seq: number;
  #now: PackedDelta = { topology: null, pack: null, events: [] };

  constructor(jobId: string, firstSeq: number) {
    this.#jobId = jobId;
    this.#seq = firstSeq;
  }

  get seq(): number {
    return this.#seq;
  }

  add(delta: PackedDelta): NumberedDelta {
    const numbered = numberedDelta(this.#jobId, ++this.#seq, delta);
    this.#now = mergeDeltas(this.#now, { ...delta, events: [] });
    this.#kept.push(numbered);
    if (this.#kept.length > DELTAS_KEPT) this.#kept.shift();
    return numbered;
  }

  /** The newest tick of a wide job as a snapshot of its own; null for another job, or without one. */
  newest(): Uint8Array | null {
    const { topology, pack } = this.#now;
    if (topology === null || pack === null || topology.vertices.length < WIDE_FROM) return null;
    const parts = { jobId: this.#jobId, seq: this.#seq, topology, pack, events: [] };
    return encodeJobMessage({ op: 'job.snapshot', ...parts });
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
export function mergeDeltas(before: PackedDelta, after: PackedDelta): PackedDelta {
  return {
    topology: after.topology ?? before.topology,
    pack: after.pack ?? (after.topology === null ? before.pack : null),
    events: [...before.events, ...after.events].slice(-EVENTS_MERGED_MAX),
  };
}

const EVENTS_MERGED_MAX = 500;
