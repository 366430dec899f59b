import { MAX_WATERMARK, WatermarkStrategy } from '@weir/core';
import {
  END_OF_INPUT,
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
          'one by one, restored each time': 'the largest timestamp is not part of the state',
          'output often full, restored each time': 'the largest timestamp is not part of the state',
        },
      },
    );
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
