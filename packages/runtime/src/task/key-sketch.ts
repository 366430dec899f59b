/**
 * The most frequent keys of a keyed operator's input, from a sample: made while somebody asks why a
 * subtask has so many records, and at no other time.
 *
 * Of each slice of a batch a few rows are looked at, one from each of equal parts, and each stands
 * for its part. Their keys are counted as "space saving" does (Metwally and others, 2005): where
 * there is no room, the rarest key gives its place and its count to the new one.
 *
 * Invariants: at most `KEYS_MAX` keys; a key's true count is between `count - over` and `count`, of
 * the rows that the sample stands for.
 */
import { type Batch, hashKey } from '@weir/core';
import type { StreamOperator } from '../operators/stream-operator.ts';
import { type CanonicalKey, canonicalKey } from '../state/hashmap/canonical-key.ts';

const KEYS_MAX = 128;
const SAMPLES_PER_SLICE = 32;
const TEXT_MAX = 60;

/** One key with its part of a subtask's records. */
export interface FrequentKey {
  /** As text, cut where it is long. */
  readonly text: string;
  readonly hash: number;
  /** 0…1; at least so much. */
  readonly share: number;
}

interface Counted {
  /** As it was when it came: user code may change it later. */
  readonly text: string;
  readonly hash: number;
  count: number;
  over: number;
}

export class KeySketch {
  readonly #counted = new Map<CanonicalKey, Counted>();
  /** Rows that went by. */
  records = 0;
  #random = 0x2545f491;

  /** Rows `from` to `to` were processed by an operator that tells keys. */
  note(operator: StreamOperator, batch: Batch, from: number, to: number): void {
    const rows = to - from;
    const samples = Math.min(rows, SAMPLES_PER_SLICE);
    const part = rows / samples;
    for (let i = 0; i < samples; i++) {
      const row = from + Math.min(rows - 1, Math.floor((i + this.#next()) * part));
      this.#look(operator, batch, row, part);
    }
    this.records += rows;
  }

  /** Most frequent first. */
  top(count: number): FrequentKey[] {
    return [...this.#counted.values()]
      .sort((left, right) => right.count - right.over - (left.count - left.over))
      .slice(0, count)
      .map(({ text, hash, count: most, over }) => ({
        text,
        hash,
        share: (most - over) / this.records,
      }));
  }

  #look(operator: StreamOperator, batch: Batch, row: number, weight: number): void {
    try {
      const key = operator.keyAt!(batch, row);
      this.#count(key, canonicalKey(key), weight);
    } catch {
      // User code may have changed the record since its key was read; to look must not fail a job.
    }
  }

  #count(key: unknown, canonical: CanonicalKey, weight: number): void {
    const known = this.#counted.get(canonical);
    if (known !== undefined) {
      known.count += weight;
      return;
    }
    const seen = { text: textOf(key), hash: hashKey(key) };
    const over = this.#counted.size >= KEYS_MAX ? this.#dropRarest() : 0;
    this.#counted.set(canonical, { ...seen, count: over + weight, over });
  }

  #dropRarest(): number {
    let rarest: CanonicalKey;
    let least = Number.POSITIVE_INFINITY;
    for (const [key, { count }] of this.#counted) {
      if (count < least) [rarest, least] = [key, count];
    }
    this.#counted.delete(rarest);
    return least;
  }

  /** Uniform in 0…1, so that no rhythm of the input meets one of the sample; Marsaglia's xorshift. */
  #next(): number {
    let state = this.#random;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#random = state;
    return (state >>> 0) / 2 ** 32;
  }
}

function textOf(key: unknown): string {
  const text = typeof key === 'object' && key !== null ? objectText(key) : String(key);
  return text.length <= TEXT_MAX ? text : `${text.slice(0, TEXT_MAX - 1)}…`;
}

function objectText(key: object): string {
  return JSON.stringify(key, (_, value) => (typeof value === 'bigint' ? `${value}n` : value));
}
