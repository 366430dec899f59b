import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeJobMessage, encodeJobMessage } from './job-message.ts';
import type { JobTick, JobTopology, VertexTick } from './job-stream.ts';
import { shapeOf } from './tick-columns.ts';
import { packTicks } from './tick-pack.ts';
import { type PackedTick, readEdgeValue, readTick } from './tick-reading.ts';

const JOB = 'ab'.repeat(16);

function topologyOf(chains: readonly number[]): JobTopology {
  const vertices = chains.map((operators, at) => ({
    id: `v${at}`,
    name: `vertex ${at}`,
    parallelism: 2,
    maxParallelism: 128,
    slotSharingGroup: 'default',
    operators: Array.from({ length: operators }, (_, i) => ({
      id: `v${at}o${i}`,
      name: 'ä ⟶ operator',
      operatorType: 'map',
      role: 'operator' as const,
      callSite: null,
      origin: null,
    })),
  }));
  const edges = vertices.slice(1).map(({ id }, index) => ({
    index,
    source: vertices[index]!.id,
    target: id,
    strategy: 'HASH' as const,
    outputTag: null,
  }));
  return { jobId: JOB, name: 'job', startedAt: 1, attempt: 0, vertices, edges };
}

/** What single precision holds exactly. */
const single = fc.option(fc.integer({ min: 0, max: 1 << 20 }).map((value) => value / 64));
const double = fc.option(
  fc.double({ min: -1e15, max: 1e15, noNaN: true, noDefaultInfinity: true }),
);

function vertexTick(id: string, operators: number) {
  const tick = fc.record({
    ...{ busy: single, busyMean: single, running: single, queued: single, external: single },
    ...{ backpressured: single, backpressuredMax: single, idle: single, recordsIn: single },
    ...{ recordsOut: single, bytesIn: single, bytesOut: single, sinkRecords: single },
    ...{ backpressuredMean: single, backpressuredSubtask: single, recordsInMax: single },
    ...{ recordsInSubtask: single, watermarkSubtask: single, pendingMax: single },
    ...{ pendingSubtask: single, stateBytesMax: single, stateBytesSubtask: single },
    ...{ asyncInFlight: single, asyncCapacity: single, watermark: double, stateBytes: double },
    ...{ callP50Ms: single, callP99Ms: single },
    ...{ pendingRecords: double, pendingMs: double, lateRecords: double },
    id: fc.constant(id),
    ...{ backpressuredMean: single, backpressuredSubtask: single, recordsInMax: single },
    ...{ recordsInSubtask: single, watermarkSubtask: single, pendingMax: single },
    ...{ pendingSubtask: single, stateBytesMax: single, stateBytesSubtask: single },
    busySubtask: fc.nat(200),
    callSite: fc.constantFrom(null, 'airports (PostgreSQL)'),
    tasks: fc.constantFrom({ RUNNING: 2 }, { RUNNING: 1, FAILED: 1 }),
  });
  const operator = fc.record({ recordsIn: single, recordsOut: single, running: single });
  const chain = fc.array(operator, { minLength: operators, maxLength: operators });
  return operators < 2
    ? tick
    : fc.tuple(tick, chain).map(([values, chained]) => ({ ...values, operators: chained }));
}

const story = fc
  .array(fc.integer({ min: 1, max: 4 }), { minLength: 0, maxLength: 5 })
  .chain((chains) => {
    const topology = topologyOf(chains);
    const tick = fc.record({
      t: fc.nat(1e12),
      state: fc.constantFrom('RUNNING' as const, 'FAILED' as const),
      ...{ recordsIn: double, recordsOut: double, watermarkLag: double, watermark: double },
      ...{ pendingRecords: double, pendingMs: double },
      vertices: fc.tuple(...chains.map((count, at) => vertexTick(`v${at}`, count))),
      edges: fc.tuple(
        ...topology.edges.map(({ index }) =>
          fc.record({
            index: fc.constant(index),
            ...{ recordsPerSecond: single, bytesPerSecond: single, fill: single },
          }),
        ),
      ),
      bottleneck: fc.constantFrom(null, { vertexId: 'v0', since: 3, until: null }),
      forming: fc.constant(null),
    });
    return fc.record({ topology: fc.constant(topology), ticks: fc.array(tick, { maxLength: 4 }) });
  });

const fillOf = ({ fill }: JobTick['edges'][number]) => fill ?? Number.NaN;

/** Without making objects of the edges. */
function fillsOf(packed: PackedTick): number[] {
  return packed.shape.edgeIndexes.map((_, at) => readEdgeValue(packed, at, 'fill'));
}

describe('a job message', () => {
  it('says what went in, whatever the shape', () => {
    fc.assert(
      fc.property(story, ({ topology, ticks }) => {
        const events = [{ t: 1, kind: 'state' as const, text: 'RUNNING → ü', subject: null }];
        const history = ticks as unknown as JobTick[];
        const pack = packTicks(shapeOf(topology), history);
        const parts = { op: 'job.snapshot' as const, jobId: JOB, seq: 7, topology, events, pack };
        const message = decodeJobMessage(encodeJobMessage(parts).buffer, () => null);
        if (message?.op !== 'job.snapshot') throw new TypeError('a snapshot went in');
        const { data, ...rest } = message;
        const { packed = [], ...read } = data;
        expect(rest).toEqual({ op: 'job.snapshot', jobId: JOB, seq: 7 });
        expect(read).toEqual({ topology, history, events });
        expect(packed.map(readTick)).toEqual(history);
        expect(packed.map(fillsOf)).toEqual(history.map(({ edges }) => edges.map(fillOf)));
      }),
      { numRuns: 60 },
    );
  });

  it('is refused where its numbers do not fit the topology that is known', () => {
    const topology = topologyOf([1, 1]);
    const totals = { recordsIn: 1, recordsOut: 1, watermarkLag: null, watermark: null };
    const rest = { pendingRecords: null, pendingMs: null, edges: [] };
    const vertices: VertexTick[] = [];
    const tick = { t: 1, state: 'RUNNING' as const, ...totals, ...rest, vertices };
    const pack = packTicks(shapeOf(topology), [tick]);
    const parts = {
      op: 'job.delta' as const,
      jobId: JOB,
      seq: 1,
      topology: null,
      events: [],
      pack,
    };
    const { buffer } = encodeJobMessage(parts);
    expect(decodeJobMessage(buffer, () => shapeOf(topology))).not.toBeNull();
    expect(decodeJobMessage(buffer, () => shapeOf(topologyOf([1, 1, 1])))).toBeNull();
    expect(decodeJobMessage(buffer, () => null)).toBeNull();
    expect(decodeJobMessage(buffer.slice(0, 20), () => shapeOf(topology))).toBeNull();
  });
});
