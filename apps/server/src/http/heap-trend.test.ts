import type { ProcessSample } from '@weir/runtime';
import { describe, expect, test } from 'vitest';
import { heapEnd } from './heap-trend.ts';
import { ProcessHistory } from './process-history.ts';

const MIB = 1_048_576;
const LIMIT = 512 * MIB;

/** A sawtooth on a floor that grows by so much a minute, a point every five seconds. */
function sawtooth(minutes: number, perMinute: number, floor = 100 * MIB) {
  return Array.from({ length: minutes * 12 }, (_, at) => ({
    t: at * 5000,
    bytes: floor + (at / 12) * perMinute + (at % 6) * 8 * MIB,
  }));
}

describe('the end of a heap', () => {
  test('is dated when what the collector leaves grows', () => {
    const end = heapEnd(sawtooth(10, 4 * MIB), LIMIT);
    expect(end!.bytesPerMinute / MIB).toBeCloseTo(4, 1);
    const minutes = end!.at / 60_000;
    expect(minutes).toBeGreaterThan(95);
    expect(minutes).toBeLessThan(110);
  });

  test('is not dated for a sawtooth that stays, a short past, or a nearly empty heap', () => {
    expect(heapEnd(sawtooth(10, 0), LIMIT)).toBeNull();
    expect(heapEnd(sawtooth(2, 10 * MIB), LIMIT)).toBeNull();
    expect(heapEnd(sawtooth(10, MIB, 5 * MIB), LIMIT)).toBeNull();
    expect(heapEnd(sawtooth(10, 0.1 * MIB), LIMIT), 'nor a year ahead').toBeNull();
  });

  test('begins anew when the heap was cleared', () => {
    const before = sawtooth(10, 20 * MIB);
    const after = sawtooth(3, 20 * MIB, 20 * MIB).map(({ t, bytes }) => ({
      t: t + 600_000,
      bytes,
    }));
    expect(heapEnd([...before, ...after], LIMIT)).toBeNull();
  });
});

test('a process is remembered by slot and sample; another one counts from nothing', () => {
  const history = new ProcessHistory();
  const sample = (cpuMs: number, ...heaps: number[]): ProcessSample => ({
    rssBytes: 1,
    cpuMs,
    machineBusyCores: 0,
    machineCores: 1,
    segmentBytes: 0,
    segmentBytesUsed: 0,
    threads: [-1, ...heaps].map((heapUsedBytes, at) => ({
      slot: at - 1,
      heapUsedBytes,
      heapLimitBytes: LIMIT,
      gcMs: 0,
      cpuMs: 0,
      eventLoopDelayMs: 0,
      runDelayMs: 0,
      silentMs: 0,
      inside: null,
    })),
  });
  history.add('j', 0, sample(0, 30, 50));
  history.add('j', 4000, sample(2000, 20, 60));
  history.add('j', 5000, sample(2500, 25, 55));
  history.add('j', 9000, sample(100, 5));
  expect(history.of('j')).toEqual({
    times: [0, 5000, 9000],
    cores: [0.5, null, null],
    rssBytes: [1, 1, 1],
    heapBytes: [
      [20, 25, 5],
      [50, 55, null],
    ],
  });
  history.remove('j');
  expect(history.of('j').times).toEqual([]);
});
