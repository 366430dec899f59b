import { types } from '@weir/core';
import { END_OF_INPUT, OperatorHarness, record, verifyOperator, watermark } from '@weir/testing';
import { describe, expect, it } from 'vitest';
import { reduceFactory } from './reduce.ts';

interface Count {
  readonly word: string;
  readonly n: number;
}

const keyOf = (value: Count): string => value.word;
const sum = (left: Count, right: Count): Count => ({ word: left.word, n: left.n + right.n });
const one = (word: string, timestampMs: number) => record({ word, n: 1 }, timestampMs);

describe('reduce', () => {
  it('emits the rolling result of each key, at any parallelism', async () => {
    const factory = reduceFactory({
      fn: sum,
      keySelector: keyOf,
      keyType: types.string(),
      valueType: null,
    });
    await verifyOperator(
      factory,
      [one('a', 1), one('b', 2), one('a', 3), watermark(3), one('a', 4), one('c', 5), END_OF_INPUT],
      [
        record({ word: 'a', n: 1 }, 1),
        record({ word: 'b', n: 1 }, 2),
        record({ word: 'a', n: 2 }, 3),
        watermark(3),
        record({ word: 'a', n: 3 }, 4),
        record({ word: 'c', n: 1 }, 5),
        END_OF_INPUT,
      ],
      (actual, wanted, mode) => expect(actual, mode).toEqual(wanted),
      { keyOf: (value) => keyOf(value as Count) },
    );
  });

  it('takes an object with a reduce method', async () => {
    const fn = { reduce: sum };
    const options = { fn, keySelector: keyOf, keyType: null, valueType: null };
    const harness = await OperatorHarness.open(reduceFactory(options));
    await harness.process({ word: 'x', n: 2 });
    await harness.process({ word: 'x', n: 5 });
    expect(harness.values).toEqual([
      { word: 'x', n: 2 },
      { word: 'x', n: 7 },
    ]);
  });

  it('refuses a promise', async () => {
    const fn = (async (left: Count) => left) as unknown as (left: Count, right: Count) => Count;
    const options = { fn, keySelector: keyOf, keyType: null, valueType: null };
    const harness = await OperatorHarness.open(reduceFactory(options));
    await harness.process({ word: 'x', n: 1 });
    await expect(harness.process({ word: 'x', n: 1 })).rejects.toThrow(/asyncMap/);
  });
});
