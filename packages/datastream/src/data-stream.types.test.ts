/** The types that flow through a program, without a cast or a type argument in sight. */
import { Configuration } from '@weir/core';
import { installExecutionHost } from '@weir/graph';
import { afterAll, beforeAll, expectTypeOf, it } from 'vitest';
import {
  CollectionSource,
  type Collector,
  type DataStream,
  Duration,
  type KeyedProcessContext,
  KeyedProcessFunction,
  type KeyedStream,
  type MapState,
  MapStateDescriptor,
  OutputTag,
  ProcessWindowFunction,
  RichFlatMapFunction,
  StreamExecutionEnvironment,
  TumblingEventTimeWindows,
  types,
  type ValueState,
  ValueStateDescriptor,
  WatermarkStrategy,
  type WindowContext,
} from './index.ts';

interface Click {
  readonly user: string;
  readonly page: string;
  readonly atMs: number;
}

class Visits extends RichFlatMapFunction<Click, string> {
  #visits!: ValueState<number>;

  override open(): void {
    const visits = new ValueStateDescriptor('visits', types.f64(), 0);
    this.#visits = this.getRuntimeContext().getState(visits);
    expectTypeOf(this.#visits.value()).toEqualTypeOf<number | null>();
  }

  flatMap(click: Click, out: Collector<string>): void {
    out.collect(`${click.user} ${this.#visits.value()}`);
  }
}

class Pages extends KeyedProcessFunction<string, Click, { user: string; pages: number }> {
  #pages!: MapState<string, number>;

  override open(): void {
    this.#pages = this.getRuntimeContext().getMapState(
      new MapStateDescriptor('pages', types.string(), types.f64()),
    );
  }

  processElement(
    click: Click,
    context: KeyedProcessContext<string>,
    out: Collector<{ user: string; pages: number }>,
  ): void {
    out.collect({ user: context.getCurrentKey(), pages: this.#pages.get(click.page) ?? 0 });
  }
}

class WithWindow extends ProcessWindowFunction<number, [string, number, number], string> {
  process(
    key: string,
    context: WindowContext,
    counts: Iterable<number>,
    out: Collector<[string, number, number]>,
  ): void {
    for (const count of counts) out.collect([key, context.window().start, count]);
  }
}

beforeAll(() =>
  installExecutionHost({
    configuration: new Configuration(),
    args: [],
    submittedAtMs: 0,
    execute: async () => {},
  }),
);
afterAll(() => installExecutionHost(null));

it('flow from the source through every transformation', () => {
  const env = StreamExecutionEnvironment.getExecutionEnvironment();
  const source = new CollectionSource<Click>([]);
  const clicks = env.fromSource(source, WatermarkStrategy.noWatermarks(), 'clicks');
  expectTypeOf<DataStream<Click>>(clicks);
  env.fromSource(
    source,
    WatermarkStrategy.forBoundedOutOfOrderness<Click>(Duration.ofSeconds(30))
      .withTimestampAssigner((click) => click.atMs)
      .withIdleness(Duration.ofMinutes(5)),
    'clicks',
  );

  const pages = clicks.map((click) => click.page);
  expectTypeOf<DataStream<string>>(pages);
  expectTypeOf<DataStream<Click>>(clicks.filter((click) => click.user !== ''));
  const asynchronous = clicks.asyncMap(async (click) => ({ ...click, country: 'CH' }));
  expectTypeOf<DataStream<Click & { country: string }>>(asynchronous);
  const lengths = pages.flatMap((page, out: Collector<number>) => out.collect(page.length));
  expectTypeOf<DataStream<number>>(lengths);
  const returned = clicks
    .map((c) => ({ user: c.user }))
    .returns(types.object({ user: types.string() }));
  expectTypeOf<DataStream<{ user: string }>>(returned);
  // @ts-expect-error a type that is not that of the records
  clicks.map((c) => ({ user: c.user })).returns(types.object({ user: types.f64() }));
  // @ts-expect-error streams of different types can't be united
  clicks.union(pages);
});

it('flow through keys, windows and side outputs', () => {
  const env = StreamExecutionEnvironment.getExecutionEnvironment();
  const clicks = env.fromCollection<Click>([]);
  const byUser = clicks.keyBy((click) => click.user);
  expectTypeOf(byUser).toEqualTypeOf<KeyedStream<Click, string>>();
  expectTypeOf<DataStream<string>>(byUser.flatMap(new Visits()));
  expectTypeOf<DataStream<{ user: string; pages: number }>>(byUser.process(new Pages()));
  // @ts-expect-error the function is for keys that are strings
  clicks.keyBy((click) => click.atMs).process(new Pages());

  const late = new OutputTag<Click>('late');
  const windows = byUser.window(TumblingEventTimeWindows.of(Duration.ofMinutes(5)));
  const count = {
    createAccumulator: () => ({ n: 0 }),
    add: (_click: Click, a: { n: number }) => ({ n: a.n + 1 }),
    getResult: (a: { n: number }) => a.n,
  };
  const counts = windows.allowedLateness(1000).sideOutputLateData(late).aggregate(count);
  expectTypeOf<DataStream<number>>(counts);
  const withWindow = windows.aggregate(count, new WithWindow());
  expectTypeOf<DataStream<[string, number, number]>>(withWindow);
  expectTypeOf(counts.getSideOutput(late)).toEqualTypeOf<DataStream<Click>>();
  expectTypeOf<DataStream<Click>>(windows.reduce((a, b) => (a.atMs > b.atMs ? a : b)));
  // @ts-expect-error late records are clicks
  windows.sideOutputLateData(new OutputTag<number>('late'));
});
