/**
 * The exchange as one slot's thread sees it: it takes segments out of mailboxes and puts them into
 * channels, makes gates and writers for the slot's tasks, and sleeps and wakes the thread.
 */
import { type AtomicsPort, type ClockPort, InvariantError } from '@weir/core';
import type { JobEdge } from '@weir/graph';
import type { InputGate, OutputWriter } from './contracts.ts';
import { Doorbell } from './doorbell.ts';
import type { ExchangePlan } from './exchange-plan.ts';

export type CheckpointingMode = 'EXACTLY_ONCE' | 'AT_LEAST_ONCE';

export interface SlotExchangeSetup {
  readonly plan: ExchangePlan;
  readonly slot: number;
  readonly atomics: AtomicsPort;
  readonly clock: ClockPort;
  readonly mode: CheckpointingMode;
}

export interface WriterSetup {
  readonly vertexId: string;
  readonly subtask: number;
  /** The edges that one operator output (main or side) feeds; may be empty. */
  readonly edges: readonly JobEdge[];
  /** By edge index, functions of a row; needed for HASH edges. */
  readonly keySelectors: ReadonlyMap<number, unknown>;
}

export class SlotExchange {
  readonly #doorbell: Doorbell;

  constructor(setup: SlotExchangeSetup) {
    this.#doorbell = new Doorbell(setup.plan, setup.slot, setup.atomics);
  }

  /** The gate over the channels of all in-edges of a task; call once per task. */
  createGate(_vertexId: string, _subtask: number): InputGate {
    throw new InvariantError('gates are not connected yet');
  }

  /** Call once per operator output of a task. */
  createWriter(_setup: WriterSetup): OutputWriter {
    throw new InvariantError('writers are not connected yet');
  }

  /** Takes in what arrived and what came back. True = something did. Cost: two loads per peer. */
  poll(): boolean {
    return false;
  }

  /** Waits until something arrives or rings; null when something did meanwhile: work on. */
  sleep(): Promise<void> | null {
    return this.#doorbell.sleep(() => this.poll());
  }

  /** From the slot's own timers and messages: ends the current or the next sleep. */
  ringSelf(): void {
    this.#doorbell.ringSelf();
  }

  /** Counts a turn, for the main thread that looks whether the slot still moves. */
  beginTurn(): void {}
}
