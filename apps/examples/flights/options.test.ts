import { expect, it } from 'vitest';
import { flightOptions } from './options.ts';

it('replays forever, paced, with a database at some distance unless told otherwise', () => {
  expect(flightOptions([])).toEqual({
    speed: 1440,
    once: false,
    boundMs: 7_200_000,
    limit: null,
    out: 'out/flights',
    perRecordWatermarks: false,
    lookupCapacity: 24,
    lookupBatch: 6,
    databaseLatencyMs: 30,
    splits: 4,
  });
});

it('shares more queries, of a database nearby, at full speed', () => {
  const options = flightOptions(['--speed', 'max', '--once', '--bound', '613m', '--limit', '5']);
  expect(options).toMatchObject({
    speed: 'max',
    once: true,
    boundMs: 36_780_000,
    limit: 5,
    lookupBatch: 256,
    lookupCapacity: 1024,
    databaseLatencyMs: 0,
  });
});

it.each([
  [['--speed', 'fast'], '--speed fast: expected a number above 0'],
  [['--limit', '1.5'], '--limit 1.5: expected a whole number'],
  [['--sped', '1'], "Unknown option '--sped'"],
  [['--bound', 'x'], '"x" is not a duration'],
  [['--database-latency', 'far'], '"far" is not a duration'],
])('refuses %j', (args, why) => {
  expect(() => flightOptions(args)).toThrow(why);
});
