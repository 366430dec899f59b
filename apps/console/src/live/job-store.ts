/**
 * One job's live data: topology, the newest tick, bounded rings of the past, verdicts, events.
 *
 * Fed by the socket (`applySnapshot`, `applyDelta`), read by panels through selectors. Invariants:
 * ticks are applied in time order, older ones are ignored; every list has a bound; a snapshot
 * replaces everything that a delta could have built, unless it begins after all of that: then the
 * server has started anew and lost its past, and this goes on where it was.
 */
import {
  type EdgeField,
  type JobDelta,
  type JobEvent,
  type JobSnapshot,
  type JobTick,
  type JobTopology,
  type PackedTick,
  shapeOf,
  type VertexField,
  type VertexTick,
} from '@weir/console-protocol';
import { limitingVertex } from '../model/verdict/limiting-vertex.ts';
import { meanTick } from '../model/time/mean-tick.ts';
import { MINUTE_MS, SECOND_MS, stepAt } from '../model/time/tick-step.ts';
import { vertexLag } from '../model/watermarks/vertex-lag.ts';
import { VerdictTracker } from '../model/verdict/verdict-tracker.ts';
import type { FrameScheduler } from './frame-scheduler.ts';
import { LiveStore } from './live-store.ts';
import type { Series } from './series.ts';
import { RING_LIMIT, SeriesRing } from './series-ring.ts';
import { ShownTick } from './shown-tick.ts';
import { type Gap, TickLog } from './tick-log.ts';
import { VertexSeries } from './vertex-series.ts';

/** Columns of the job's ring. Lags in ms, rates in records per second. */
export const JOB_COLUMNS = {
  recordsIn: 0,
  recordsOut: 1,
  watermarkLag: 2,
  pendingRecords: 3,
  pendingMs: 4,
} as const;

const JOB_WIDTH = Object.keys(JOB_COLUMNS).length;
const EVENTS_MAX = 500;
/** A past that ended longer ago has no place beside what is shown. */
const GAP_MAX_MS = RING_LIMIT * 1000;

/** What a store that shows the past was made of. Times are epoch ms. */
export interface Past {
  /** Knows what came later as well; rings are cut from its own once they are asked for. */
  readonly source: JobStore;
  /** The range that the figures are means of; equal for an instant. */
  readonly from: number;
  readonly to: number;
  /** What a figure stands for, ms; null where nothing is known. */
  readonly step: number | null;
  /** By what part a number may differ from what was shown then; 0 = by none. */
  readonly relative: number;
  /** Of which nothing is known around the instant, or through the whole range. */
  readonly gap: Gap | null;
}

/** How fine ticks are: the coarsest step in ms, and by what part numbers are rounded. */
export interface Fineness {
  readonly step: number;
  readonly relative: number;
}

const AS_SENT: Fineness = { step: MINUTE_MS, relative: 0 };

/** Charts of half an hour move by less than a dot in this time. */
const CHART_STEP_MS = 5000;

export type StateSpan = { readonly state: JobTick['state']; readonly from: number };

export class JobStore extends LiveStore {
  readonly jobId: string;
  readonly #rows: number;
  #topology: JobTopology | null = null;
  #latest: JobTick | null = null;
  #shown: ShownTick | null = null;
  #job: SeriesRing;
  #series: VertexSeries | null = null;
  /** Of a past, as they are asked for. */
  readonly #cut = new Map<string, Series>();
  #past: Past | null = null;
  #ticks = new TickLog();
  #events: readonly JobEvent[] = [];
  #states: readonly StateSpan[] = [];
  #verdicts = new VerdictTracker();
  #limiting: string | null = null;
  #gone = false;
  #relative = 0;
  #charted: readonly unknown[] = [];
  #chartVersion = 0;
  #chartedAt = -1;
  readonly #eventListeners = new Set<(events: readonly JobEvent[]) => void>();

  /** @param rows how many ticks its rings have room for. */
  constructor(jobId: string, frames: FrameScheduler, rows = RING_LIMIT) {
    super(frames);
    this.jobId = jobId;
    this.#rows = rows;
    this.#job = new SeriesRing(JOB_WIDTH, rows);
  }

  get topology(): JobTopology | null {
    return this.#topology;
  }
  get latest(): JobTick | null {
    return this.#latest;
  }
  get job(): SeriesRing {
    return this.#job;
  }
  /** Whole ticks of the past, as far as they are kept. */
  get ticks(): TickLog {
    return this.#ticks;
  }
  /** Newest last, at most 500. */
  get events(): readonly JobEvent[] {
    return this.#events;
  }
  /** Since when the job was in which state, oldest first. */
  get states(): readonly StateSpan[] {
    return this.#states;
  }
  get verdicts(): VerdictTracker {
    return this.#verdicts;
  }
  /** Id of the vertex that limits the job at the newest tick: only it is marked as the cause. */
  get limiting(): string | null {
    return this.#limiting;
  }
  /** Null for a store that follows the present. */
  get past(): Past | null {
    return this.#past;
  }
  /** The server does not know this job. */
  get gone(): boolean {
    return this.#gone;
  }

  /**
   * Like `version` for what changes slowly: ticks alone move it every five seconds, anything else
   * that a strip or a small line shows at once.
   */
  get chartVersion(): number {
    if (this.#chartedAt === this.version) return this.#chartVersion;
    this.#chartedAt = this.version;
    const beat = Math.floor((this.#latest?.t ?? -1) / CHART_STEP_MS);
    const spans = this.#verdicts.spans;
    const shown = [beat, this.#topology, this.#ticks, this.#states, spans, this.#past, this.#job];
    if (shown.some((one, at) => one !== this.#charted[at])) {
      this.#charted = shown;
      this.#chartVersion++;
    }
    return this.#chartVersion;
  }

  vertex(id: string): VertexTick | null {
    return this.#shown?.vertex(id) ?? null;
  }

  /** Ids of the vertices with tasks that do not run yet. */
  get starting(): readonly string[] {
    return this.#shown?.starting ?? [];
  }

  /** One number of an edge; NaN where unknown. */
  edgeValue(index: number, field: EdgeField): number {
    return this.#shown?.edgeValue(index, field) ?? Number.NaN;
  }

  /** One number of all vertices in the topology's order; NaN where unknown. */
  column(field: VertexField, into: Float64Array): void {
    if (this.#topology === null || this.#shown === null) into.fill(Number.NaN);
    else this.#shown.column(shapeOf(this.#topology), field, into);
  }

  series(vertexId: string): Series | null {
    if (this.#past === null) return this.#series?.of(vertexId) ?? null;
    const { source, to } = this.#past;
    const then = this.#cut.get(vertexId) ?? source.series(vertexId)?.until(to) ?? null;
    if (then !== null) this.#cut.set(vertexId, then);
    return then;
  }

  /** Lag of a vertex' watermark behind the newest event time, ms; null while unknown. */
  watermarkLag(vertexId: string): number | null {
    const tick = this.#latest;
    return tick === null ? null : vertexLag(tick, this.vertex(vertexId));
  }

  /** Calls back with new events only (not with those of a snapshot). */
  onEvents(listener: (events: readonly JobEvent[]) => void): () => void {
    this.#eventListeners.add(listener);
    return () => this.#eventListeners.delete(listener);
  }

  applySnapshot(snapshot: JobSnapshot, { step, relative } = AS_SENT): void {
    if (!this.#goesOnWith(snapshot)) this.#forget();
    this.#setTopology(snapshot.topology);
    const last = this.#events.at(-1)?.t ?? Number.NEGATIVE_INFINITY;
    const events = snapshot.events.filter(({ t }) => t > last);
    this.#events = [...this.#events, ...events].slice(-EVENTS_MAX);
    this.#gone = false;
    this.#relative = relative;
    for (const [at, tick] of snapshot.history.entries()) {
      const packed = snapshot.packed?.[at] ?? null;
      this.#applyTick(tick, Math.min(step, stepAt(snapshot.history, at)), packed);
    }
    this.#told();
  }

  applyDelta(delta: JobDelta): void {
    if (delta.topology !== null) this.#setTopology(delta.topology);
    if (delta.tick !== null) this.#applyTick(delta.tick, SECOND_MS, delta.packed ?? null);
    if (delta.events.length > 0) {
      this.#events = [...this.#events, ...delta.events].slice(-EVENTS_MAX);
      for (const listener of this.#eventListeners) listener(delta.events);
    }
    this.#told();
  }

  /** Makes this what `source` was at a moment; of what came later it knows nothing. */
  showPast(source: JobStore, { from, to }: { readonly from: number; readonly to: number }): void {
    const ticks = source.#ticks;
    const shown = from === to ? (ticks.at(to)?.tick ?? null) : meanTick(ticks.range(from, to));
    const gap = shown === null ? ticks.gap(to) : null;
    const step = shown === null ? null : ticks.step(from, to);
    this.#past = { source, from, to, step, relative: source.#relative, gap };
    this.#topology = source.#topology;
    this.#job = source.#job.until(to);
    this.#cut.clear();
    this.#ticks = ticks;
    this.#events = source.#events.filter(({ t }) => t <= to);
    this.#states = source.#states.filter((state) => state.from <= to);
    const first = ticks.first?.t ?? to;
    const older = source.#verdicts.spans.filter((span) => span.to !== null && span.to <= first);
    const verdicts = new VerdictTracker(older);
    for (const { tick } of ticks.heads(first, to)) verdicts.apply(tick);
    const instant = from === to && shown !== null;
    this.#verdicts = instant ? verdicts : verdicts.of(shown?.bottleneck ?? null);
    this.#show(shown);
    const { current } = this.#verdicts;
    const mean = current?.vertexId ?? null;
    this.#limiting = instant ? limitingVertex(this, current, this.#events) : mean;
    this.changed();
  }

  markGone(): void {
    this.#gone = true;
    this.changed();
  }

  #goesOnWith({ topology, history }: JobSnapshot): boolean {
    const latest = this.#latest;
    if (latest === null || this.#topology === null) return false;
    const gap = (history[0]?.t ?? latest.t + 1) - latest.t;
    return gap > 0 && gap < GAP_MAX_MS && vertexIds(topology) === vertexIds(this.#topology);
  }

  #forget(): void {
    this.#latest = null;
    this.#limiting = null;
    this.#job = new SeriesRing(JOB_WIDTH, this.#rows);
    this.#series = null;
    this.#states = [];
    this.#verdicts = new VerdictTracker();
    this.#events = [];
    this.#ticks = new TickLog();
  }

  #setTopology(topology: JobTopology): void {
    const before = this.#topology;
    // Of other vertices, nothing is known yet.
    if (before !== null && vertexIds(before) !== vertexIds(topology)) this.#series = null;
    this.#topology = topology;
  }

  #show(tick: JobTick | null, packed: PackedTick | null = null): void {
    this.#latest = tick;
    this.#shown = tick === null ? null : new ShownTick(tick, packed);
  }

  #applyTick(tick: JobTick, step: number, packed: PackedTick | null): void {
    if (this.#latest !== null && tick.t <= this.#latest.t) return;
    this.#show(tick, packed);
    this.#ticks.push(tick, step, packed);
    if (this.#states.at(-1)?.state !== tick.state) {
      this.#states = [...this.#states, { state: tick.state, from: tick.t }].slice(-EVENTS_MAX);
    }
    const { t, recordsIn, recordsOut, watermarkLag, pendingRecords, pendingMs } = tick;
    this.#job.push(t, [recordsIn, recordsOut, watermarkLag, pendingRecords, pendingMs], step);
    if (this.#topology !== null) {
      this.#series ??= new VertexSeries(shapeOf(this.#topology).vertexIds, this.#rows);
      this.#series.push(tick, (field, into) => this.column(field, into), step);
    }
    this.#verdicts.apply(tick);
  }

  /** What was told at once is shown at once: a tick with the events of its second. */
  #told(): void {
    this.#limiting = limitingVertex(this, this.#verdicts.current, this.#events);
    this.changed();
  }
}

function vertexIds(topology: JobTopology): string {
  return shapeOf(topology).vertexIds.join();
}
