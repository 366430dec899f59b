/**
 * One job as the monitor keeps it: its topology, its ticks of the last 30 minutes at 1 s and of the
 * last 24 hours at 10 s, and its latest events.
 *
 * Fed with a probe's events in order. Invariants: every buffer is bounded; a new topology (another
 * parallelism, another graph) begins new rings, since columns mean something else.
 */
import {
  doubleColumns,
  type JobEvent,
  type JobHistory,
  type JobState,
  type JobTick,
  type JobTopology,
  shapeOf,
  singleColumns,
  type TickPack,
} from '@weir/console-protocol';
import type { ProbeFrame, ProbeLayout, TaskCounts } from './cluster-probe.ts';
import { TickBuilder } from './tick-builder.ts';
import { mergeTicks } from './tick-merge.ts';
import { TickRing } from './tick-ring.ts';
import { JobVerdicts } from './verdict/job-verdicts.ts';

export const FINE_STEP_MS = 1000;
export const FINE_TICKS = 1800;
export const COARSE_STEP_MS = 10_000;
export const COARSE_TICKS = 8640;
const EVENTS_MAX = 500;
/** A snapshot's size is bounded by vertices × ticks; older ticks come from the history. */
const SNAPSHOT_VERTEX_TICKS = 9000;
const SNAPSHOT_TICKS_MIN = 60;
/** Very wide jobs are remembered for a shorter time. */
const RING_BYTES_MAX = 64 * 1_048_576;
/** Points in one answer of the history. */
const HISTORY_TICKS_MAX = 2000;

/** A job as it is now, and its recent past as it is kept. */
export interface PackedSnapshot {
  readonly topology: JobTopology;
  readonly events: readonly JobEvent[];
  readonly history: TickPack;
}

/** A merged tick of ten seconds, for whoever stores it. */
export type CoarseListener = (tick: JobTick, topology: JobTopology) => void;

export class JobMonitor {
  #topology: JobTopology;
  #builder: TickBuilder;
  #verdicts: JobVerdicts;
  #fine: TickRing;
  #coarse: TickRing;
  #bucket: JobTick[] = [];
  #state: JobState = 'INITIALIZING';
  #tasks: TaskCounts = {};
  readonly #events: JobEvent[] = [];
  readonly #onCoarse: CoarseListener;

  constructor(topology: JobTopology, onCoarse: CoarseListener = () => {}) {
    this.#onCoarse = onCoarse;
    this.#topology = topology;
    this.#builder = new TickBuilder(topology);
    this.#verdicts = new JobVerdicts(topology);
    this.#fine = ring(topology, FINE_TICKS);
    this.#coarse = ring(topology, COARSE_TICKS);
  }

  get topology(): JobTopology {
    return this.#topology;
  }

  get state(): JobState {
    return this.#state;
  }

  get lastTick(): JobTick | null {
    return this.#fine.latest(1)[0] ?? null;
  }

  setTopology(topology: JobTopology): void {
    const same = sameShape(this.#topology, topology);
    this.#topology = topology;
    this.#builder = new TickBuilder(topology);
    this.#verdicts = new JobVerdicts(topology);
    if (same) return;
    this.#bucket = [];
    this.#fine = ring(topology, FINE_TICKS);
    this.#coarse = ring(topology, COARSE_TICKS);
  }

  setLayout(layout: ProbeLayout): void {
    const grew = this.#builder.setLayout(layout);
    this.#verdicts.setLayout(layout, grew);
  }

  setState(state: JobState, tasks: TaskCounts): void {
    this.#state = state;
    this.#tasks = tasks;
  }

  /** What the last ticks brought about; they are kept already. */
  takeVerdictEvents(): readonly JobEvent[] {
    const events = this.#verdicts.takeEvents();
    for (const event of events) this.addEvent(event);
    return events;
  }

  addEvent(event: JobEvent): void {
    this.#events.push(event);
    if (this.#events.length > EVENTS_MAX) this.#events.shift();
  }

  /** Null when the frame belongs to no known layout. */
  addFrame(frame: ProbeFrame): JobTick | null {
    const tick = this.#builder.tick(frame, this.#state, this.#tasks);
    const { index } = this.#builder;
    if (tick === null || index === null) return null;
    return this.#keep(this.#verdicts.judge(frame, index, tick));
  }

  /** For a second without frames while the job is not running: its state still is history. */
  addSilence(t: number): JobTick {
    const tick = this.#builder.silent(t, this.#state, this.#tasks);
    return this.#keep(this.#verdicts.rest(tick));
  }

  snapshot(): PackedSnapshot {
    const vertices = Math.max(1, this.#topology.vertices.length);
    const most = Math.floor(SNAPSHOT_VERTEX_TICKS / vertices);
    const ticks = Math.min(FINE_TICKS, Math.max(SNAPSHOT_TICKS_MIN, most));
    return {
      topology: this.#topology,
      history: this.#fine.pack(ticks),
      events: [...this.#events],
    };
  }

  /** The finest resolution that covers the range in at most 2,000 ticks. */
  history(from: number, to: number): JobHistory {
    const newest = this.lastTick?.t ?? to;
    const fineFrom = newest - this.#fine.capacity * FINE_STEP_MS;
    const fine = from >= fineFrom && to - from <= HISTORY_TICKS_MAX * FINE_STEP_MS;
    const source = fine ? this.#fine : this.#coarse;
    return {
      topology: this.#topology,
      from,
      to,
      step: fine ? FINE_STEP_MS : COARSE_STEP_MS,
      ticks: source.range(from, to, fine ? HISTORY_TICKS_MAX : COARSE_TICKS),
      events: this.#events.filter((event) => event.t >= from && event.t < to),
    };
  }

  #keep(tick: JobTick): JobTick {
    this.#fine.push(tick);
    const first = this.#bucket[0];
    const slot = (t: number) => Math.floor(t / COARSE_STEP_MS);
    if (first !== undefined && slot(first.t) !== slot(tick.t)) {
      const merged = mergeTicks(this.#bucket);
      this.#coarse.push(merged);
      this.#onCoarse(merged, this.#topology);
      this.#bucket = [];
    }
    this.#bucket.push(tick);
    return tick;
  }
}

function ring(topology: JobTopology, capacity: number): TickRing {
  const shape = shapeOf(topology);
  const rowBytes = singleColumns(shape) * 4 + doubleColumns(shape) * 8;
  return new TickRing(shape, Math.min(capacity, Math.floor(RING_BYTES_MAX / rowBytes)));
}

function sameShape(left: JobTopology, right: JobTopology): boolean {
  const shape = (topology: JobTopology) =>
    JSON.stringify([
      topology.vertices.map(({ id, parallelism, operators }) => [
        id,
        parallelism,
        operators.length,
      ]),
      topology.edges.map((edge) => [edge.source, edge.target]),
    ]);
  return shape(left) === shape(right);
}
