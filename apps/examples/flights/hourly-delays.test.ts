/** The job's own functions in the engine's own operators, against answers from elsewhere. */
import { createHash } from 'node:crypto';
import { csvEncoder } from '@weir/formats';
import { watermarkFactory, windowFactory } from '@weir/runtime';
import { OperatorHarness } from '@weir/testing';
import { OutputTag, WatermarkStrategy } from '@weir/datastream';
import { describe, expect, it } from 'vitest';
import expected from './fixtures/expected.json' with { type: 'json' };
import type { Flight, HourlyDelays } from './flight.ts';
import { FlightRecording } from './flight-recording.ts';
import { AddHour, DELAYS, sumUpDelays } from './hourly-delays.ts';
import { dataFile } from './services.ts';

const encoder = csvEncoder<HourlyDelays>([
  { name: 'window_start', value: (row) => new Date(row.windowStartMs) },
  'origin',
  'count',
  'sumDelay',
  'maxDelay',
]);

async function firstArrivals(count: number): Promise<Flight[]> {
  const reader = await new FlightRecording(dataFile('flights-3m.parquet')).open(0);
  const flights: Flight[] = [];
  for (let block = await reader.next(); block !== null; block = await reader.next()) {
    for (let i = 0; i < block.times.length; i++) flights.push(block.event(i));
    if (flights.length >= count) break;
  }
  await reader.close();
  return flights.slice(0, count);
}

describe('hourly delays of the first 10,000 arrivals', () => {
  it.each([
    ['30min', 30],
    ['2h', 120],
    ['no-late', 613],
  ] as const)('are the known ones with a bound of %s', async (name, minutes) => {
    const late = new OutputTag<Flight>('late');
    const strategy = WatermarkStrategy.forBoundedOutOfOrderness<Flight>(minutes * 60_000)
      .withTimestampAssigner((flight) => flight.dateMs)
      .withEmission({ everyRecords: 1 });
    const watermarks = await OperatorHarness.open(watermarkFactory(strategy));
    const window = await OperatorHarness.open(
      windowFactory({
        assigner: {
          kind: 'tumbling',
          timeDomain: 'EVENT_TIME',
          sizeMs: 3_600_000,
          offsetMs: 0,
        },
        keySelector: (flight: Flight) => flight.origin,
        keyType: null,
        allowedLatenessMs: 0,
        lateTag: late,
        function: {
          kind: 'aggregate',
          aggregate: sumUpDelays,
          accumulatorType: DELAYS,
          process: new AddHour(),
        },
      }),
    );
    const flights = await firstArrivals(10_000);
    await watermarks.processBatch(flights, new Array(flights.length).fill(null));
    await watermarks.endInput();
    for (const element of watermarks.output) {
      if (element.kind === 'record') await window.process(element.value, element.timestampMs);
      if (element.kind === 'watermark') await window.watermark(element.timestampMs);
    }
    await window.watermark(2 ** 63);
    const lines = (window.values as HourlyDelays[]).map((row) => encoder.encode(row)).toSorted();
    const text = lines.map((line) => `${line}\n`).join('');
    expect({
      lateDropped: window.sideValues('late').length,
      windows: lines.length,
      sha256: createHash('sha256').update(text).digest('hex'),
    }).toEqual(expected.tumble1h[`first10000-${name}`]);
  });
});
