/**
 * The past of one job: its ticks, its subtasks, its events. Fed by the job's monitor with what it
 * shows live, asked for any moment since, also of an earlier process.
 */
import {
  type JobEvent,
  type JobHistory,
  type JobSubtasks,
  type JobTick,
  type JobTopology,
  packTicks,
  shapeOf,
  type TickPack,
} from '@weir/console-protocol';
import type { ProbeFrame, ProbeLayout } from '../cluster-probe.ts';
import { mergeTicks } from '../tick-merge.ts';
import { chosenStep } from './chosen-step.ts';
import type { HistoryStorage } from './history-storage.ts';
import { RESOLUTION } from './number-code.ts';
import { placesOf, type VertexPlace } from './subtask-columns.ts';
import { SubtaskHistory } from './subtask-history.ts';
import { withPeaks } from './subtask-peaks.ts';
import { type SubtaskRequest, subtaskRange } from './subtask-range.ts';
import { SubtaskSampler } from './subtask-sampler.ts';
import { fitsShape } from './tick-codes.ts';
import { TickHistory } from './tick-history.ts';

/** Of the newest snapshot, and what a console shows at once. */
const RECENT_MS = 30 * 60_000;
const EVENTS_RECENT = 500;
/** A snapshot's size is bounded by vertices × ticks; older ticks come from the history. */
const SNAPSHOT_VERTEX_TICKS = 9000;
const SNAPSHOT_TICKS_MIN = 60;
/** So is an answer's. */
const ANSWER_VERTEX_TICKS = 60_000;
const ANSWER_TICKS_MIN = 60;
const ANSWER_TICKS_MAX = 2000;
const ANSWER_EVENTS_MAX = 2000;

/** A job as it is now, and its recent past, packed by the shape of the topology. */
export interface PackedSnapshot {
  readonly topology: JobTopology;
  readonly events: readonly JobEvent[];
  readonly history: TickPack;
}

export class JobArchive {
  readonly #storage: HistoryStorage;
  readonly #ticks: TickHistory;
  readonly #subtasks: SubtaskHistory;
  #topology: JobTopology;
  #places: readonly VertexPlace[];
  #sampler: SubtaskSampler;

  /** Goes on with what the storage has of the job. */
  constructor(topology: JobTopology, storage: HistoryStorage) {
    const { jobId } = topology;
    this.#storage = storage;
    this.#topology = topology;
    this.#places = placesOf(topology.vertices);
    this.#ticks = new TickHistory(jobId, storage);
    this.#subtasks = new SubtaskHistory(jobId, topology, storage);
    this.#sampler = new SubtaskSampler(topology, SubtaskHistory.MERGED_STEPS);
  }

  get lastTick(): JobTick | null {
    return this.#ticks.last;
  }

  /** Another attempt, which counts anew, or another shape. */
  setTopology(topology: JobTopology): void {
    const same = sameShape(this.#topology, topology);
    this.#topology = topology;
    this.#sampler = new SubtaskSampler(topology, SubtaskHistory.MERGED_STEPS);
    if (same) return;
    this.#places = placesOf(topology.vertices);
    this.#subtasks.setTopology(topology);
  }

  setLayout(layout: ProbeLayout): void {
    this.#sampler.setLayout(layout);
  }

  /** Keeps the subtasks of a frame. @returns its tick, which says which of them stand out. */
  addFrame(frame: ProbeFrame, tick: JobTick): JobTick {
    let shown = tick;
    for (const figures of this.#sampler.add(frame)) {
      this.#subtasks.add(figures);
      if (figures.t === tick.t) shown = withPeaks(tick, this.#places, figures.values);
    }
    return shown;
  }

  addTick(tick: JobTick): void {
    this.#ticks.add(tick);
  }

  addEvent(event: JobEvent): void {
    // That a checkpoint has begun is told by its end.
    if (event.kind === 'checkpoint' && event.outcome === 'running') return;
    this.#storage.addEvent(this.#topology.jobId, event);
  }

  /** The last half hour before the newest tick, in the finest resolution that there is of it. */
  snapshot(): PackedSnapshot {
    const { jobId, vertices } = this.#topology;
    const shape = shapeOf(this.#topology);
    const most = Math.max(
      SNAPSHOT_TICKS_MIN,
      Math.floor(SNAPSHOT_VERTEX_TICKS / Math.max(1, vertices.length)),
    );
    const end = (this.lastTick?.t ?? 0) + 1;
    const step = this.#ticks.steps.find(
      (one) => this.#ticks.firstIn(one, end - RECENT_MS, end) !== null,
    );
    const from = end - Math.min(RECENT_MS, most * (step ?? 0));
    const ticks = step === undefined ? [] : this.#ticks.range(step, from, end);
    const fitting = ticks.filter((tick) => fitsShape(shape, tick));
    return {
      topology: this.#topology,
      history: packTicks(shape, fitting),
      events: this.#storage.events(jobId, 0, Number.MAX_SAFE_INTEGER, EVENTS_RECENT),
    };
  }

  /** The finest resolution that reaches back as far as any, in a bounded number of ticks. */
  history(from: number, to: number): JobHistory {
    const { jobId, vertices } = this.#topology;
    const most = Math.min(
      ANSWER_TICKS_MAX,
      Math.max(ANSWER_TICKS_MIN, Math.floor(ANSWER_VERTEX_TICKS / Math.max(1, vertices.length))),
    );
    const begins = this.#ticks.steps.map((step) => ({
      step,
      first: this.#ticks.firstIn(step, from, to),
    }));
    const end = Math.min(to, (this.lastTick?.t ?? to) + 1);
    const chosen = chosenStep(begins, end, most) ?? this.#ticks.steps[0]!;
    const found = this.#ticks.range(chosen, from, to);
    const span = (found.at(-1)?.t ?? 0) - (found[0]?.t ?? 0);
    const step = chosen * Math.max(1, Math.ceil((span + chosen) / chosen / most));
    return {
      topology: this.#topology,
      from,
      to,
      step,
      resolution: RESOLUTION,
      ticks: step === chosen ? found : thinned(found, step),
      events: this.#storage.events(jobId, from, to, ANSWER_EVENTS_MAX),
    };
  }

  /** Null when the job has no such vertex. */
  subtasks(request: SubtaskRequest): JobSubtasks | null {
    const vertex = this.#topology.vertices.find(({ id }) => id === request.vertexId);
    return vertex === undefined ? null : subtaskRange(this.#subtasks, vertex.parallelism, request);
  }
}

function thinned(ticks: readonly JobTick[], step: number): JobTick[] {
  return [...Map.groupBy(ticks, ({ t }) => Math.floor(t / step)).values()].map(mergeTicks);
}

function sameShape(left: JobTopology, right: JobTopology): boolean {
  const text = ({ vertices }: JobTopology) =>
    JSON.stringify(vertices.map(({ id, parallelism }) => [id, parallelism]));
  return text(left) === text(right);
}
