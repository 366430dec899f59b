/**
 * A cluster without engine: many jobs, large graphs, frames once a second. Behind the same probe
 * interface as Weir's own jobs, so that server, socket and console do all the work that they would
 * do for a real one.
 *
 * Numbers follow from the sizes and the second alone: a run can be repeated.
 */
import type { ClusterProbe, ProbeEvent, ProbeSeries } from '@weir/monitor';
import type { JobMasterControl, JobView, SubtaskView } from '@weir/runtime';
import { topologyOf } from '../job-events.ts';
import { jobGraphOf, type SyntheticGraph, syntheticGraph } from './synthetic-topology.ts';

const TASK_SERIES = [
  'accumulateRunningTimeMs',
  'accumulateQueuedTimeMs',
  'accumulateExternalTimeMs',
  'accumulateIdleTimeMs',
  'accumulateBackPressuredTimeMs',
  'numRecordsIn',
  'numRecordsOut',
] as const;
const EDGE_SERIES = ['records', 'bytes', 'fill'] as const;
const SECOND_MS = 1000;
const HELD = 0.78;

interface Job {
  readonly jobId: string;
  readonly graph: SyntheticGraph;
  readonly view: JobView;
  readonly series: readonly ProbeSeries[];
  readonly values: Float64Array;
}

export interface SyntheticClusterOptions {
  readonly jobs: number;
  /** Of the first job; the others are small. */
  readonly vertices: number;
  readonly parallelism: number;
  readonly startMs: number;
}

export class SyntheticCluster implements ClusterProbe {
  readonly capabilities = { frameIntervalMs: SECOND_MS, busyParts: true, edgeFill: true };
  readonly #jobs: readonly Job[];
  readonly #listeners = new Set<(event: ProbeEvent) => void>();
  #second = 0;

  constructor({ jobs, vertices, parallelism, startMs }: SyntheticClusterOptions) {
    this.#jobs = Array.from({ length: jobs }, (_, at) =>
      at === 0
        ? jobOf(at, syntheticGraph('card-features', vertices, parallelism), startMs)
        : jobOf(at, syntheticGraph(`pipeline-${at}`, 15, 2), startMs),
    );
  }

  /** What a job service shows of them. */
  get entries(): readonly { readonly view: JobView; readonly control: JobMasterControl }[] {
    return this.#jobs.map(({ view }) => ({ view, control: controlOf(view) }));
  }

  topology(jobId: string) {
    const job = this.#jobs.find((one) => one.jobId === jobId);
    return job === undefined ? null : topologyOf(job.view);
  }

  observe(listener: (event: ProbeEvent) => void): () => void {
    for (const { jobId, series } of this.#jobs) {
      listener({ type: 'layout', jobId, layout: { version: 1, series } });
    }
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** One more second of every job. @param atMs when it ended, epoch ms. */
  tick(atMs: number): void {
    this.#second++;
    for (const job of this.#jobs) {
      advance(job, this.#second);
      const frame = { layoutVersion: 1, atMs, values: job.values };
      for (const listener of this.#listeners) listener({ type: 'frame', jobId: job.jobId, frame });
    }
  }
}

function jobOf(at: number, graph: SyntheticGraph, startMs: number): Job {
  const jobId = at.toString(16).padStart(32, 'b');
  const series = seriesOf(graph);
  const view = viewOf(jobId, graph, startMs);
  return { jobId, graph, view, series, values: new Float64Array(series.length) };
}

function seriesOf({ vertices, edges, parallelism }: SyntheticGraph): ProbeSeries[] {
  const outputs = Map.groupBy(
    edges.map(({ source }, index) => ({ source, index })),
    ({ source }) => source,
  );
  return vertices.flatMap((vertex, at) => {
    const operatorId = vertex.id.replace(/^0/, 'd');
    const watermark = vertex.role === 'source' ? 'currentOutputWatermark' : 'currentInputWatermark';
    const task = [
      ...TASK_SERIES,
      watermark,
      ...(outputs.get(at) ?? []).flatMap(({ index }) =>
        EDGE_SERIES.map((name) => `edge.${index}.${name}`),
      ),
    ];
    const own =
      vertex.role === 'source' ? ['numRecordsOut'] : vertex.role === 'sink' ? ['numRecordsIn'] : [];
    return Array.from({ length: parallelism }, (_, subtask) => [
      ...task.map((name) => ({ vertexId: vertex.id, subtask, operatorId: null, name })),
      ...own.map((name) => ({ vertexId: vertex.id, subtask, operatorId, name })),
    ]).flat();
  });
}

function advance({ graph, values }: Job, second: number): void {
  const { vertices, edges, hot, hotSubtask, parallelism } = graph;
  const outputs = new Map<number, number>();
  const intoVictim = new Set<number>();
  for (const { source, target } of edges) {
    outputs.set(source, (outputs.get(source) ?? 0) + 1);
    if (target === hot || vertices[target]!.victim) intoVictim.add(source);
  }
  let at = 0;
  for (const [index, vertex] of vertices.entries()) {
    const edgeCount = outputs.get(index) ?? 0;
    const own = vertex.role === 'operator' ? 0 : 1;
    const calm = 0.06 + wave(index) * 0.36;
    for (let subtask = 0; subtask < parallelism; subtask++) {
      const limits = index === hot && subtask === hotSubtask;
      const swing = 0.7 + 0.6 * wave(index * 131 + subtask * 17 + second);
      const held = vertex.victim ? HELD * swing * 0.9 : 0;
      const busy = limits ? 1 : Math.min(1 - held, calm * swing);
      const rate = Math.round((limits ? 4000 : 900) * swing);
      values[at++]! += busy * SECOND_MS;
      values[at++]! += 0;
      values[at++]! += 0;
      values[at++]! += (1 - busy - held) * SECOND_MS;
      values[at++]! += held * SECOND_MS;
      values[at++]! += rate;
      values[at++]! += rate;
      values[at++] = 1_700_000_000_000 + second * SECOND_MS - index * 3;
      for (let edge = 0; edge < edgeCount; edge++) {
        values[at++]! += rate;
        values[at++]! += rate * 120;
        values[at++] = vertex.victim && intoVictim.has(index) ? 0.9 + 0.09 * wave(subtask) : 0.1;
      }
      if (own === 1) values[at++]! += rate;
    }
  }
}

/** 0…1, without pattern to the eye, the same every time. */
function wave(seed: number): number {
  const x = Math.sin(seed * 12.9898) * 43_758.5453;
  return x - Math.floor(x);
}

function viewOf(jobId: string, graph: SyntheticGraph, startMs: number): JobView {
  const subtask = (index: number): SubtaskView => ({
    subtask: index,
    state: 'RUNNING',
    attempt: 0,
    slot: index,
    taskManagerId: 'tm-synthetic',
    timestamps: { CREATED: startMs, RUNNING: startMs },
  });
  const subtasks = Array.from({ length: graph.parallelism }, (_, index) => subtask(index));
  return {
    jobId,
    graph: jobGraphOf(graph, startMs),
    status: 'RUNNING',
    timestamps: { INITIALIZING: startMs, CREATED: startMs, RUNNING: startMs },
    attempt: 0,
    restarts: 0,
    taskManager: { id: 'tm-synthetic', pid: process.pid },
    vertices: graph.vertices.map(({ id }) => ({ id, subtasks })),
    checkpoints: {
      counts: { restored: 0, total: 0, inProgress: 0, completed: 0, failed: 0 },
      history: [],
      restored: null,
    },
    exceptions: [],
  };
}

/** Jobs that can be looked at, and nothing else. */
function controlOf(view: JobView): JobMasterControl {
  return {
    view: () => view,
    observe: () => () => undefined,
    watchSplits: () => undefined,
    sampleKeys: () => undefined,
    cancel: async () => undefined,
    triggerCheckpoint: async () => ({ id: 1, path: '/none' }),
    triggerSavepoint: async () => '/none',
    stopWithSavepoint: async () => '/none',
    inspect: () => false,
  };
}
