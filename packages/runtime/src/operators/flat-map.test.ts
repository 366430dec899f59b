import type { Collector } from '@weir/core';
import { END_OF_INPUT, OperatorHarness, record, verifyOperator, watermark } from '@weir/testing';
import { describe, expect, it } from 'vitest';
import { flatMapFactory } from './flat-map.ts';

function words(line: string, out: Collector<string>): void {
  for (const word of line.split(' ')) if (word !== '') out.collect(word);
}

describe('flatMap', () => {
  it('emits any number of records, all with the timestamp of their input', async () => {
    await verifyOperator(
      flatMapFactory(words),
      [record('to be or', 1), record('', 2), watermark(2), record('not to be'), END_OF_INPUT],
      [
        record('to', 1),
        record('be', 1),
        record('or', 1),
        watermark(2),
        record('not'),
        record('to'),
        record('be'),
        END_OF_INPUT,
      ],
      (actual, wanted, mode) => expect(actual, mode).toEqual(wanted),
    );
  });

  it('loses nothing when one call emits more than a batch', async () => {
    const factory = flatMapFactory((count: number, out: Collector<number>) => {
      for (let i = 0; i < count; i++) out.collect(i);
    });
    const harness = await OperatorHarness.open(factory);
    await harness.processBatch([3000, 2], [null, null]);
    expect(harness.values).toHaveLength(3002);
  });

  it('refuses a collector that is used after the call', async () => {
    let kept: Collector<number> | null = null;
    const factory = flatMapFactory((_: number, out: Collector<number>) => {
      kept = out;
    });
    const harness = await OperatorHarness.open(factory);
    await harness.process(1);
    expect(() => kept!.collect(1)).toThrow(/after its function had returned/);
  });

  it('refuses a promise', async () => {
    const harness = await OperatorHarness.open(flatMapFactory(async () => undefined));
    await expect(harness.process(1)).rejects.toMatchObject({ code: 'PROMISE_RETURNED' });
  });
});
