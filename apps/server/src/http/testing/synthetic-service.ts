/** A job service without engine, for tests of the HTTP surface: it shows what a test sets. */
import { WeirError } from '@weir/core';
import type { JobGraph } from '@weir/graph';
import type {
  CheckpointView,
  JobMasterControl,
  JobMasterEvent,
  JobView,
  MetricSeries,
  MetricsFrame,
  SubtaskSnapshot,
  SubtaskView,
} from '@weir/runtime';
import { OPERATOR_METRICS, TASK_METRICS } from '@weir/runtime';
import type {
  JobEntry,
  JobService,
  JobServiceEvent,
  JobSubmission,
  RerunChanges,
} from '../job-service.ts';

export const JOB = '0123456789abcdef0123456789abcdef';
export const SOURCE = 'a'.repeat(32);
export const SINK = 'b'.repeat(32);
export const START_MS = 1_795_000_000_000;

function operator(id: string, name: string, role: 'source' | 'operator' | 'sink') {
  const rest = {
    uid: null,
    operatorType: name,
    keyed: false,
    callSite: null,
    origin: null,
    chainedOutputs: [],
  };
  return {
    id,
    name,
    role,
    ...rest,
  } as unknown as JobGraph['vertices'][number]['operators'][number];
}

export const GRAPH = {
  name: 'flights <b>by</b> airport',
  vertices: [
    {
      id: SOURCE,
      name: 'Source: flights -> parse',
      operators: [
        operator('c'.repeat(32), 'Source: flights', 'source'),
        operator('d'.repeat(32), 'parse', 'operator'),
      ],
      parallelism: 1,
      maxParallelism: 128,
      slotSharingGroup: 'default',
    },
    {
      id: SINK,
      name: 'Sink: out',
      operators: [operator('e'.repeat(32), 'Sink: out', 'sink')],
      parallelism: 2,
      maxParallelism: 128,
      slotSharingGroup: 'default',
    },
  ],
  edges: [
    {
      index: 0,
      source: SOURCE,
      sourceOperator: 1,
      target: SINK,
      targetInput: 0,
      strategy: 'HASH',
      outputTag: null,
    },
  ],
  configuration: {
    'execution.checkpointing.interval': '10 s',
    'my.db.password': 'hunter2',
    'my.db.url': 'postgres://me:hunter2@host/db',
  },
  args: ['--once'],
  submittedAtMs: START_MS,
} as unknown as JobGraph;

function subtask(index: number): SubtaskView {
  const at = (offset: number) => START_MS + offset;
  return {
    subtask: index,
    state: 'RUNNING',
    attempt: 0,
    slot: index,
    taskManagerId: 'tm-0123',
    timestamps: {
      CREATED: at(10),
      SCHEDULED: at(20),
      DEPLOYING: at(30),
      INITIALIZING: at(60),
      RUNNING: at(100),
    },
  };
}

function snapshot(checkpointId: number, stateBytes: number): SubtaskSnapshot {
  return {
    checkpointId,
    file: { path: '/x', bytes: stateBytes },
    operatorIds: [],
    stateBytes,
    startDelayMs: 1.4,
    alignmentMs: 2.6,
    syncMs: 3,
    asyncMs: 4,
    processedBytes: 5,
  };
}

export function checkpoint(id: number, more: Partial<CheckpointView> = {}): CheckpointView {
  const triggeredAtMs = START_MS + id * 10_000;
  const acknowledged = (index: number, after: number) => ({
    subtask: index,
    ackAtMs: triggeredAtMs + after,
    snapshot: snapshot(id, 100 * (index + 1)),
  });
  return {
    id,
    status: 'COMPLETED',
    type: 'checkpoint',
    triggeredAtMs,
    latestAckAtMs: triggeredAtMs + 40,
    completedAtMs: triggeredAtMs + 45,
    failedAtMs: null,
    failure: null,
    path: `/data/chk-${id}`,
    discarded: false,
    tasks: [
      { vertexId: SOURCE, subtasks: [acknowledged(0, 20)] },
      { vertexId: SINK, subtasks: [acknowledged(0, 30), acknowledged(1, 40)] },
    ],
    ...more,
  };
}

export function runningView(more: Partial<JobView> = {}): JobView {
  const failed = checkpoint(2, {
    status: 'FAILED',
    failedAtMs: START_MS + 30_000,
    completedAtMs: null,
    failure: 'expired',
    path: null,
    tasks: [
      { vertexId: SOURCE, subtasks: [{ subtask: 0, ackAtMs: null, snapshot: null }] },
      { vertexId: SINK, subtasks: [] },
    ],
  });
  const error = {
    name: 'TypeError',
    code: null,
    message: 'x is undefined',
    stack: 'TypeError: x is undefined\n    at map (job.ts:3:1)',
    retryable: true,
    context: {},
    cause: null,
  };
  return {
    jobId: JOB,
    graph: GRAPH,
    status: 'RUNNING',
    timestamps: { INITIALIZING: START_MS, CREATED: START_MS + 5, RUNNING: START_MS + 110 },
    attempt: 0,
    restarts: 0,
    taskManager: { id: 'tm-0123', pid: 42 },
    vertices: [
      { id: SOURCE, subtasks: [subtask(0)] },
      { id: SINK, subtasks: [subtask(0), subtask(1)] },
    ],
    checkpoints: {
      counts: { restored: 1, total: 4, inProgress: 0, completed: 3, failed: 1 },
      history: [checkpoint(4, { type: 'savepoint' }), checkpoint(3), failed, checkpoint(1)],
      restored: { id: 1, atMs: START_MS + 50, isSavepoint: false, path: '/data/chk-1' },
    },
    exceptions: [
      {
        atMs: START_MS + 99,
        error: { ...error, code: 'USER_FUNCTION_FAILED', cause: error },
        vertexId: SINK,
        taskName: null,
        subtask: 1,
        taskManagerId: 'tm-0123',
      },
    ],
    ...more,
  };
}

export class SyntheticJob {
  view: JobView = runningView();
  readonly calls: string[] = [];
  readonly #listeners = new Set<(event: JobMasterEvent) => void>();
  /** Settled by the test. */
  savepoint: () => Promise<string> = async () => '/data/savepoint-1';

  readonly control: JobMasterControl = {
    view: () => this.view,
    observe: (listener) => {
      this.#listeners.add(listener);
      return () => this.#listeners.delete(listener);
    },
    cancel: async () => {
      this.calls.push('cancel');
    },
    triggerCheckpoint: async () => ({ id: 7, path: '/data/chk-7' }),
    triggerSavepoint: (directory) => {
      this.calls.push(`savepoint ${directory}`);
      return this.savepoint();
    },
    watchSplits() {},
    sampleKeys() {},
    inspect: () => false,
    stopWithSavepoint: async (directory, drain) => {
      this.calls.push(`stop ${directory} ${drain}`);
      return '/data/savepoint-2';
    },
  };

  emit(event: JobMasterEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  /** A layout with every metric of the contract, then frames of the given seconds. */
  sendFrames(seconds: readonly number[]): void {
    const series = allSeries();
    this.emit({ type: 'metricsLayout', layout: { version: 1, series } });
    for (const second of seconds) this.emit({ type: 'metrics', frame: frame(series, second) });
  }
}

function allSeries(): MetricSeries[] {
  return GRAPH.vertices.flatMap((vertex) =>
    Array.from({ length: vertex.parallelism }, (_, index) => {
      const base = { vertexId: vertex.id, subtask: index, operatorId: null, operatorName: null };
      const kind = 'counter' as const;
      return [
        ...TASK_METRICS.map((name) => ({ ...base, name, kind })),
        ...vertex.operators.flatMap((one) =>
          OPERATOR_METRICS.map((name) => ({
            ...base,
            operatorId: one.id,
            operatorName: one.name,
            name,
            kind,
          })),
        ),
        ...(vertex.id === SOURCE
          ? ['fill', 'records', 'bytes'].map((name) => ({ ...base, name: `edge.0.${name}`, kind }))
          : []),
      ];
    }).flat(),
  );
}

/** Each second: 700 ms running, 100 idle, 200 backpressured; 1,000 records. */
const PER_SECOND: Readonly<Record<string, number>> = {
  accumulateRunningTimeMs: 700,
  accumulateIdleTimeMs: 100,
  accumulateBackPressuredTimeMs: 200,
  numRecordsIn: 1000,
  numRecordsOut: 1000,
  numBytesIn: 8000,
  numBytesOut: 8000,
  'edge.0.records': 1000,
  'edge.0.bytes': 8000,
};

function frame(series: readonly MetricSeries[], second: number): MetricsFrame {
  const values = series.map(({ name }) => {
    if (name.endsWith('Watermark')) return START_MS + second * 1000;
    return name === 'edge.0.fill' ? 0.5 : (PER_SECOND[name] ?? 0) * second;
  });
  const thread = {
    ...{ heapUsedBytes: 50e6, heapLimitBytes: 2e9, gcMs: 3, cpuMs: 9 },
    ...{ eventLoopDelayMs: 1, runDelayMs: 0, silentMs: 0, inside: null },
  };
  return {
    layoutVersion: 1,
    atMs: START_MS + second * 1000,
    values: Float64Array.from(values),
    process: {
      rssBytes: 200e6,
      cpuMs: 500 * second,
      segmentBytes: 64 * 32_768,
      segmentBytesUsed: 32_768,
      machineBusyCores: 1,
      machineCores: 2,
      threads: [-1, 0].map((slot) => ({ slot, ...thread })),
    },
  };
}

export class SyntheticService implements JobService {
  readonly submitted: JobSubmission[] = [];
  readonly reruns: RerunChanges[] = [];
  readonly disposed: string[] = [];
  readonly #entries = new Map<string, JobEntry>();
  readonly #listeners = new Set<(event: JobServiceEvent) => void>();

  add(job: Pick<SyntheticJob, 'view' | 'control'>): void {
    const jobId = job.view.jobId;
    const { control } = job;
    const artifactSha256 = 'f'.repeat(64);
    const entry = { jobId, control, artifactSha256, entry: 'job.ts', submission: null };
    this.#entries.set(jobId, entry);
    for (const listener of this.#listeners) listener({ type: 'jobAdded', job: entry });
  }

  remove(jobId: string): void {
    this.#entries.delete(jobId);
    for (const listener of this.#listeners) listener({ type: 'jobRemoved', jobId });
  }

  jobs(): JobEntry[] {
    return [...this.#entries.values()];
  }

  job(jobId: string): JobEntry | null {
    return this.#entries.get(jobId) ?? null;
  }

  observe(listener: (event: JobServiceEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async submit(request: JobSubmission): Promise<{ jobId: string }> {
    if (request.entry === 'broken.ts') {
      throw new WeirError('JOB_DEFINITION_INVALID', 'broken.ts:3: there is no sink.');
    }
    this.submitted.push(request);
    return { jobId: JOB };
  }

  async rerun(_: string, changes: RerunChanges): Promise<{ jobId: string }> {
    if (changes.args?.includes('--wrong') === true) {
      throw new WeirError('JOB_DEFINITION_INVALID', 'job.ts:3: --wrong is no option.');
    }
    this.reruns.push(changes);
    return { jobId: 'c'.repeat(32) };
  }

  async disposeSavepoint(path: string): Promise<void> {
    if (path === '/gone')
      throw new WeirError('SAVEPOINT_NOT_FOUND', 'There is no savepoint /gone.');
    this.disposed.push(path);
  }

  async savepoints() {
    return { root: '/data/savepoints', savepoints: [], unreadable: [] };
  }

  slotsTotal(): number | null {
    return 8;
  }

  server() {
    return {
      version: '0.1.0',
      build: 'abc123',
      startedAtMs: START_MS,
      dataDirectory: '/data',
      configuration: { 'parallelism.default': '2', 's3.secret-key': 'hunter2' },
    };
  }

  async examples() {
    return [];
  }

  async serverLog(): Promise<string[]> {
    return ['one line'];
  }
}
