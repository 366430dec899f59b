/**
 * How one slot's thread reaches the outside: calls take their time, fail when the seed says so, and
 * neither return nor have an effect once the process is dead.
 */
import { WeirError } from '@weir/core';
import type { Laws } from './laws.ts';
import { never, type SimulatedProcess } from './simulated-process.ts';
import type { Committable, TransactionalStore } from './transactional-store.ts';

export interface OutsideWeather {
  latencyMs(): number;
  commitFails(): boolean;
  userFunctionFails(): boolean;
  pushesBack(): boolean;
  /** Right after an effect; may kill the process. */
  happened(what: string): void;
  /** Goes into the trace. */
  noted(text: string): void;
}

export class Outside {
  readonly store: TransactionalStore;
  readonly laws: Laws;
  readonly #process: SimulatedProcess;
  readonly #weather: OutsideWeather;

  constructor(
    store: TransactionalStore,
    laws: Laws,
    process: SimulatedProcess,
    weather: OutsideWeather,
  ) {
    this.store = store;
    this.laws = laws;
    this.#process = process;
    this.#weather = weather;
  }

  async call<T>(effect: () => T): Promise<T> {
    await this.#process.pause(this.#weather.latencyMs());
    if (!this.#process.isAlive) return never();
    const result = effect();
    this.#weather.happened('call');
    await this.#process.pause(this.#weather.latencyMs());
    return result;
  }

  /** Fails before or after its effect; either way it may be tried again. */
  async commit(committable: Committable): Promise<void> {
    const failsBefore = this.#weather.commitFails();
    if (failsBefore) {
      await this.call(() => {});
      throw unreachable();
    }
    await this.call(() => this.store.commit(committable));
    if (this.#weather.commitFails()) throw unreachable();
  }

  /** What a function saw, for the trace. */
  note(text: string): void {
    this.#weather.noted(text);
  }

  pushesBack(): boolean {
    return this.#weather.pushesBack();
  }

  /** Called by the job's functions, once per record. */
  mayFail(where: string): void {
    if (!this.#weather.userFunctionFails()) return;
    throw new WeirError('USER_FUNCTION_FAILED', `injected: ${where}`, { retryable: true });
  }
}

function unreachable(): WeirError {
  return new WeirError('SINK_FAILED', 'injected: the store is out of reach', { retryable: true });
}
