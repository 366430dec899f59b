import type { JobTick, Resolution, VertexTick } from '@weir/console-protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemoryStorage } from './memory-storage.ts';
import { RESOLUTION } from './number-code.ts';
import { TickBlock } from './tick-block.ts';
import { TickHistory } from './tick-history.ts';
import { differences } from './testing/differences.ts';

const VERTEX = 'a'.repeat(32);
const START = 1_795_000_020_000;

const unknown: Omit<VertexTick, 'id'> = {
  ...{ busy: null, busyMean: null, busySubtask: 0, running: null, queued: null, external: null },
  ...{ backpressured: null, idle: null, recordsIn: null, recordsOut: null, bytesIn: null },
  ...{ bytesOut: null, sinkRecords: null, watermark: null, pendingRecords: null },
  ...{ pendingMs: null, lateRecords: null, stateBytes: null, asyncInFlight: null },
  ...{ asyncCapacity: null, callSite: null, tasks: { RUNNING: 1 } },
};

function tickAt(t: number, over: Partial<JobTick> = {}, vertex: Partial<VertexTick> = {}): JobTick {
  return {
    ...{ t, state: 'RUNNING', recordsIn: 1, recordsOut: 2, watermarkLag: 3, watermark: t - 5 },
    ...{ pendingRecords: null, pendingMs: null, bottleneck: null, forming: null },
    vertices: [{ id: VERTEX, ...unknown, ...vertex }],
    edges: [{ index: 0, recordsPerSecond: 1.5, bytesPerSecond: 1e9, fill: 0.5 }],
    ...over,
  };
}

const size = fc.option(fc.double({ min: 0, max: 5e14, noNaN: true }));
const ratio = fc.option(fc.double({ min: 0, max: 1, noNaN: true }));
const anyVertex = fc.record({
  ...{ busy: ratio, running: ratio, backpressuredMax: ratio, recordsIn: size, bytesIn: size },
  ...{
    watermark: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })),
    stateBytes: size,
    pendingMs: size,
  },
  busySubtask: fc.nat(32_767),
  callSite: fc.constantFrom(null, 'airports (PostgreSQL)'),
  tasks: fc.constantFrom({ RUNNING: 2 }, { RUNNING: 1, FAILED: 1 }),
});
const anyTick = fc.record({
  state: fc.constantFrom('RUNNING' as const, 'FAILED' as const),
  ...{
    recordsIn: size,
    watermarkLag: size,
    watermark: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })),
  },
  bottleneck: fc.constantFrom(null, undefined, { vertexId: VERTEX, since: 3, severity: 'notice' }),
});

describe('a block of ticks', () => {
  it('gives back every number within the resolution, words and event times as they were', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anyTick, anyVertex), { minLength: 1 }), (given) => {
        const ticks = given.map(([over, vertex], i) =>
          tickAt(START + 1000 * i, over as Partial<JobTick>, vertex),
        );
        const block = TickBlock.for(ticks[0]!);
        for (const tick of ticks) block.add(tick);
        const again = TickBlock.unpack(block.pack());
        for (const kept of [block, again]) {
          expect(differences(ticks, kept.range(0, Number.MAX_VALUE), RESOLUTION)).toEqual([]);
        }
      }),
    );
  });

  it('says so when a number is off by more', () => {
    const tick = tickAt(START);
    const off = { ...tick, recordsIn: 1.2 };
    const exact: Resolution = { ratio: 0, relative: 0, units: 0.5 };
    expect(differences([tick], [off], exact)).toEqual(['0.recordsIn: 1 became 1.2']);
  });
});

describe('the ticks of a job', () => {
  it('are there by the second, by ten seconds and by the minute, also after a crash', () => {
    const storage = new MemoryStorage();
    const ticks = Array.from({ length: 150 }, (_, i) => tickAt(START + i * 1000, { recordsIn: i }));
    const before = new TickHistory('job', storage);
    for (const tick of ticks) before.add(tick);
    const expectAll = (history: TickHistory) => {
      const fine = history.range(1000, START, START + 1e9);
      expect(differences(ticks, fine, RESOLUTION)).toEqual([]);
      expect(history.last?.t).toBe(ticks.at(-1)!.t);
      const coarse = history.range(10_000, START, START + 1e9);
      expect(coarse.map(({ t }) => t)).toEqual(ticks.filter((_, i) => i % 10 === 0).map(timeOf));
      expect(coarse.map((tick) => tick.recordsIn)).toEqual(coarse.map((_, i) => 10 * i + 4.5));
      const minutes = history.range(60_000, START, START + 1e9);
      expect(minutes.map((tick) => tick.recordsIn)).toEqual([29.5, 89.5, 134.5]);
    };
    expectAll(before);
    // Nothing was closed: what the storage has is all that is left.
    expectAll(new TickHistory('job', storage));
  });

  it('have a gap where a block is damaged', () => {
    const storage = new MemoryStorage();
    const before = new TickHistory('job', storage);
    for (let second = 0; second < 90; second++) before.add(tickAt(START + second * 1000));
    const damaged = { part: '', from: START + 90_000, to: START + 91_000 };
    storage.seal('job', 1, [{ ...damaged, body: Uint8Array.of(1, 2, 3) }]);
    const after = new TickHistory('job', storage);
    expect(after.last?.t).toBe(START + 70_000);
    after.add(tickAt(START + 100_000));
    const times = after.range(1000, 0, Number.MAX_VALUE).map(({ t }) => (t - START) / 1000);
    expect(times.slice(-2)).toEqual([59, 100]);
  });

  it('begin a new block where the shape changes, and keep both', () => {
    const history = new TickHistory('job', new MemoryStorage());
    const other = { ...tickAt(START + 2000), vertices: [], edges: [] };
    for (const tick of [tickAt(START), tickAt(START + 1000), other]) history.add(tick);
    const shapes = history.range(1000, 0, Number.MAX_VALUE).map(({ vertices }) => vertices.length);
    expect(shapes).toEqual([1, 1, 0]);
    expect(history.range(10_000, 0, Number.MAX_VALUE).map(({ t }) => t)).toEqual([
      START,
      START + 2000,
    ]);
  });
});

function timeOf({ t }: JobTick): number {
  return t;
}
