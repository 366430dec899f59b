import {
  type Column,
  type ColumnarBatch,
  type ColumnSchema,
  hashKey,
  MAX_WATERMARK,
} from '@weir/core';
import {
  type CompareColumnar,
  OperatorHarness,
  verifyColumnarOperator,
  verifySource,
} from '@weir/testing';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OperatorFactory, SourceStreamOperator } from '../stream-operator.ts';
import { calcFactory } from './calc.ts';
import { binary, col, num } from './column-expression.ts';
import { hashColumn } from './column-keys.ts';
import { columnKeyedFactory } from './column-keyed.ts';
import { columnsToObjectsFactory } from './columns-to-objects.ts';
import { keyedSumFactory } from './keyed-sum.ts';
import { sequenceFactory } from './sequence-source.ts';

interface Row {
  readonly key: string;
  readonly value: number | null;
}

const SCHEMA: readonly ColumnSchema[] = [
  { name: 'key', type: 'string' },
  { name: 'value', type: 'f64' },
];

function batchOf(rows: readonly Row[], selection: Int32Array | null = null): ColumnarBatch {
  const encoded = rows.map(({ key }) => new TextEncoder().encode(key));
  const offsets = new Int32Array(rows.length + 1);
  for (const [i, bytes] of encoded.entries()) offsets[i + 1] = offsets[i]! + bytes.length;
  const columns: Column[] = [
    {
      type: 'string',
      bytes: Uint8Array.from(encoded.flatMap((b) => [...b])),
      offsets,
      nulls: null,
    },
    {
      type: 'f64',
      values: Float64Array.from(rows, ({ value }) => value ?? 0),
      nulls: Uint8Array.from(rows, ({ value }) => (value === null ? 1 : 0)),
    },
  ];
  const timestamps = Float64Array.from(rows, (_, i) => i);
  return {
    kind: 'columns',
    count: rows.length,
    schema: SCHEMA,
    columns,
    timestamps,
    selection,
    keyHashes: null,
  };
}

/** Feeds a batch in two parts and reads the output through the border to objects. */
async function run(factory: OperatorFactory, batch: ColumnarBatch): Promise<unknown[]> {
  const harness = await OperatorHarness.open(factory);
  await harness.feed(batch);
  const border = await OperatorHarness.open(columnsToObjectsFactory());
  for (const element of harness.output) {
    if (element.kind === 'batch') await border.feed(element.batch);
  }
  return border.values;
}

const rowsOf = fc.array(
  fc.record({
    key: fc.string({ maxLength: 6 }),
    value: fc.option(fc.integer({ min: -1000, max: 1000 })),
  }),
  { minLength: 1, maxLength: 200 },
);

describe('in every way that a task may feed them', () => {
  const rows: Row[] = ['a', 'b', 'a', 'c', 'b', 'a', 'd', 'b'].map((key, i) => ({
    key,
    value: i === 3 ? null : i * 10,
  }));
  const batches = [batchOf(rows.slice(0, 5)), batchOf(rows.slice(5), Int32Array.of(0, 2))];
  const fed = [...rows.slice(0, 5), rows[5]!, rows[7]!];
  const compare: CompareColumnar = (actual, wanted, mode) => expect(actual, mode).toEqual(wanted);

  it('calc', async () => {
    const filter = binary(col('value'), '>=', num(20));
    const factory = calcFactory({ schema: SCHEMA, filter, projections: null });
    const passing = fed.filter(({ value }) => value !== null && value >= 20);
    await verifyColumnarOperator(factory, batches, passing, compare);
  });

  it('keys', async () => {
    await verifyColumnarOperator(columnKeyedFactory(SCHEMA, 'key'), batches, fed, compare);
  });

  it('objects', async () => {
    await verifyColumnarOperator(columnsToObjectsFactory(), batches, fed, compare);
  });

  it('keyed sums', async () => {
    const totals = new Map<string, { sum: number; count: number }>();
    const expected = fed.map(({ key, value }) => {
      const { sum, count } = totals.get(key) ?? { sum: 0, count: 0 };
      const next = value === null ? { sum, count } : { sum: sum + value, count: count + 1 };
      totals.set(key, next);
      return { key, ...next };
    });
    const factory = keyedSumFactory({ schema: SCHEMA, key: 'key', value: 'value' });
    await verifyColumnarOperator(factory, batches, expected, compare, 'key');
  });

  it('sequence source', async () => {
    const options = { rows: 5000, keys: 7, keyType: 'i64', startMs: 0, stepMs: 1 } as const;
    const plain = await OperatorHarness.open(sequenceFactory(options));
    while ((await plain.emitNext()) !== 'end');
    await verifySource(sequenceFactory(options), plain.output, (actual, wanted, mode) => {
      expect(actual, mode).toEqual(wanted);
    });
  });
});

describe('calc', () => {
  it('keeps the rows that pass; a null value passes no comparison', async () => {
    await fc.assert(
      fc.asyncProperty(rowsOf, async (rows) => {
        const filter = binary(col('value'), '>=', num(10));
        const out = await run(
          calcFactory({ schema: SCHEMA, filter, projections: null }),
          batchOf(rows),
        );
        expect(out).toEqual(rows.filter(({ value }) => value !== null && value >= 10));
      }),
      { numRuns: 50 },
    );
  });

  it('computes columns of the selected rows and passes others on', async () => {
    await fc.assert(
      fc.asyncProperty(rowsOf, async (rows) => {
        const projections = [
          { name: 'key', expression: col('key') },
          { name: 'twice', expression: binary(col('value'), '*', num(2)) },
        ];
        const selection = Int32Array.from(rows.keys()).filter((i) => i % 3 === 0);
        const out = await run(
          calcFactory({ schema: SCHEMA, filter: null, projections }),
          batchOf(rows, selection),
        );
        const expected = rows
          .filter((_, i) => i % 3 === 0)
          .map(({ key, value }) => ({ key, twice: value === null ? null : value * 2 }));
        expect(out).toEqual(expected);
      }),
      { numRuns: 50 },
    );
  });

  it('names the columns there are when one is missing, and refuses strings', () => {
    const create = (name: string) => () =>
      calcFactory({
        schema: SCHEMA,
        filter: binary(col(name), '>', num(1)),
        projections: null,
      }).create();
    expect(create('price')).toThrow(/"price"; there are: key, value/);
  });
});

describe('keyed sum', () => {
  it('adds like a map, whatever the keys', async () => {
    await fc.assert(
      fc.asyncProperty(rowsOf, async (rows) => {
        const out = await run(
          keyedSumFactory({ schema: SCHEMA, key: 'key', value: 'value' }),
          batchOf(rows),
        );
        const sums = new Map<string, { sum: number; count: number }>();
        const expected = rows.map(({ key, value }) => {
          const old = sums.get(key) ?? { sum: 0, count: 0 };
          const next = value === null ? old : { sum: old.sum + value, count: old.count + 1 };
          sums.set(key, next);
          return { key, ...next };
        });
        expect(out).toEqual(expected);
      }),
      { numRuns: 50 },
    );
  });

  it('goes on from a snapshot', async () => {
    const factory = keyedSumFactory({ schema: SCHEMA, key: 'key', value: 'value' });
    const first = await OperatorHarness.open(factory);
    await first.feed(
      batchOf([
        { key: 'a', value: 1 },
        { key: 'b', value: 5 },
      ]),
    );
    const state = await first.snapshot(1);
    const second = await OperatorHarness.open(factory, { state });
    await second.feed(batchOf([{ key: 'a', value: 2 }]));
    const border = await OperatorHarness.open(columnsToObjectsFactory());
    for (const element of second.output) {
      if (element.kind === 'batch') await border.feed(element.batch);
    }
    expect(border.values).toEqual([{ key: 'a', sum: 3, count: 2 }]);
  });
});

describe('column keys', () => {
  it('hashes a column as hashKey hashes the values', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1 }), (keys) => {
        const batch = batchOf(keys.map((key) => ({ key, value: 0 })));
        expect([...hashColumn(batch, 0)]).toEqual(keys.map((key) => hashKey(key)));
      }),
    );
  });

  it('refuses a null key by the name of its column', async () => {
    const harness = await OperatorHarness.open(columnKeyedFactory(SCHEMA, 'value'));
    await expect(harness.feed(batchOf([{ key: 'a', value: null }]))).rejects.toThrow(/"value"/);
  });
});

describe('sequence source', () => {
  it('produces each row once over all subtasks, also over a restart', async () => {
    const factory = sequenceFactory({
      rows: 40_000,
      keys: 7,
      keyType: 'i64',
      startMs: 0,
      stepMs: 1,
    });
    const seen: number[] = [];
    for (const subtask of [0, 1, 2]) {
      let harness = await OperatorHarness.open(factory, { subtask, parallelism: 3 });
      for (let i = 0; i < 5; i++) await harness.emitNext();
      const ids = collectIds(harness);
      const state = await harness.snapshot(1);
      harness = await OperatorHarness.open(factory, { subtask, parallelism: 3, state });
      while ((await harness.emitNext()) !== 'end');
      seen.push(...ids, ...collectIds(harness));
    }
    expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: 40_000 }, (_, i) => i));
  });
});

describe('sequence source, stopped', () => {
  const endless = { rows: null, keys: 7, keyType: 'i64', startMs: 0, stepMs: 1 } as const;

  it('goes on where it was when it is told to', async () => {
    const harness = await OperatorHarness.open(sequenceFactory(endless));
    const source = harness.operator as SourceStreamOperator;
    source.stop(false);
    expect(await harness.emitNext()).toBe('nothing');
    source.resume?.();
    expect(await harness.emitNext()).toBe('more');
  });

  it('ends event time when it is drained', async () => {
    const harness = await OperatorHarness.open(sequenceFactory(endless));
    const source = harness.operator as SourceStreamOperator;
    source.stop(true);
    expect(await harness.emitNext()).toBe('end');
    source.resume?.();
    expect(await harness.emitNext()).toBe('end');
    expect(harness.output[0]).toEqual({ kind: 'watermark', timestampMs: MAX_WATERMARK });
  });
});

function collectIds(harness: OperatorHarness): number[] {
  const ids: number[] = [];
  for (const element of harness.output) {
    if (element.kind !== 'batch' || element.batch.kind !== 'columns') continue;
    const column = element.batch.columns[0]!;
    if (column.type !== 'string') ids.push(...column.values);
  }
  return ids;
}
