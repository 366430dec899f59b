import type { JobTopology } from '@weir/console-protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TIME_PARTS } from '../series-index.ts';
import { MemoryStorage } from './memory-storage.ts';
import { decodeNumber, encodeNumber, resolutionOf, UNKNOWN_CODE } from './number-code.ts';
import { packSubtasks, unpackSubtasks } from './subtask-block.ts';
import { SUBTASK_COLUMN, SUBTASK_COLUMNS } from './subtask-columns.ts';
import { FINE_SUBTASKS_MAX, SubtaskHistory } from './subtask-history.ts';
import { subtaskRange } from './subtask-range.ts';
import { SubtaskSampler } from './subtask-sampler.ts';

const SOURCE = 'a'.repeat(32);
const MAP = 'b'.repeat(32);
/** Begins an hour. */
const START = 1_795_003_200_000;
const COLUMNS = SUBTASK_COLUMNS.length;

function topologyOf(parallelism: number): JobTopology {
  const vertex = (id: string, role: 'source' | 'operator') => ({
    ...{ id, name: role, parallelism, maxParallelism: 128, slotSharingGroup: 'default' },
    operators: [
      {
        ...{ id: `${id.slice(1)}0`, name: role, operatorType: 'x', role },
        ...{ callSite: null, origin: null },
      },
    ],
  });
  return {
    ...{ jobId: 'f'.repeat(32), name: 'job', startedAt: 0, attempt: 0 },
    vertices: [vertex(SOURCE, 'source'), vertex(MAP, 'operator')],
    edges: [{ index: 0, source: SOURCE, target: MAP, strategy: 'HASH', outputTag: null }],
  };
}

const code = fc.oneof(
  fc.constant(UNKNOWN_CODE),
  fc.integer({ min: 0, max: 30_000 }),
  fc.integer({ min: 1000, max: 1100 }),
);
const block = fc.integer({ min: 1, max: 4 }).chain((parallelism) =>
  fc.record({
    parallelism: fc.constant(parallelism),
    rows: fc.array(
      fc.array(code, { minLength: COLUMNS * parallelism, maxLength: COLUMNS * parallelism }),
      { minLength: 1, maxLength: 9 },
    ),
  }),
);

describe('a block of subtasks', () => {
  it('gives back every code as it was, or as near as heat says', () => {
    fc.assert(
      fc.property(block, ({ parallelism, rows }) => {
        const given = {
          parallelism,
          times: rows.map((_, i) => START + 1000 * i),
          rows: rows.map((row) => Int16Array.from(row)),
        };
        for (const form of ['codes', 'heat'] as const) {
          const packed = packSubtasks(given, form);
          if (packed === null) {
            expect(rows.flat().every((one) => one === UNKNOWN_CODE)).toBe(true);
            continue;
          }
          const { times, rows: found, codeErrors } = unpackSubtasks(packed);
          expect(times).toEqual(given.times);
          if (form === 'codes') expect(codeErrors.every((error) => error === 0)).toBe(true);
          found.forEach((row, i) => {
            row.forEach((one, at) => {
              const expected = rows[i]![at]!;
              const allowed = codeErrors[Math.floor(at / parallelism)]!;
              if (expected === UNKNOWN_CODE) expect(one).toBe(UNKNOWN_CODE);
              else expect(Math.abs(one - expected)).toBeLessThanOrEqual(allowed);
            });
          });
        }
      }),
    );
  });

  it('says of heat how far its numbers may be off', () => {
    const size = fc.double({ min: 0, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(fc.array(size, { minLength: 2, maxLength: 20 }), (values) => {
        const rows = values.map((value) => {
          const row = new Int16Array(COLUMNS).fill(UNKNOWN_CODE);
          row[SUBTASK_COLUMN.stateBytes] = encodeNumber('amount', value);
          return row;
        });
        const times = values.map((_, i) => START + i);
        const again = unpackSubtasks(packSubtasks({ parallelism: 1, times, rows }, 'heat')!);
        const { relative, units } = resolutionOf(Math.max(...again.codeErrors));
        values.forEach((value, i) => {
          const found = decodeNumber('amount', again.rows[i]![SUBTASK_COLUMN.stateBytes]!)!;
          const allowed = Math.max(units, value * relative);
          expect(Math.abs(found - value)).toBeLessThanOrEqual(allowed * (1 + 1e-9));
        });
      }),
    );
  });
});

/** Two subtasks that are busy for a quarter and for half of each second. */
function recorded(seconds: number, storage = new MemoryStorage(), topology = topologyOf(2)) {
  const history = new SubtaskHistory(topology.jobId, topology, storage);
  const sampler = new SubtaskSampler(topology, SubtaskHistory.MERGED_STEPS);
  const task = (vertexId: string, subtask: number, name: string) => ({
    ...{ vertexId, subtask, name, operatorId: null },
  });
  const series = [0, 1].flatMap((subtask) => [
    ...TIME_PARTS.map((name) => task(MAP, subtask, name)),
    task(MAP, subtask, 'numRecordsIn'),
    task(MAP, subtask, 'currentInputWatermark'),
    task(SOURCE, subtask, 'currentOutputWatermark'),
  ]);
  sampler.setLayout({ version: 1, series });
  for (let second = 0; second < seconds; second++) {
    const values = [0, 1].flatMap((subtask) => {
      const busy = 250 * (subtask + 1) * second;
      const times = [busy, 0, 0, 1000 * second - busy, 0];
      return [...times, second * 10 * (subtask + 1), 5000, 7000 + subtask];
    });
    const atMs = START + second * 1000;
    const frame = { layoutVersion: 1, atMs, values: Float64Array.from(values) };
    for (const figures of sampler.add(frame)) history.add(figures);
  }
  return { history, storage, topology };
}

const ask = (history: SubtaskHistory, over = {}) =>
  subtaskRange(history, 2, {
    ...{ vertexId: MAP, from: START, to: START + 3_600_000, metrics: null, columns: 600 },
    ...over,
  });

describe('the subtasks of a job', () => {
  it('are there by the second, live and after a crash', () => {
    const { history, storage, topology } = recorded(100);
    const expected = {
      step: 1000,
      subtasks: 2,
      times: Array.from({ length: 100 }, (_, i) => START + 1000 * i),
    };
    const expectAll = (one: SubtaskHistory) => {
      const found = ask(one);
      expect(found).toMatchObject(expected);
      expect(found.metrics.busy?.map((row) => row.at(-1))).toEqual([0.25, 0.5]);
      expect(found.metrics.idle?.map((row) => row.at(-1))).toEqual([0.75, 0.5]);
      expect(found.metrics.recordsIn?.map((row) => row.at(-1))).toEqual([10, 20]);
      expect(found.metrics.watermarkLag?.map((row) => row[0])).toEqual([2001, 2001]);
      expect(found.metrics.busy?.[0]?.[0]).toBeNull();
      expect(found.metrics).not.toHaveProperty('stateBytes');
    };
    expectAll(history);
    expectAll(new SubtaskHistory(topology.jobId, topology, storage));
  });

  it('come in a resolution that fits the columns, and the metrics that were asked for', () => {
    const { history } = recorded(1000);
    const found = ask(history, { metrics: ['busy'], columns: 120 });
    expect(found.step).toBe(10_000);
    expect(Object.keys(found.metrics)).toEqual(['busy']);
    expect(found.metrics.busy?.[1]?.slice(1, -1).every((value) => value === 0.5)).toBe(true);
    const few = ask(history, { columns: 20, to: START + 1_000_000 });
    expect(few.times.length).toBeLessThanOrEqual(20);
    expect(few.step % 60_000).toBe(0);
  });

  it('are kept by the second only where they are few', () => {
    const many = topologyOf(FINE_SUBTASKS_MAX / 2);
    const { history } = recorded(25, new MemoryStorage(), many);
    const found = ask(history, { to: START + 25_000 });
    expect(found.step).toBe(10_000);
    expect(found.subtasks).toBe(FINE_SUBTASKS_MAX / 2);
  });
});
