import {
  END_OF_INPUT,
  type InputElement,
  OperatorHarness,
  record,
  settle,
  status,
  verifyOperator,
  VirtualTime,
  watermark,
} from '@weir/testing';
import { describe, expect, it } from 'vitest';
import { type AsyncOperatorOptions, asyncFactory } from './async.ts';

/** Calls that a test answers one by one. */
class Calls {
  readonly waiting = new Map<number, PromiseWithResolvers<string>>();
  readonly fn = (value: number): Promise<string> => {
    const call = Promise.withResolvers<string>();
    this.waiting.set(value, call);
    return call.promise;
  };

  async answer(...values: number[]): Promise<void> {
    for (const value of values) {
      this.waiting.get(value)!.resolve(`answer ${value}`);
      this.waiting.delete(value);
      await settle();
    }
  }
}

function options(
  fn: (value: number) => Promise<string>,
  over: Partial<AsyncOperatorOptions<number, string>> = {},
): AsyncOperatorOptions<number, string> {
  const rest = { capacity: 3, timeoutMs: null, callSite: 'test', inputType: null };
  return { fn, mode: 'ordered', ...rest, ...over };
}

describe.each(['ordered', 'unordered'] as const)('async, %s', (mode) => {
  it('answers every input in every way of feeding', async () => {
    const inputs: InputElement[] = [1, 2, 3, 4, 5].map((value) => record(value, value));
    const factory = asyncFactory(options(async (value) => `answer ${value}`, { mode }));
    await verifyOperator(
      factory,
      [...inputs, watermark(5), record(6), status(true), record(7, 9), END_OF_INPUT],
      [
        ...[1, 2, 3, 4, 5].map((value) => record(`answer ${value}`, value)),
        watermark(5),
        record('answer 6'),
        status(true),
        record('answer 7', 9),
        END_OF_INPUT,
      ],
      (actual, wanted, name) => expect(actual, name).toEqual(wanted),
      { order: 'between-controls', drainEach: true },
    );
  });

  it('makes an input wait when capacity is in flight, and says for what', async () => {
    const calls = new Calls();
    const { operator } = await OperatorHarness.open(asyncFactory(options(calls.fn, { mode })));
    const { OutputBuffer } = await import('./output-buffer.ts');
    const rows = [1, 2, 3, 4];
    const batch = { kind: 'objects', count: 4, rows, timestamps: null, keyHashes: null } as const;
    expect(operator.processBatch(batch, 0, 4, new OutputBuffer())).toBe(3);
    expect(operator.externalWait?.()).toEqual({ callSite: 'test', inFlight: 3, capacity: 3 });
    await calls.answer(1);
    expect(operator.processBatch(batch, 3, 4, new OutputBuffer())).toBe(4);
    expect(operator.externalWait?.()).toBeNull();
  });

  it('fails when a call fails, before earlier calls are answered', async () => {
    const calls = new Calls();
    const harness = await OperatorHarness.open(asyncFactory(options(calls.fn, { mode })));
    await harness.process(1);
    await harness.process(2);
    calls.waiting.get(2)!.reject(new TypeError('no route'));
    await expect(harness.poll()).rejects.toThrow('no route');
  });

  it('fails a call that takes too long', async () => {
    const time = new VirtualTime(0);
    const never = () => new Promise<string>(() => undefined);
    const factory = asyncFactory(options(never, { mode, timeoutMs: 500 }));
    const harness = await OperatorHarness.open(factory, { time });
    await harness.process(1);
    await harness.timeTo(499);
    await expect(harness.timeTo(500)).rejects.toMatchObject({ code: 'TIMEOUT', retryable: true });
  });

  it('measures its calls from call to answer', async () => {
    const time = new VirtualTime(0);
    const calls = new Calls();
    const factory = asyncFactory(options(calls.fn, { mode }));
    const harness = await OperatorHarness.open(factory, { time });
    const latency = () => harness.operator.gauges?.() ?? {};
    await harness.process(1);
    await harness.process(2);
    expect(latency()).toMatchObject({ asyncInFlight: 2, asyncLatencyP99Ms: Number.NaN });
    await harness.timeTo(40);
    await calls.answer(1);
    await harness.timeTo(400);
    await calls.answer(2);
    expect(latency().asyncLatencyP50Ms).toBeCloseTo(40, -0.7);
    expect(latency().asyncLatencyP99Ms).toBeCloseTo(400, -1.6);
  });

  it('calls again after a restore what was in flight, before anything new', async () => {
    const before = new Calls();
    const harness = await OperatorHarness.open(asyncFactory(options(before.fn, { mode })));
    await harness.processBatch([1, 2], [10, 20]);
    const state = await harness.snapshot(1);
    const after = new Calls();
    const factory = asyncFactory(options(after.fn, { mode, capacity: 1 }));
    const restored = await OperatorHarness.open(factory, { state });
    await restored.poll();
    expect([...after.waiting.keys()]).toEqual([1]);
    await after.answer(1);
    await restored.poll();
    await after.answer(2);
    await restored.poll();
    expect(restored.output).toEqual([record('answer 1', 10), record('answer 2', 20)]);
  });
});

describe('async restore', () => {
  it.each(['ordered', 'unordered'] as const)('%s: watermarks keep their place', async (mode) => {
    const never = () => new Promise<string>(() => undefined);
    const harness = await OperatorHarness.open(asyncFactory(options(never, { mode })));
    await harness.process(1);
    await harness.watermark(100);
    await harness.process(2);
    await harness.watermark(200);
    let state = await harness.snapshot(1);
    // Again before anything was called again.
    const between = await OperatorHarness.open(asyncFactory(options(never, { mode })), { state });
    state = await between.snapshot(2);
    const calls = new Calls();
    const factory = asyncFactory(options(calls.fn, { mode, capacity: 1 }));
    const restored = await OperatorHarness.open(factory, { state });
    await restored.poll();
    await calls.answer(1);
    await restored.poll();
    await calls.answer(2);
    await restored.poll();
    await restored.watermark(150);
    await restored.watermark(300);
    expect(restored.output).toEqual([
      record('answer 1'),
      watermark(100),
      record('answer 2'),
      watermark(200),
      watermark(300),
    ]);
  });

  it('at another parallelism no watermark makes an input late', async () => {
    const never = () => new Promise<string>(() => undefined);
    const harness = await OperatorHarness.open(asyncFactory(options(never)));
    await harness.process(1);
    await harness.watermark(100);
    await harness.process(2);
    const state = await harness.snapshot(1);
    const factory = asyncFactory(options(async (value) => `answer ${value}`));
    const restored = await OperatorHarness.open(factory, { state, subtask: 1, parallelism: 2 });
    await restored.drain();
    expect(restored.output).toEqual([record('answer 2')]);
  });
});

describe('async order', () => {
  it('ordered: results leave in the order of inputs, watermarks at their place', async () => {
    const calls = new Calls();
    const harness = await OperatorHarness.open(asyncFactory(options(calls.fn)));
    await harness.process(1);
    await harness.watermark(100);
    await harness.process(2);
    await calls.answer(2);
    await harness.poll();
    expect(harness.output).toEqual([]);
    await calls.answer(1);
    await harness.poll();
    expect(harness.output).toEqual([record('answer 1'), watermark(100), record('answer 2')]);
  });

  it('unordered: results leave as they come, but never across a watermark', async () => {
    const calls = new Calls();
    const factory = asyncFactory(options(calls.fn, { mode: 'unordered', capacity: 9 }));
    const harness = await OperatorHarness.open(factory);
    await harness.processBatch([1, 2], [null, null]);
    await harness.watermark(100);
    await harness.watermark(200);
    await harness.process(3);
    await calls.answer(3, 2);
    await harness.poll();
    expect(harness.output).toEqual([record('answer 2')]);
    await calls.answer(1);
    await harness.poll();
    expect(harness.output.slice(1)).toEqual([
      record('answer 1'),
      watermark(200),
      record('answer 3'),
    ]);
  });

  it('refuses a capacity below 1', () => {
    expect(() => asyncFactory(options(async () => '', { capacity: 0 }))).toThrow(/capacity/);
  });
});
