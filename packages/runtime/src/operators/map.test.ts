import {
  END_OF_INPUT,
  OperatorHarness,
  record,
  status,
  verifyOperator,
  watermark,
} from '@weir/testing';
import { describe, expect, it } from 'vitest';
import { mapFactory } from './map.ts';

const inputs = [
  record(1, 10),
  record(2),
  watermark(5),
  record(3, 30),
  record(4, 40),
  status(true),
  record(5, 50),
  END_OF_INPUT,
];
const expected = [
  record(10, 10),
  record(20),
  watermark(5),
  record(30, 30),
  record(40, 40),
  status(true),
  record(50, 50),
  END_OF_INPUT,
];

describe('map', () => {
  it('maps each record and keeps its timestamp', async () => {
    const factory = mapFactory((value: number) => value * 10);
    await verifyOperator(factory, inputs, expected, (actual, wanted, mode) =>
      expect(actual, mode).toEqual(wanted),
    );
  });

  it('opens, calls and closes a function object', async () => {
    const calls: string[] = [];
    const fn = {
      factor: 0,
      open() {
        calls.push('open');
        this.factor = 10;
      },
      map(value: number) {
        return value * this.factor;
      },
      close() {
        calls.push('close');
      },
    };
    const harness = await OperatorHarness.open(mapFactory(fn));
    await harness.process(4);
    await harness.close();
    expect(harness.values).toEqual([40]);
    expect(calls).toEqual(['open', 'close']);
  });

  it('refuses a promise and says what to use', async () => {
    const harness = await OperatorHarness.open(mapFactory(async (value: number) => value));
    await expect(harness.process(1)).rejects.toMatchObject({
      code: 'PROMISE_RETURNED',
      message: expect.stringContaining('asyncMap'),
    });
  });

  it('refuses columns', async () => {
    const { operator } = await OperatorHarness.open(mapFactory((value) => value));
    const { OutputBuffer } = await import('./output-buffer.ts');
    const columns = {
      kind: 'columns',
      count: 1,
      schema: [],
      columns: [],
      timestamps: null,
      selection: null,
      keyHashes: null,
    } as const;
    expect(() => operator.processBatch(columns, 0, 1, new OutputBuffer())).toThrow(/columns/);
  });
});
