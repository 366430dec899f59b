/**
 * One job as the monitor sees it: frames and states in, ticks with verdicts out; what it has shown
 * is in its archive.
 *
 * Fed with a probe's events in order. Invariant: what is shown live is kept as it was shown.
 */
import type { JobEvent, JobState, JobTick, JobTopology } from '@weir/console-protocol';
import type {
  CodeFinding,
  KeyFinding,
  ProbeFrame,
  ProbeLayout,
  TaskCounts,
} from './cluster-probe.ts';
import type { HistoryStorage } from './history/history-storage.ts';
import { JobArchive } from './history/job-archive.ts';
import { TickBuilder } from './tick-builder.ts';
import { JobVerdicts } from './verdict/job-verdicts.ts';

/** Nothing follows these. */
export const ENDED: ReadonlySet<JobState> = new Set([
  'FINISHED',
  'CANCELED',
  'FAILED',
  'SUSPENDED',
]);

export class JobMonitor {
  readonly archive: JobArchive;
  #topology: JobTopology;
  #builder: TickBuilder;
  #verdicts: JobVerdicts;
  #state: JobState;
  #tasks: TaskCounts = {};

  constructor(topology: JobTopology, storage: HistoryStorage) {
    this.#topology = topology;
    this.#builder = new TickBuilder(topology);
    this.#verdicts = new JobVerdicts(topology);
    this.archive = new JobArchive(topology, storage);
    const last = this.archive.lastTick?.state;
    this.#state = last !== undefined && ENDED.has(last) ? last : 'INITIALIZING';
  }

  get topology(): JobTopology {
    return this.#topology;
  }

  get state(): JobState {
    return this.#state;
  }

  get lastTick(): JobTick | null {
    return this.archive.lastTick;
  }

  setTopology(topology: JobTopology): void {
    this.#topology = topology;
    this.#builder = new TickBuilder(topology);
    this.#verdicts = new JobVerdicts(topology);
    this.archive.setTopology(topology);
  }

  setLayout(layout: ProbeLayout): void {
    const grew = this.#builder.setLayout(layout);
    this.#verdicts.setLayout(layout, grew);
    this.archive.setLayout(layout);
  }

  setState(state: JobState, tasks: TaskCounts): void {
    this.#state = state;
    this.#tasks = tasks;
  }

  setCode(code: CodeFinding): void {
    this.#verdicts.setCode(code);
  }

  setKey(key: KeyFinding): void {
    this.#verdicts.setKey(key);
  }

  /** What the last ticks brought about; they are kept already. */
  takeVerdictEvents(): readonly JobEvent[] {
    const events = this.#verdicts.takeEvents();
    for (const event of events) this.addEvent(event);
    return events;
  }

  addEvent(event: JobEvent): void {
    this.archive.addEvent(event);
  }

  /** Null when the frame belongs to no known layout. */
  addFrame(frame: ProbeFrame): JobTick | null {
    const tick = this.#builder.tick(frame, this.#state, this.#tasks);
    const { index } = this.#builder;
    if (tick === null || index === null) return null;
    const judged = this.#verdicts.judge(frame, index, tick);
    return this.#keep(this.archive.addFrame(frame, judged));
  }

  /** For a second without frames while the job is not running: its state still is history. */
  addSilence(t: number): JobTick {
    const tick = this.#builder.silent(t, this.#state, this.#tasks);
    return this.#keep(this.#verdicts.rest(tick));
  }

  #keep(tick: JobTick): JobTick {
    this.archive.addTick(tick);
    return tick;
  }
}
