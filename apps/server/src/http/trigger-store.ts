/**
 * Flink's asynchronous operations: a request id at once, the outcome by polling. A client may
 * choose the id, so that a repeated request starts nothing new.
 *
 * Invariants: an outcome is kept for five minutes after it came; at most `TRIGGERS_MAX` are kept,
 * and an operation that is still running is never forgotten before its outcome.
 */
import { toWire, type WireError } from '@weir/core';

export type TriggerOutcome<T> =
  | { readonly state: 'IN_PROGRESS' }
  | { readonly state: 'COMPLETED'; readonly value: T }
  | { readonly state: 'FAILED'; readonly error: WireError };

export const OUTCOME_KEPT_MS = 300_000;
const TRIGGERS_MAX = 1000;

interface Trigger<T> {
  outcome: TriggerOutcome<T>;
  endedAtMs: number | null;
}

export class TriggerStore<T> {
  readonly #triggers = new Map<string, Trigger<T>>();
  readonly #nowMs: () => number;
  readonly #newId: () => string;

  constructor(nowMs: () => number, newId: () => string) {
    this.#nowMs = nowMs;
    this.#newId = newId;
  }

  /** @param scope the job; the same id may be used for another one. */
  start(scope: string, wantedId: string | null | undefined, run: () => Promise<T>): string {
    this.#forget();
    const id = (wantedId ?? this.#newId()).toLowerCase();
    const key = `${scope}/${id}`;
    if (this.#triggers.has(key)) return id;
    const trigger: Trigger<T> = { outcome: { state: 'IN_PROGRESS' }, endedAtMs: null };
    this.#triggers.set(key, trigger);
    const end = (outcome: TriggerOutcome<T>) => {
      trigger.outcome = outcome;
      trigger.endedAtMs = this.#nowMs();
    };
    run().then(
      (value) => end({ state: 'COMPLETED', value }),
      (error: unknown) => end({ state: 'FAILED', error: toWire(error) }),
    );
    return id;
  }

  /** Null for an unknown or forgotten one. */
  outcome(scope: string, id: string): TriggerOutcome<T> | null {
    this.#forget();
    return this.#triggers.get(`${scope}/${id.toLowerCase()}`)?.outcome ?? null;
  }

  #forget(): void {
    const limit = this.#nowMs() - OUTCOME_KEPT_MS;
    for (const [key, { endedAtMs }] of this.#triggers) {
      const old = endedAtMs !== null && endedAtMs < limit;
      const surplus = endedAtMs !== null && this.#triggers.size > TRIGGERS_MAX;
      if (old || surplus) this.#triggers.delete(key);
    }
  }
}
