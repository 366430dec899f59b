import {
  type Collector,
  type KeyedProcessContext,
  type KeyedProcessFunction,
  type OnTimerContext,
  OutputTag,
  type RuntimeContext,
  types,
  type ValueState,
  ValueStateDescriptor,
} from '@weir/core';
import {
  END_OF_INPUT,
  OperatorHarness,
  record,
  side,
  time,
  verifyOperator,
  VirtualTime,
  watermark,
} from '@weir/testing';
import { describe, expect, it } from 'vitest';
import { keyedProcessFactory } from './keyed-process.ts';

interface Click {
  readonly user: string;
}

const late = new OutputTag<string>('late');

/** Counts clicks; 100 ms of event time after the last one it emits the count and forgets it. */
class Sessions implements KeyedProcessFunction<string, Click, string> {
  #count: ValueState<number> | null = null;
  #timer: ValueState<number> | null = null;

  open(context: RuntimeContext): void {
    this.#count = context.getState(new ValueStateDescriptor<number>('count', null, 0));
    this.#timer = context.getState(new ValueStateDescriptor<number>('timer'));
  }

  processElement(_click: Click, context: KeyedProcessContext<string>): void {
    const timers = context.timerService();
    const timestampMs = context.timestamp()!;
    if (timestampMs <= timers.currentWatermark()) context.output(late, context.getCurrentKey());
    const before = this.#timer!.value();
    if (before !== null) timers.deleteEventTimeTimer(before);
    timers.registerEventTimeTimer(timestampMs + 100);
    this.#timer!.update(timestampMs + 100);
    this.#count!.update(this.#count!.value()! + 1);
  }

  onTimer(at: number, context: OnTimerContext<string>, out: Collector<string>): void {
    out.collect(`${context.getCurrentKey()} ${this.#count!.value()} ${context.timeDomain()} ${at}`);
    this.#count!.clear();
    this.#timer!.clear();
  }
}

/** Emits 50 ms of processing time after a click. */
const delayed: KeyedProcessFunction<string, Click, string> = {
  processElement(_click, context) {
    const timers = context.timerService();
    timers.registerProcessingTimeTimer(timers.currentProcessingTime() + 50);
  },
  onTimer(at, context, out) {
    out.collect(`${context.getCurrentKey()} at ${at}`);
  },
};

function factoryOf(create: () => KeyedProcessFunction<string, Click, string>) {
  const keySelector = (click: Click): string => click.user;
  return {
    keyType: types.string() as never,
    create: () =>
      keyedProcessFactory({ fn: create(), keySelector, keyType: types.string() }).create(),
  };
}

const click = (user: string, timestampMs: number) => record({ user }, timestampMs);
const keyOf = (value: unknown): unknown => (value as Click).user;

describe('keyed process', () => {
  it('keeps state and event-time timers by key, in every way of feeding', async () => {
    await verifyOperator(
      factoryOf(() => new Sessions()),
      [
        click('ada', 10),
        click('bob', 20),
        click('ada', 60),
        watermark(119),
        watermark(120),
        click('bob', 100),
        watermark(160),
        END_OF_INPUT,
      ],
      [
        watermark(119),
        record('bob 1 EVENT_TIME 120', 120),
        watermark(120),
        side('late', 'bob', 100),
        record('ada 2 EVENT_TIME 160', 160),
        watermark(160),
        END_OF_INPUT,
      ],
      (actual, wanted, mode) => expect(actual, mode).toEqual(wanted),
      { keyOf },
    );
  });

  it('fires processing-time timers in order, without a timestamp', async () => {
    await verifyOperator(
      factoryOf(() => delayed),
      [click('ada', 1), time(10), click('bob', 2), time(49), time(50), time(200)],
      [record('ada at 50'), record('bob at 60')],
      (actual, wanted, mode) => expect(actual, mode).toEqual(wanted),
      { keyOf },
    );
  });

  it('fires more timers at once than an output holds', async () => {
    const harness = await OperatorHarness.open(factoryOf(() => new Sessions()));
    const users = Array.from({ length: 3000 }, (_, i) => ({ user: `u${i}` }));
    await harness.processBatch(
      users,
      users.map(() => 5),
    );
    await harness.watermark(2 ** 63);
    expect(harness.values).toHaveLength(3000);
  });

  it('tells when the next processing-time timer is due', async () => {
    const time = new VirtualTime(1000);
    const harness = await OperatorHarness.open(
      factoryOf(() => delayed),
      { time },
    );
    expect(harness.operator.nextDeadlineMs?.()).toBe(Number.POSITIVE_INFINITY);
    await harness.process({ user: 'ada' }, 1);
    expect(harness.operator.nextDeadlineMs?.()).toBe(1050);
  });

  it('says that the key is lost behind an await', async () => {
    let state: ValueState<number> | null = null;
    const fn: KeyedProcessFunction<string, Click, string> & { open(c: RuntimeContext): void } = {
      open(context) {
        state = context.getState(new ValueStateDescriptor<number>('n'));
      },
      processElement() {},
    };
    const harness = await OperatorHarness.open(factoryOf(() => fn));
    await harness.process({ user: 'ada' }, 1);
    expect(() => state!.value()).toThrow(expect.objectContaining({ code: 'KEY_CONTEXT_LOST' }));
  });

  it('refuses a promise', async () => {
    const fn = { processElement: async () => undefined };
    const harness = await OperatorHarness.open(factoryOf(() => fn as never));
    await expect(harness.process({ user: 'ada' }, 1)).rejects.toThrow(/asyncMap/);
  });
});
