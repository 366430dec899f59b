import { OutputTag } from '@weir/core';
import {
  END_OF_INPUT,
  OperatorHarness,
  record,
  side,
  verifyOperator,
  watermark,
} from '@weir/testing';
import { describe, expect, it } from 'vitest';
import { processFactory } from './process.ts';

const odd = new OutputTag<number>('odd');

describe('process', () => {
  it('emits to the main and to side outputs', async () => {
    const factory = processFactory<number, number>({
      processElement(value, context, out) {
        if (value % 2 === 1) context.output(odd, value);
        else out.collect(value + (context.timestamp() ?? 0));
      },
    });
    await verifyOperator(
      factory,
      [record(1, 100), record(2, 100), record(4), watermark(7), record(3), END_OF_INPUT],
      [
        side('odd', 1, 100),
        record(102, 100),
        record(4),
        watermark(7),
        side('odd', 3),
        END_OF_INPUT,
      ],
      (actual, wanted, mode) => expect(actual, mode).toEqual(wanted),
      { order: 'between-controls' },
    );
  });

  it('knows both times', async () => {
    const seen: number[] = [];
    const factory = processFactory<number, never>({
      processElement(_value, context) {
        const timers = context.timerService();
        seen.push(timers.currentWatermark(), timers.currentProcessingTime());
      },
    });
    const harness = await OperatorHarness.open(factory);
    await harness.watermark(42);
    await harness.timeTo(77);
    await harness.process(1);
    expect(seen).toEqual([42, 77]);
  });

  it('says that timers need a key', async () => {
    const factory = processFactory<number, never>({
      processElement(_value, context) {
        context.timerService().registerEventTimeTimer(1);
      },
    });
    const harness = await OperatorHarness.open(factory);
    await expect(harness.process(1)).rejects.toThrow(/keyBy/);
  });
});
