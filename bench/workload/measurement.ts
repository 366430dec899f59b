/** What a run found out, written as JSON by whoever measured: a job's sink or a baseline. */
import { writeFileSync } from 'node:fs';
import { Profile } from './profile.ts';

/** Throughput after the warm-up. */
export interface Throughput {
  readonly records: number;
  readonly seconds: number;
  /** Of the whole process: slots, main thread, garbage collection, compilation. */
  readonly cpuSeconds: number;
}

/** Times in milliseconds, of which a smaller one is better. */
export interface Times {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

export type Measurement = Throughput | Times;

/** Measures from record `warmUp` to record `total`, both counted from 1. */
export class Stopwatch {
  readonly #warmUp: number;
  readonly #total: number;
  #count = 0;
  #startMs = 0;
  #startCpu = { user: 0, system: 0 };
  #profile: Profile | null = null;
  #result: Throughput | null = null;

  constructor(warmUp: number, total: number) {
    this.#warmUp = warmUp;
    this.#total = total;
  }

  add(records: number): void {
    const before = this.#count;
    this.#count = before + records;
    if (before < this.#warmUp && this.#count >= this.#warmUp) {
      this.#profile = Profile.start();
      this.#startMs = performance.now();
      this.#startCpu = process.cpuUsage();
    }
    if (this.#count >= this.#total && this.#result === null) this.#stop();
  }

  /** @throws RangeError when fewer records came than were announced. */
  get result(): Throughput {
    if (this.#result === null) {
      throw new RangeError(`${this.#count} records came, ${this.#total} were expected`);
    }
    return this.#result;
  }

  #stop(): void {
    const { user, system } = process.cpuUsage(this.#startCpu);
    this.#result = {
      records: this.#total - this.#warmUp,
      seconds: (performance.now() - this.#startMs) / 1000,
      cpuSeconds: (user + system) / 1e6,
    };
    this.#profile?.stop();
  }
}

/** Times by their share: p50, p99 and the longest, of at most as many as there is room for. */
export class Histogram {
  readonly #values: Float64Array;
  #count = 0;

  constructor(capacity: number) {
    this.#values = new Float64Array(capacity);
  }

  add(ms: number): void {
    if (this.#count < this.#values.length) this.#values[this.#count++] = ms;
  }

  get result(): Times {
    const sorted = this.#values.slice(0, this.#count).sort();
    const at = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
    return { p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1) };
  }
}

export function report(file: string, measurement: Measurement): void {
  writeFileSync(file, JSON.stringify(measurement));
}
