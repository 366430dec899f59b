/**
 * Three million US flights as a live stream: enriched from PostgreSQL, summed up per airport and
 * hour, watched for cascading delays, written to files exactly once. See README.md beside this.
 */
import { join } from 'node:path';
import { FileSink, ReplaySource } from '@weir/connector-files';
import {
  Duration,
  OutputTag,
  StreamExecutionEnvironment,
  TumblingEventTimeWindows,
  types,
  WatermarkStrategy,
} from '@weir/datastream';
import { AirportLookup } from './airport-lookup.ts';
import { DelayCascade } from './delay-cascade.ts';
import {
  type CascadeAlert,
  ENRICHED_FLIGHT,
  type EnrichedFlight,
  FLIGHT,
  type Flight,
  type HourlyDelays,
} from './flight.ts';
import { FlightRecording } from './flight-recording.ts';
import { AddHour, DELAYS, sumUpDelays } from './hourly-delays.ts';
import { flightOptions } from './options.ts';
import { dataFile } from './services.ts';

/** Half a year and a day: 26 whole weeks, so that weekdays stay. */
const PERIOD = Duration.ofDays(182);

const env = StreamExecutionEnvironment.getExecutionEnvironment();
const options = flightOptions(env.args);
env.setParallelism(2).enableCheckpointing(Duration.ofSeconds(10));

const arrivals = new ReplaySource<Flight>({
  recording: new FlightRecording(dataFile('flights-3m.parquet')),
  speed: options.speed,
  splits: options.splits,
  type: FLIGHT,
  ...(options.limit === null ? {} : { limit: options.limit }),
  ...(options.once
    ? {}
    : {
        loop: {
          periodMs: PERIOD.ms,
          shift: (flight, shiftMs) => ({ ...flight, dateMs: flight.dateMs + shiftMs }),
        },
      }),
});

const departures = WatermarkStrategy.forBoundedOutOfOrderness<Flight>(
  options.boundMs,
).withTimestampAssigner((flight) => flight.dateMs);

const flights = env
  .fromSource(arrivals, WatermarkStrategy.noWatermarks(), 'flights')
  .uid('flights')
  // After the source, not in it: a subtask reads its splits in one order, and one generator that
  // sees all of them holds back less than one per split.
  .assignTimestampsAndWatermarks(
    options.perRecordWatermarks ? departures.withEmission({ everyRecords: 1 }) : departures,
  )
  .name('departure times')
  .uid('departure-times')
  .asyncMap(new AirportLookup(options.lookupBatch, options.databaseLatencyMs), {
    mode: 'unordered',
    capacity: options.lookupCapacity,
    timeout: Duration.ofSeconds(60),
    callSite: 'airports (PostgreSQL)',
  })
  .name('airport look-up')
  .uid('airport-look-up')
  // A task of its own, so that waiting for the database shows as pressure on the edge before it.
  .startNewChain()
  .returns(ENRICHED_FLIGHT);

const perOrigin = flights.keyBy((flight) => flight.origin, types.string());
const late = new OutputTag<EnrichedFlight>('late');

const delays = perOrigin
  .window(TumblingEventTimeWindows.of(Duration.ofHours(1)))
  .sideOutputLateData(late)
  .aggregate(sumUpDelays, new AddHour(), DELAYS)
  .name('delays per hour')
  .uid('delays-per-hour');

delays
  .sinkTo(
    FileSink.csv<HourlyDelays>(join(options.out, 'delays'), [
      { name: 'window_start', value: (row) => new Date(row.windowStartMs) },
      'origin',
      'count',
      { name: 'sum_delay', value: (row) => row.sumDelay },
      { name: 'max_delay', value: (row) => row.maxDelay },
    ]),
  )
  .name('delay files')
  .uid('delay-files');

delays
  .getSideOutput(late)
  .sinkTo(
    FileSink.csv<EnrichedFlight>(join(options.out, 'late'), [
      'id',
      { name: 'date', value: (flight) => new Date(flight.dateMs) },
      'delay',
      'origin',
      'destination',
    ]),
  )
  .name('late flights')
  .uid('late-flights')
  .setParallelism(1);

perOrigin
  .process(new DelayCascade())
  .name('delay cascades')
  .uid('delay-cascades')
  .sinkTo(FileSink.jsonLines<CascadeAlert>(join(options.out, 'alerts')))
  .name('alerts')
  .uid('alerts')
  .setParallelism(1);

await env.execute('flights');
