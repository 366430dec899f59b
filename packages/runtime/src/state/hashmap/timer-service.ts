/**
 * Timers of one operator (by `name`) over both time domains. Semantics: Flink's
 * InternalTimerServiceImpl: one timer per key, namespace and time; firing removes it first.
 */
import type { DataInput, TypeInformation } from '@weir/core';
import type { InternalTimerService, TimeDomain } from '../keyed-state-backend.ts';
import type { RowReaders } from './backend-state.ts';
import { canonicalKey } from './canonical-key.ts';
import type { Freeze } from './freeze.ts';
import { type KeyContext, keyContextLost } from './key-context.ts';
import { CanonicalNamespaces } from './namespaces.ts';
import type { SnapshotPart } from './snapshot-part.ts';
import { TimerQueue } from './timer-queue.ts';

export class HashMapTimerService<N> implements InternalTimerService<N> {
  readonly namespaceType: TypeInformation<N>;
  readonly #name: string;
  readonly #context: KeyContext;
  readonly #eventTimers: TimerQueue<N>;
  readonly #processingTimers: TimerQueue<N>;
  readonly #namespaces = new CanonicalNamespaces();

  constructor(
    name: string,
    namespaceType: TypeInformation<N>,
    context: KeyContext,
    freeze: Freeze,
  ) {
    this.#name = name;
    this.namespaceType = namespaceType;
    this.#context = context;
    this.#eventTimers = new TimerQueue(context.groupCount, freeze);
    this.#processingTimers = new TimerQueue(context.groupCount, freeze);
  }

  get count(): number {
    return this.#eventTimers.size + this.#processingTimers.size;
  }

  registerTimer(domain: TimeDomain, namespace: N, timestampMs: number): void {
    const context = this.#requireKey();
    const space = this.#namespaces.canonical(namespace);
    this.#queue(domain).add(timestampMs, context, namespace, space);
  }

  deleteTimer(domain: TimeDomain, namespace: N, timestampMs: number): void {
    const context = this.#requireKey();
    this.#queue(domain).delete(timestampMs, context, this.#namespaces.canonical(namespace));
  }

  advance(
    domain: TimeDomain,
    timeMs: number,
    fire: (namespace: N, timestampMs: number) => void,
    shouldStop: () => boolean,
  ): boolean {
    const queue = this.#queue(domain);
    const context = this.#context;
    let set = queue.peek();
    if (set === null || set.timestampMs > timeMs) return true;
    try {
      for (; set !== null && set.timestampMs <= timeMs; set = queue.peek()) {
        if (shouldStop()) return false;
        const { namespace, timestampMs } = set;
        const canonical = set.first();
        context.enterKey(set.keyOf(canonical), canonical, set.group);
        queue.remove(set, canonical);
        context.setNamespace(namespace);
        fire(namespace, timestampMs);
      }
      return true;
    } finally {
      context.clearKey();
      context.setNamespace(0);
    }
  }

  nextTimestamp(domain: TimeDomain): number {
    return this.#queue(domain).peek()?.timestampMs ?? Number.POSITIVE_INFINITY;
  }

  restoreRow(input: DataInput, domain: TimeDomain, group: number, readers: RowReaders): void {
    const timestampMs = input.readFloat64();
    const key = readers.key.deserialize(input);
    const namespace = readers.types[0]!.deserialize(input) as N;
    const place = { key, canonical: canonicalKey(key), group };
    const space = this.#namespaces.canonical(namespace);
    this.#queue(domain).add(timestampMs, place, namespace, space);
  }

  snapshotParts(keyType: TypeInformation<unknown>): SnapshotPart[] {
    const { namespaceType } = this;
    const name = this.#name;
    return [
      this.#eventTimers.snapshotPart('eventTimers', name, keyType, namespaceType),
      this.#processingTimers.snapshotPart('processingTimers', name, keyType, namespaceType),
    ];
  }

  release(): void {
    this.#eventTimers.release();
    this.#processingTimers.release();
  }

  #queue(domain: TimeDomain): TimerQueue<N> {
    return domain === 'EVENT_TIME' ? this.#eventTimers : this.#processingTimers;
  }

  #requireKey(): KeyContext {
    if (this.#context.group < 0) throw keyContextLost('the timer service');
    return this.#context;
  }
}
