/**
 * One slot's thread as its host sees it. `slot-runtime.ts` implements it; the slot's entry in the
 * server and the simulator drive it.
 */
import type { AtomicsPort, ClockPort, RandomPort, StoragePort, TimerPort } from '@weir/core';
import type { JobBindings } from '@weir/graph';
import type {
  Deployment,
  ServerToTaskManager,
  TaskManagerToServer,
} from '../taskmanager/protocol.ts';

export interface SlotPorts {
  readonly clock: ClockPort;
  readonly timers: TimerPort;
  readonly random: RandomPort;
  readonly atomics: AtomicsPort;
  storage(root: string): StoragePort;
  /** Gives the event loop a turn (setImmediate). */
  yieldTurn(): Promise<void>;
  send(message: TaskManagerToServer): void;
}

export interface SlotSetup {
  readonly slot: number;
  readonly deployment: Deployment;
  readonly bindings: JobBindings;
  /** Shared memory of the exchange and the metrics, made by the TaskManager's main thread. */
  readonly exchange: unknown;
  readonly metrics: SlotMetricsMemory;
  /** One double that tells others in which operator the thread is; see `operatorAt`. */
  readonly position?: Float64Array;
  readonly ports: SlotPorts;
}

export interface SlotMetricsMemory {
  /** Doubles; the slot publishes which position means what through `metricsLayout`. */
  readonly values: SharedArrayBuffer;
}

/**
 * A slot reports `metricsLayout` with the series of its own block only, in the order of their
 * positions from 0; the TaskManager's main thread concatenates the slots.
 */
export interface SlotRuntimeContract {
  /** `open`, then `turn` after `turn` until all tasks have ended. */
  run(): Promise<void>;
  /** Restores, opens, reports INITIALIZING and RUNNING. */
  open(): Promise<void>;
  /**
   * Messages, then steps of all tasks as long as they go on and time permits. Synchronous, so that
   * a simulator can run it in the middle of another slot's. What it returns is to be awaited before
   * the next turn; null when all tasks have ended.
   */
  turn(): Promise<void> | null;
  /** All but `deploy`. May be called at any time; takes effect within the next turn. */
  handle(message: ServerToTaskManager): void;
}
