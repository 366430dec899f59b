/** What everything in a simulation shares: time, chance, what is durable, and the laws. */
import { toWire, type WireError } from '@weir/core';
import type { JobRecord, ServerToTaskManager, SubtaskSnapshot } from '@weir/runtime';
import { MemoryStorage } from '../memory-storage.ts';
import type { SeededRandom } from '../seeded-random.ts';
import { VirtualTime } from '../virtual-time.ts';
import { recordIdOf } from './expected-output.ts';
import type { Count } from './simulated-job.ts';
import type { EventTrace } from './event-trace.ts';
import { Laws } from './laws.ts';
import type { Scenario } from './scenario.ts';
import type { SimulatedProcess } from './simulated-process.ts';
import { TransactionalStore } from './transactional-store.ts';
import { Weather } from './weather.ts';

export class World {
  readonly time = new VirtualTime();
  readonly random: SeededRandom;
  readonly storage = new MemoryStorage();
  readonly laws = new Laws();
  readonly scenario: Scenario;
  readonly store: TransactionalStore;
  readonly weather: Weather;
  /** Which of the jobs in a row runs, from 0. */
  phase = 0;
  /** Durable: what a next server process finds. */
  record: JobRecord | null = null;
  /** The newest checkpoint that a record named, over all jobs in a row. */
  durable: JobRecord['checkpoints'][number] | null = null;
  /** Who dies when a process has just had an effect: it, another one, or nobody now. */
  victimOf: (process: SimulatedProcess) => SimulatedProcess | null = (process) => process;
  readonly #trace: EventTrace;
  /** Everything that was durable once, deleted or not. */
  readonly #written = new Set<string>();
  #lastTriggered = 0;
  #lastCommitted = 0;

  constructor(scenario: Scenario, random: SeededRandom, trace: EventTrace) {
    this.scenario = scenario;
    this.random = random;
    this.#trace = trace;
    const mayRepeat = scenario.job.mode === 'AT_LEAST_ONCE';
    this.store = new TransactionalStore(this.laws, () => this.durable?.id ?? 0, mayRepeat);
    this.weather = new Weather(scenario, random, {
      nowMs: () => this.nowMs,
      note: (text) => this.note(text),
      crash: (process, why) => {
        const victim = this.victimOf(process);
        if (victim !== null) this.crash(victim, `${process.name}: ${why}`);
      },
      written: (path) => this.#written.add(path),
    });
  }

  /** Every record was counted, and the count committed. */
  get everythingIsCounted(): boolean {
    const counted = new Set(this.store.rows('counts').map(({ row }) => recordIdOf(row as Count)));
    return counted.size === this.scenario.data.splits.flat().reduce((sum, n) => sum + n, 0);
  }

  /** Virtual ms since the start. */
  get nowMs(): number {
    return this.time.monotonicMs();
  }

  note(text: string): void {
    this.#trace.note(this.nowMs, text);
  }

  crash(process: SimulatedProcess, why: string): void {
    if (!process.isAlive) return;
    this.note(`${process.name} dies: ${why}`);
    process.kill();
  }

  /** Our own code threw where nothing was made to fail. */
  unexpected(where: string, error: unknown): void {
    const { message, stack } = toWire(error);
    this.laws.broken('no-unexpected-failure', `${where}: ${message}\n${stack}`);
  }

  /** What a job shows as its exception must have been made to happen. */
  onFailure(error: WireError): void {
    this.note(`the job fails: ${error.message}`);
    if (isInjected(error)) return;
    this.laws.broken('no-unexpected-failure', `${error.code}: ${error.message}\n${error.stack}`);
  }

  onRecord(record: JobRecord): void {
    // Each job of the row counts by itself, from the checkpoint that it started from.
    if (this.record?.jobId !== record.jobId) this.#lastTriggered = 0;
    const before = this.record?.jobId === record.jobId ? this.record.nextCheckpointId : 0;
    this.laws.require(record.nextCheckpointId >= before, 'checkpoint-ids-grow', () => {
      return `the next id went from ${before} to ${record.nextCheckpointId}`;
    });
    this.record = record;
    for (const checkpoint of record.checkpoints) {
      const { id, path } = checkpoint;
      this.laws.require(this.storage.isDurable(`${path}/_metadata`), 'commit-after-durable', () => {
        return `the record names checkpoint ${id}, which has no metadata`;
      });
      if (id > (this.durable?.id ?? 0)) this.durable = checkpoint;
    }
  }

  onAcknowledge({ checkpointId, file }: SubtaskSnapshot): void {
    if (file === null) return;
    this.laws.require(this.#written.has(file.path), 'acknowledged-is-durable', () => {
      return `checkpoint ${checkpointId} was acknowledged without ${file.path}`;
    });
  }

  onSent(message: ServerToTaskManager): void {
    const id = 'checkpointId' in message ? ` ${message.checkpointId}` : '';
    this.note(`server sends ${message.type}${id}`);
    switch (message.type) {
      case 'triggerCheckpoint': {
        const { checkpointId } = message;
        const next = this.record?.nextCheckpointId ?? 0;
        this.laws.require(next > checkpointId, 'checkpoint-ids-grow', () => {
          return `id ${checkpointId} was used before it was durable`;
        });
        this.laws.require(checkpointId > this.#lastTriggered, 'checkpoint-ids-grow', () => {
          return `id ${checkpointId} was used twice`;
        });
        this.#lastTriggered = checkpointId;
        return;
      }
      case 'notifyCheckpointComplete': {
        const { checkpointId } = message;
        const recorded = this.durable?.id ?? 0;
        this.laws.require(checkpointId <= recorded, 'commit-after-durable', () => {
          return `the sinks were told to commit ${checkpointId}, ${recorded} is recorded`;
        });
        this.#lastCommitted = checkpointId;
        return;
      }
      case 'deploy': {
        const restored = message.deployment.restoredCheckpointId ?? 0;
        this.laws.require(restored >= this.#lastCommitted, 'restore-after-commit', () => {
          return `an attempt starts from ${restored}, ${this.#lastCommitted} was committed`;
        });
        return;
      }
      default:
    }
  }
}

function isInjected(error: WireError): boolean {
  for (let cause: WireError | null = error; cause !== null; cause = cause.cause) {
    if (cause.name === 'InvariantError') return false;
    if (cause.message.includes('injected')) return true;
    if (cause.code === 'TASK_MANAGER_LOST' || cause.code === 'CHECKPOINT_EXPIRED') return true;
  }
  return false;
}
