import { MAX_WATERMARK, OutputTag, types } from '@weir/core';
import {
  END_OF_INPUT,
  type InputElement,
  OperatorHarness,
  type OutputElement,
  record,
  side,
  time,
  verifyOperator,
  watermark,
} from '@weir/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { windowFactory, windowStart } from './window.ts';
import type { WindowOptions } from './window-options.ts';

interface Sale {
  readonly shop: string;
  readonly amount: number;
}

const SIZE_MS = 100;
const keyOf = (value: unknown): string => (value as Sale).shop;
const add = (left: Sale, right: Sale): Sale => ({
  shop: left.shop,
  amount: left.amount + right.amount,
});
const sale = (shop: string, amount: number, timestampMs: number) =>
  record({ shop, amount }, timestampMs);

type Options = WindowOptions<Sale, string, unknown, unknown, unknown>;

function options(over: Partial<Options> = {}): Options {
  return {
    assigner: { kind: 'tumbling', timeDomain: 'EVENT_TIME', sizeMs: SIZE_MS, offsetMs: 0 },
    keySelector: keyOf,
    keyType: types.string(),
    allowedLatenessMs: 0,
    lateTag: null,
    function: { kind: 'reduce', reduce: add, accumulatorType: null, process: null },
    ...over,
  };
}

const compare = (actual: unknown, wanted: unknown, mode: string): void =>
  expect(actual, mode).toEqual(wanted);

describe('tumbling event-time windows', () => {
  it('fire when the watermark reaches the last millisecond, in every way of feeding', async () => {
    await verifyOperator(
      windowFactory(options()),
      [
        sale('a', 1, 0),
        sale('a', 2, 99),
        sale('b', 5, 50),
        sale('a', 7, 100),
        watermark(98),
        watermark(99),
        sale('a', 8, 150),
        watermark(MAX_WATERMARK),
        END_OF_INPUT,
      ],
      [
        watermark(98),
        sale('a', 3, 99),
        sale('b', 5, 99),
        watermark(99),
        sale('a', 15, 199),
        watermark(MAX_WATERMARK),
        END_OF_INPUT,
      ],
      compare,
      { keyOf, order: 'between-controls' },
    );
  });

  it('honour the offset, also before the epoch', async () => {
    expect(windowStart(-1, 100, 0)).toBe(-100);
    expect(windowStart(-100, 100, 0)).toBe(-100);
    expect(windowStart(24, 100, 25)).toBe(-75);
    expect(windowStart(25, 100, 25)).toBe(25);
    expect(windowStart(0, 100, -30)).toBe(-30);
  });

  it('drop and count what is late without a side output', async () => {
    const harness = await OperatorHarness.open(windowFactory(options()));
    await harness.watermark(99);
    await harness.process({ shop: 'a', amount: 1 }, 99);
    await harness.process({ shop: 'a', amount: 2 }, 100);
    await harness.watermark(199);
    expect(harness.values).toEqual([{ shop: 'a', amount: 2 }]);
    expect(harness.operator.gauges?.()).toEqual({ numLateRecordsDropped: 1 });
  });

  it('fire again for each late record within the allowance, then forget the window', async () => {
    await verifyOperator(
      windowFactory(options({ allowedLatenessMs: 50, lateTag: new OutputTag<Sale>('late') })),
      [
        sale('a', 1, 10),
        watermark(99),
        sale('a', 2, 20),
        watermark(148),
        sale('a', 4, 30),
        watermark(149),
        sale('a', 8, 40),
        watermark(MAX_WATERMARK),
      ],
      [
        sale('a', 1, 99),
        watermark(99),
        sale('a', 3, 99),
        watermark(148),
        sale('a', 7, 99),
        watermark(149),
        side('late', { shop: 'a', amount: 8 }, 40),
        watermark(MAX_WATERMARK),
      ],
      compare,
      { keyOf },
    );
  });

  it('aggregate, with and without a window function', async () => {
    const aggregate = {
      createAccumulator: () => ({ n: 0, sum: 0 }),
      add: ({ amount }: Sale, { n, sum }: { n: number; sum: number }) => ({
        n: n + 1,
        sum: sum + amount,
      }),
      getResult: ({ n, sum }: { n: number; sum: number }) => sum / n,
    };
    const inputs = [sale('a', 1, 0), sale('a', 2, 1), sale('a', 9, 2), watermark(99)];
    const fn = { kind: 'aggregate', aggregate, accumulatorType: null } as const;
    await verifyOperator(
      windowFactory(options({ function: { ...fn, process: null } as never })),
      inputs,
      [record(4, 99), watermark(99)],
      compare,
      { keyOf },
    );
    const process = {
      process(key: string, context: { window(): unknown }, means: Iterable<number>, out: never) {
        const collector = out as { collect(value: unknown): void };
        collector.collect({ key, window: context.window(), means: [...means] });
      },
    };
    await verifyOperator(
      windowFactory(options({ function: { ...fn, process } as never })),
      inputs,
      [record({ key: 'a', window: { start: 0, end: 100 }, means: [4] }, 99), watermark(99)],
      compare,
      { keyOf },
    );
  });

  it('hand all records to a process function', async () => {
    const process = {
      process(key: string, _context: unknown, sales: Iterable<Sale>, out: never) {
        const collector = out as { collect(value: unknown): void };
        for (const { amount } of sales) collector.collect(`${key}${amount}`);
      },
    };
    const fn = { kind: 'process', process, accumulatorType: null } as never;
    await verifyOperator(
      windowFactory(options({ function: fn })),
      [sale('a', 1, 0), sale('a', 2, 1), watermark(99), sale('a', 3, 101), watermark(199)],
      [record('a1', 99), record('a2', 99), watermark(99), record('a3', 199), watermark(199)],
      compare,
      { keyOf },
    );
  });

  it('say what to do about records without a timestamp', async () => {
    const harness = await OperatorHarness.open(windowFactory(options()));
    await expect(harness.process({ shop: 'a', amount: 1 })).rejects.toThrow(
      /withTimestampAssigner/,
    );
  });

  it('refuse a size of zero', () => {
    const assigner = { ...options().assigner, sizeMs: 0 };
    expect(() => windowFactory(options({ assigner }))).toThrow(/size > 0/);
  });
});

describe('tumbling processing-time windows', () => {
  it('take records by the clock and fire by timers', async () => {
    const assigner = { kind: 'tumbling', timeDomain: 'PROCESSING_TIME', sizeMs: 100, offsetMs: 0 };
    await verifyOperator(
      windowFactory(options({ assigner: assigner as never })),
      [
        sale('a', 1, 7),
        time(60),
        sale('a', 2, 8),
        time(98),
        time(99),
        time(130),
        sale('a', 4, 9),
        time(250),
      ],
      [sale('a', 3, 99), sale('a', 4, 199)],
      compare,
      { keyOf },
    );
  });
});

/** The semantics in a dozen lines: a map of open windows, judged by the watermark so far. */
function model(inputs: readonly InputElement[], latenessMs: number): OutputElement[] {
  const open = new Map<string, { shop: string; start: number; amount: number }>();
  const output: OutputElement[] = [];
  let watermarkMs = Number.NEGATIVE_INFINITY;
  for (const input of inputs) {
    if (input.kind === 'watermark') {
      for (const [id, { shop, start, amount }] of open) {
        const lastMs = start + SIZE_MS - 1;
        if (lastMs > watermarkMs && lastMs <= input.timestampMs) {
          output.push(sale(shop, amount, lastMs));
        }
        if (lastMs + latenessMs <= input.timestampMs) open.delete(id);
      }
      watermarkMs = input.timestampMs;
      output.push(input);
    } else if (input.kind === 'record') {
      const { shop, amount } = input.value as Sale;
      const start = Math.floor(input.timestampMs! / SIZE_MS) * SIZE_MS;
      const lastMs = start + SIZE_MS - 1;
      if (lastMs + latenessMs <= watermarkMs) {
        output.push(side('late', input.value, input.timestampMs));
        continue;
      }
      const id = `${shop} ${start}`;
      const window = open.get(id) ?? { shop, start, amount: 0 };
      window.amount += amount;
      open.set(id, window);
      if (lastMs <= watermarkMs) output.push(sale(shop, window.amount, lastMs));
    }
  }
  return output;
}

const arbitraryInputs = fc
  .array(
    fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record({ shop: fc.constantFrom('a', 'b', 'c'), at: fc.nat(600) }),
      },
      { weight: 1, arbitrary: fc.record({ step: fc.nat(150) }) },
    ),
    { maxLength: 40 },
  )
  .map((steps) => {
    let watermarkMs = 0;
    return steps.map((step, i): InputElement => {
      if ('at' in step) return sale(step.shop, i + 1, step.at);
      watermarkMs += step.step;
      return watermark(watermarkMs);
    });
  });

describe('the law of tumbling windows', () => {
  it('holds for any records, watermarks and lateness, in every way of feeding', async () => {
    await fc.assert(
      fc.asyncProperty(
        arbitraryInputs,
        fc.constantFrom(0, 1, 70, 250),
        async (some, latenessMs) => {
          const inputs = [...some, watermark(MAX_WATERMARK)];
          await verifyOperator(
            windowFactory(
              options({ allowedLatenessMs: latenessMs, lateTag: new OutputTag<Sale>('late') }),
            ),
            inputs,
            model(inputs, latenessMs),
            compare,
            { keyOf, order: 'between-controls' },
          );
        },
      ),
      { numRuns: 30 },
    );
  });
});
