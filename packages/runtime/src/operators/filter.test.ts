import { END_OF_INPUT, OperatorHarness, record, verifyOperator, watermark } from '@weir/testing';
import { describe, expect, it } from 'vitest';
import { filterFactory } from './filter.ts';

describe('filter', () => {
  it('keeps what passes, truthy results included', async () => {
    const factory = filterFactory((value: number) => (value % 2) as unknown as boolean);
    const inputs = [1, 2, 3, 4, 5].map((value) => record(value, value * 100));
    const kept = [1, 3, 5].map((value) => record(value, value * 100));
    await verifyOperator(
      factory,
      [...inputs, watermark(300), record(6), record(7), END_OF_INPUT],
      [...kept, watermark(300), record(7), END_OF_INPUT],
      (actual, wanted, mode) => expect(actual, mode).toEqual(wanted),
    );
  });

  it('refuses a promise, which would always pass', async () => {
    const promised = async () => false;
    const harness = await OperatorHarness.open(filterFactory(promised as unknown as () => boolean));
    await expect(harness.process(1)).rejects.toMatchObject({ code: 'PROMISE_RETURNED' });
  });
});
