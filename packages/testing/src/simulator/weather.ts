/** What the seed does to a running simulation: delays, failures and crashes, until they stop. */
import type { StorageOperation } from '../memory-storage.ts';
import type { SeededRandom } from '../seeded-random.ts';
import type { OutsideWeather } from './outside.ts';
import type { StorageWeather } from './process-storage.ts';
import type { Scenario } from './scenario.ts';
import type { SimulatedProcess } from './simulated-process.ts';

const WRITES: ReadonlySet<StorageOperation> = new Set(['close', 'publishIfAbsent', 'replace']);
const PUSH_BACK = 0.02;
const SLOW_FACTOR = 6;

/** What the weather knows of, and does to, the world. */
export interface WeatherStation {
  /** Virtual ms, relative. */
  nowMs(): number;
  crash(process: SimulatedProcess, why: string): void;
  note(text: string): void;
  /** A file became durable. */
  written(path: string): void;
}

export class Weather {
  readonly #scenario: Scenario;
  readonly #random: SeededRandom;
  readonly #station: WeatherStation;

  constructor(scenario: Scenario, random: SeededRandom, station: WeatherStation) {
    this.#scenario = scenario;
    this.#random = random;
    this.#station = station;
  }

  messageLatencyMs(): number {
    return this.#latency(this.#scenario.machine.messageLatencyMs);
  }

  /** How long a process takes to start, or to go. */
  processMs(): number {
    return this.#random.next() * 5;
  }

  recordFails(): boolean {
    return this.#happens(this.#scenario.faults.record);
  }

  declines(): boolean {
    return this.#happens(this.#scenario.faults.decline);
  }

  storage(process: SimulatedProcess): StorageWeather {
    const { machine, faults } = this.#scenario;
    return {
      latencyMs: () => this.#latency(machine.storageLatencyMs),
      fails: () => this.#happens(faults.storage),
      happened: (operation: StorageOperation, path: string) => {
        if (WRITES.has(operation)) this.#station.written(path);
        if (operation === 'read' || operation === 'exists' || operation === 'list') return;
        this.crashAfter(process, `${operation} ${path}`);
      },
    };
  }

  outside(process: SimulatedProcess): OutsideWeather {
    const { machine, faults } = this.#scenario;
    return {
      latencyMs: () => this.#latency(machine.outsideLatencyMs),
      commitFails: () => this.#happens(faults.commit),
      userFunctionFails: () => this.#happens(faults.user),
      pushesBack: () => this.#random.next() < PUSH_BACK,
      happened: (what: string) => this.crashAfter(process, what),
      noted: (text: string) => this.#station.note(`${process.name} saw ${text}`),
    };
  }

  crashAfter(process: SimulatedProcess, what: string): void {
    if (this.#happens(this.#scenario.faults.crashAfterEffect)) this.#station.crash(process, what);
  }

  /** Half of all things are quick, a few take much longer than usual. */
  #latency(maxMs: number): number {
    const luck = this.#random.below(16);
    if (luck < 8) return 0;
    return this.#random.next() * maxMs * (luck === 15 ? SLOW_FACTOR : 1);
  }

  #happens(probability: number): boolean {
    if (probability === 0 || this.#station.nowMs() > this.#scenario.faults.untilMs) return false;
    return this.#random.next() < probability;
  }
}
