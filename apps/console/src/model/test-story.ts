/** Topology and ticks for tests: source → lookup → sink. */
import type { JobTick, JobTopology, VertexTick } from '@weir/console-protocol';

export const SOURCE = '01'.repeat(16);
export const LOOKUP = '02'.repeat(16);
export const SINK = '03'.repeat(16);

const vertex = (id: string, name: string, role: 'source' | 'operator' | 'sink', type: string) => ({
  id,
  name,
  parallelism: 4,
  maxParallelism: 128,
  slotSharingGroup: 'default',
  operators: [{ id, name, operatorType: type, role, callSite: null, origin: null }],
});

export const topology: JobTopology = {
  jobId: 'ab'.repeat(16),
  name: 'story',
  startedAt: 0,
  attempt: 1,
  vertices: [
    vertex(SOURCE, 'Source: replay', 'source', 'source'),
    vertex(LOOKUP, 'lookup', 'operator', 'async-unordered'),
    vertex(SINK, 'Sink: out', 'sink', 'sink'),
  ],
  edges: [
    { index: 0, source: SOURCE, target: LOOKUP, strategy: 'REBALANCE', outputTag: null },
    { index: 1, source: LOOKUP, target: SINK, strategy: 'HASH', outputTag: null },
  ],
};

export function vertexTick(id: string, values: Partial<VertexTick> = {}): VertexTick {
  return {
    id,
    busy: 0.1,
    busyMean: 0.1,
    busySubtask: 0,
    running: 0.1,
    queued: 0,
    external: 0,
    backpressured: 0,
    idle: 0.9,
    recordsIn: 100,
    recordsOut: 100,
    bytesIn: 1000,
    bytesOut: 1000,
    watermark: null,
    pendingRecords: null,
    pendingMs: null,
    lateRecords: null,
    sinkRecords: null,
    stateBytes: null,
    asyncInFlight: null,
    asyncCapacity: null,
    callSite: null,
    tasks: { RUNNING: 4 },
    ...values,
  };
}

/** `limited`: the lookup is busy to the full, waiting outside, and the source waits for it. */
export function jobTick(t: number, limited: boolean, values: Partial<JobTick> = {}): JobTick {
  const lookup = limited
    ? { busy: 1, busyMean: 1, external: 0.91, running: 0.07, queued: 0.02, callSite: 'airports' }
    : {};
  return {
    t,
    state: 'RUNNING',
    recordsIn: 100,
    recordsOut: 10,
    watermarkLag: 2000,
    watermark: t - 2000,
    pendingRecords: limited ? t : 0,
    pendingMs: null,
    vertices: [
      vertexTick(SOURCE, limited ? { backpressured: 0.84, pendingRecords: t } : {}),
      vertexTick(LOOKUP, lookup),
      vertexTick(SINK),
    ],
    edges: [
      { index: 0, recordsPerSecond: 100, bytesPerSecond: 1000, fill: limited ? 0.96 : 0.1 },
      { index: 1, recordsPerSecond: 100, bytesPerSecond: 1000, fill: 0.1 },
    ],
    ...values,
  };
}
