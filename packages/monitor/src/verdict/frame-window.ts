/**
 * The last frames of a job, and the picture between the oldest and the newest of them. Figures are
 * cumulative, so that smoothing is one subtraction, and what a long step books at its end is
 * spread over the window.
 *
 * Invariants: frames of one layout only (a layout that grew keeps them); at most three seconds of
 * frames, fewer where they are very large; alignments are remembered for ten seconds.
 */
import type { JobTopology } from '@weir/console-protocol';
import type { ProbeFrame, ProbeLayout } from '../cluster-probe.ts';
import type { SeriesIndex, SubtaskPositions, VertexPositions } from '../series-index.ts';
import { AlignmentWindow } from './alignment-window.ts';
import {
  type OperatorPicture,
  type Picture,
  sharesOf,
  type SubtaskPicture,
  type ThreadUser,
  type TimeShares,
  type VertexPicture,
} from './picture.ts';
import { threadsBetween } from './thread-window.ts';
import { blockedPositions, seriesOfVertex, type SubtaskSeries } from './vertex-series.ts';

const WINDOW_FRAMES = 3;
/** Whether records move is looked at where someone is busy; all else is not stuck, but idle. */
const BUSY_OF_SUSPECTS = 0.8;
/** Of all frames kept together; about 64 MB. */
const VALUES_MAX = 8_000_000;

export class FrameWindow {
  readonly #topology: JobTopology;
  readonly #alignments: AlignmentWindow;
  #layout: ProbeLayout | null = null;
  #frames: ProbeFrame[] = [];
  #series = new Map<string, SubtaskSeries[]>();
  #blockedAt: ReadonlyMap<number, readonly number[]> = new Map();
  /** By vertex: when a record last moved. */
  readonly #movedAtMs = new Map<string, number>();

  constructor(topology: JobTopology) {
    this.#topology = topology;
    this.#alignments = new AlignmentWindow(topology);
  }

  /** `grew` = the layout only got more at its end. */
  setLayout(layout: ProbeLayout, grew: boolean): void {
    this.#layout = layout;
    this.#series.clear();
    this.#blockedAt = blockedPositions(layout);
    this.#alignments.setLayout(layout);
    if (!grew) this.clear();
  }

  /** What follows has nothing to do with what was before. */
  clear(): void {
    this.#frames = [];
    this.#movedAtMs.clear();
    this.#alignments.clear();
  }

  /** Null as long as there is nothing to compare with. */
  add(frame: ProbeFrame, index: SeriesIndex): Picture | null {
    this.#frames.push(frame);
    this.#alignments.add(frame);
    const most = Math.min(WINDOW_FRAMES, Math.floor(VALUES_MAX / (frame.values.length + 1)));
    while (this.#frames.length > Math.max(1, most) + 1) this.#frames.shift();
    const before = this.#frames[0]!;
    if (before === frame) return null;
    return this.#picture(new Span(before, frame), index);
  }

  #picture(span: Span, index: SeriesIndex): Picture {
    const { threads, machine } = threadsBetween(this.#frames);
    const hung = new Map<string, number>();
    for (const { hung: call } of threads.values()) {
      if (call !== null) hung.set(`${call.vertexId}/${call.subtask}`, call.forMs);
    }
    return {
      t: span.now.atMs,
      spanMs: span.ms,
      vertices: this.#topology.vertices.map(({ id }, at) =>
        this.#vertex(id, index.vertices[at]!, span, hung),
      ),
      fills: index.edges.map(({ fill }) => this.#fill(fill)),
      blocked: this.#topology.edges.map(({ index: edge }) => this.#blocked(edge, span)),
      threads,
      machine,
      usersOf: (slot) => this.#usersOf(slot, span, index),
    };
  }

  #blocked(edge: number, span: Span): number | null {
    const positions = this.#blockedAt.get(edge) ?? [];
    if (positions.length === 0) return null;
    return Math.min(1, Math.max(...positions.map((at) => span.delta(at))) / span.ms);
  }

  #usersOf(slot: number | null, span: Span, index: SeriesIndex): ThreadUser[] {
    const users: ThreadUser[] = [];
    this.#topology.vertices.forEach(({ id: vertexId }, at) => {
      for (const { subtask, times } of index.vertices[at]!.subtasks) {
        const own = this.#layout?.series[times[0]!]?.slot ?? null;
        if (own !== null && own !== slot) continue;
        users.push({ vertexId, subtask, running: span.delta(times[0]!) / span.ms });
      }
    });
    return users;
  }

  #vertex(
    id: string,
    at: VertexPositions,
    span: Span,
    hung: ReadonlyMap<string, number>,
  ): VertexPicture {
    let busiest: TimeShares | null = null;
    let busySubtask = 0;
    let backpressuredMax: number | null = null;
    for (const subtask of at.subtasks) {
      const shares = timesOf(subtask, span, hung.get(`${id}/${subtask.subtask}`) ?? 0);
      if (shares === null) continue;
      backpressuredMax = Math.max(backpressuredMax ?? 0, shares.backpressured);
      if (busiest !== null && shares.busy <= busiest.busy) continue;
      busiest = shares;
      busySubtask = subtask.subtask;
    }
    const reads = at.sourceRecords.length > 0;
    const recordsIn = span.rate(reads ? at.sourceRecords : at.subtasks.map((one) => one.recordsIn));
    const recordsOut = span.rate(at.subtasks.map((one) => one.recordsOut));
    let lazy: readonly SubtaskPicture[] | null = null;
    return {
      ...{ id, busiest, busySubtask, backpressuredMax, recordsIn, recordsOut },
      pendingRecords: span.gauge(at.pendingRecords, (sum, value) => sum + value),
      pendingMs: span.gauge(at.pendingMs, Math.max),
      stillMs: this.#stillMs(id, at, span, busiest),
      ...this.#alignments.of(id),
      subtasks: () => {
        lazy ??= this.#subtasks(id, at, span, hung);
        return lazy;
      },
    };
  }

  /** Looks at the newest second only: a record that moved is no less new for what was before. */
  #stillMs(id: string, at: VertexPositions, { now }: Span, busiest: TimeShares | null): number {
    if (busiest === null || busiest.busy < BUSY_OF_SUSPECTS) {
      this.#movedAtMs.set(id, now.atMs);
      return 0;
    }
    const last = this.#frames.at(-2);
    const newest = last === undefined ? null : new Span(last, now);
    const positions = [
      ...at.sourceRecords,
      ...at.sinkRecords,
      ...at.subtasks.flatMap((one) => [one.recordsIn, one.recordsOut]),
    ];
    const moved = newest === null || positions.some((position) => newest.delta(position) > 0);
    if (moved || !this.#movedAtMs.has(id)) this.#movedAtMs.set(id, now.atMs);
    return now.atMs - this.#movedAtMs.get(id)!;
  }

  #subtasks(
    id: string,
    at: VertexPositions,
    span: Span,
    hung: ReadonlyMap<string, number>,
  ): SubtaskPicture[] {
    const found: SubtaskPicture[] = [];
    for (const series of this.#seriesOf(id)) {
      const subtask = at.subtasks.find((one) => one.subtask === series.subtask);
      if (subtask === undefined) continue;
      const shares = timesOf(subtask, span, hung.get(`${id}/${series.subtask}`) ?? 0);
      if (shares === null) continue;
      found.push({
        ...shares,
        subtask: series.subtask,
        slot: series.slot,
        recordsIn: span.rate([subtask.recordsIn]),
        recordsOut: span.rate([subtask.recordsOut]),
        operators: operatorsOf(series, span),
      });
    }
    return found;
  }

  #seriesOf(id: string): SubtaskSeries[] {
    let series = this.#series.get(id);
    if (series === undefined) {
      series = this.#layout === null ? [] : seriesOfVertex(this.#layout, id);
      this.#series.set(id, series);
    }
    return series;
  }

  /** A gauge of one moment: its mean over the window says more than its last value. */
  #fill(positions: readonly number[]): number | null {
    const fullest: number[] = [];
    for (const { values } of this.#frames.slice(1)) {
      const known = positions.map((position) => values[position] ?? -1).filter((one) => one >= 0);
      if (known.length > 0) fullest.push(Math.min(1, Math.max(...known)));
    }
    if (fullest.length === 0) return null;
    return fullest.reduce((sum, one) => sum + one, 0) / fullest.length;
  }
}

/** Two frames of one layout. */
class Span {
  readonly ms: number;
  readonly now: ProbeFrame;
  readonly #before: ProbeFrame;

  constructor(before: ProbeFrame, now: ProbeFrame) {
    this.now = now;
    this.#before = before;
    this.ms = Math.max(1, now.atMs - before.atMs);
  }

  /** Growth; 0 where it is not known. */
  delta(position: number): number {
    const grown = (this.now.values[position] ?? 0) - (this.#before.values[position] ?? 0);
    return Number.isNaN(grown) ? 0 : Math.max(0, grown);
  }

  /** Per second; null when none of them is in the layout. */
  rate(positions: readonly number[]): number | null {
    let sum = 0;
    let known = false;
    for (const position of positions) {
      if (position < 0 || position >= this.now.values.length) continue;
      known = true;
      sum += this.delta(position);
    }
    return known ? (sum * 1000) / this.ms : null;
  }

  /** Of gauges for which negative and NaN mean unknown. */
  gauge(
    positions: readonly number[],
    combine: (sum: number, value: number) => number,
  ): number | null {
    let result: number | null = null;
    for (const position of positions) {
      const value = this.now.values[position] ?? Number.NaN;
      if (value >= 0) result = result === null ? value : combine(result, value);
    }
    return result;
  }
}

/** A call that does not come back books nothing: `hungMs` of it are running time. */
function timesOf({ times }: SubtaskPositions, span: Span, hungMs: number): TimeShares | null {
  const running = span.delta(times[0]!) + Math.min(hungMs, span.ms);
  return sharesOf(
    running,
    span.delta(times[1]!),
    span.delta(times[2]!),
    span.delta(times[3]!),
    span.delta(times[4]!),
  );
}

function operatorsOf({ operators }: SubtaskSeries, span: Span): OperatorPicture[] {
  return [...operators].map(([operatorId, positions]) => {
    const at = (name: string) => positions.get(name) ?? -1;
    const gauge = (name: string) => span.gauge([at(name)], Math.max);
    const capacity = gauge('asyncCapacity');
    const isAsync = capacity !== null && capacity > 0;
    return {
      operatorId,
      running: span.delta(at('runningTimeMs')) / span.ms,
      external: span.delta(at('externalTimeMs')) / span.ms,
      recordsIn: span.rate([at('numRecordsIn')]),
      asyncInFlight: isAsync ? gauge('asyncInFlight') : null,
      asyncCapacity: isAsync ? capacity : null,
      callP50Ms: tenths(gauge('asyncLatencyP50Ms')),
      callP99Ms: tenths(gauge('asyncLatencyP99Ms')),
    };
  });
}

function tenths(value: number | null): number | null {
  return value === null ? null : Math.round(value * 10) / 10;
}
