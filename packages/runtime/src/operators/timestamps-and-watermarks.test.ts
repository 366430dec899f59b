import { MAX_WATERMARK, WatermarkStrategy } from '@weir/core';
import {
  combineStates,
  END_OF_INPUT,
  type HarnessState,
  OperatorHarness,
  record,
  status,
  verifyOperator,
  watermark,
} from '@weir/testing';
import { describe, expect, it } from 'vitest';
import { watermarkFactory } from './timestamps-and-watermarks.ts';

interface Event {
  readonly at: number;
}

const bounded = WatermarkStrategy.forBoundedOutOfOrderness<Event>(10).withTimestampAssigner(
  (event) => event.at,
);

describe('timestamps and watermarks', () => {
  it('assigns timestamps, drops earlier watermarks, and passes the end of event time', async () => {
    await verifyOperator(
      watermarkFactory(bounded.withEmission({ everyRecords: 1 })),
      [
        record({ at: 50 }, 1),
        watermark(1000),
        record({ at: 45 }),
        watermark(MAX_WATERMARK),
        END_OF_INPUT,
      ],
      [
        record({ at: 50 }, 50),
        watermark(39),
        record({ at: 45 }, 45),
        watermark(MAX_WATERMARK),
        END_OF_INPUT,
      ],
      (actual, wanted, mode) => expect(actual, mode).toEqual(wanted),
      {
        without: {
          'one by one, restored each time': 'the watermark is said again',
          'output often full, restored each time': 'the watermark is said again',
        },
      },
    );
  });

  it('says its watermark again after a restore, and never a lower one', async () => {
    const factory = watermarkFactory(bounded.withEmission({ everyRecords: 1 }));
    const harness = await OperatorHarness.open(factory);
    await harness.process({ at: 50 });
    const state = await harness.snapshot(1);
    const restored = await OperatorHarness.open(factory, { state });
    await restored.process({ at: 45 });
    await restored.process({ at: 51 });
    expect(restored.output).toEqual([
      watermark(39),
      record({ at: 45 }, 45),
      record({ at: 51 }, 51),
      watermark(40),
    ]);
  });

  it('goes on from the least watermark of subtasks that were more or fewer', async () => {
    const factory = watermarkFactory(bounded.withEmission({ everyRecords: 1 }));
    const states: HarnessState[] = [];
    for (const at of [50, 30]) {
      const harness = await OperatorHarness.open(factory);
      await harness.process({ at });
      states.push(await harness.snapshot(1));
    }
    // An idle one holds nothing back.
    const idle = await OperatorHarness.open(factory);
    await idle.status(true);
    states.push(await idle.snapshot(1));
    const restored = await OperatorHarness.open(factory, {
      state: combineStates(states),
      parallelism: 2,
    });
    await restored.poll();
    expect(restored.output).toEqual([watermark(19)]);
  });

  it('by the interval: nothing between two rounds', async () => {
    const harness = await OperatorHarness.open(watermarkFactory(bounded));
    await harness.process({ at: 100 });
    await harness.process({ at: 300 });
    await harness.timeTo(199);
    expect(harness.output).toEqual([record({ at: 100 }, 100), record({ at: 300 }, 300)]);
    await harness.timeTo(200);
    expect(harness.output.at(-1)).toEqual(watermark(289));
  });

  it('passes idleness of its input, and finds its own', async () => {
    const harness = await OperatorHarness.open(watermarkFactory(bounded.withIdleness(500)));
    await harness.status(true);
    await harness.status(false);
    await harness.timeTo(600);
    expect(harness.output).toEqual([status(true), status(false), status(true)]);
  });
});
