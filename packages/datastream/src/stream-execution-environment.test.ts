import { Configuration, Duration, OutputTag, WatermarkStrategy } from '@weir/core';
import {
  buildJobGraph,
  installExecutionHost,
  type JobProgram,
  type OperatorTransformation,
} from '@weir/graph';
import { afterEach, describe, expect, it } from 'vitest';
import {
  AsyncDataStream,
  CheckpointingMode,
  type Collector,
  ExternalizedCheckpointRetention,
  RestartStrategies,
  StreamExecutionEnvironment,
  TumblingEventTimeWindows,
  types,
} from './index.ts';

interface Sale {
  readonly user: string;
  readonly amount: number;
}

const sales: Sale[] = [{ user: 'a', amount: 1 }];
const programs: JobProgram[] = [];

function environment(options: Record<string, string> = {}): StreamExecutionEnvironment {
  installExecutionHost({
    configuration: new Configuration(options),
    args: ['--speed', '2'],
    submittedAtMs: 42,
    execute: async (program) => void programs.push(program),
  });
  return StreamExecutionEnvironment.getExecutionEnvironment();
}

/** The job graph of what was executed last, as the compiler makes it. */
function graph(options: Record<string, string> = {}) {
  const program = programs.at(-1)!;
  const host = { configuration: new Configuration(options), args: [], submittedAtMs: 0 };
  return buildJobGraph(program, host).graph;
}

function operators(): OperatorTransformation[] {
  return programs.at(-1)!.transformations.filter((t) => t.kind === 'operator');
}

afterEach(() => installExecutionHost(null));

describe('a program', () => {
  it('says how to start it when it is run as a plain script', () => {
    expect(() => StreamExecutionEnvironment.getExecutionEnvironment()).toThrow(/`weir run <file>`/);
  });

  it('becomes the graph that Flink would make of it', async () => {
    const env = environment().setParallelism(2);
    const late = new OutputTag<Sale>('late');
    const perHour = env
      .fromCollection(sales)
      .assignTimestampsAndWatermarks(WatermarkStrategy.forMonotonousTimestamps())
      .keyBy((sale) => sale.user)
      .window(TumblingEventTimeWindows.of(Duration.ofHours(1)))
      .sideOutputLateData(late)
      .reduce((a, b) => ({ user: a.user, amount: a.amount + b.amount }));
    perHour.print('sales');
    perHour.getSideOutput(late).rebalance().print();
    await env.execute('sales');

    expect(graph().name).toBe('sales');
    expect(graph().vertices.map(({ name, parallelism }) => [name, parallelism])).toEqual([
      ['Source: Collection Source', 1],
      ['Timestamps/Watermarks', 2],
      ['TumblingEventTimeWindows -> Sink: Print to Std. Out', 2],
      ['Sink: Print to Std. Out', 2],
    ]);
    expect(graph().edges.map((edge) => [edge.strategy, edge.outputTag])).toEqual([
      ['REBALANCE', null],
      ['HASH', null],
      ['REBALANCE', 'late'],
    ]);
    expect(graph().vertices[2]?.operators[0]).toMatchObject({
      operatorType: 'Tumbling window, 1 h',
      keyed: true,
    });
  });

  it('knows for each operator where it was written', async () => {
    const env = environment();
    env
      .fromData(1, 2)
      .map((n) => n + 1)
      .print();
    await env.execute();
    const origins = operators().map((operator) => operator.origin);
    expect(origins).toHaveLength(3);
    for (const origin of origins) {
      expect(origin).toMatch(
        /^packages\/datastream\/src\/stream-execution-environment\.test\.ts:\d+$/,
      );
    }
  });

  it('keeps uid, name, parallelism, chaining and slot sharing of each operator', async () => {
    const env = environment();
    env
      .fromData('a b')
      .flatMap((line: string, out: Collector<string>) => line.split(' ').forEach(out.collect, out))
      .uid('words')
      .name('split')
      .setParallelism(3)
      .setMaxParallelism(12)
      .startNewChain()
      .slotSharingGroup('g')
      .filter((word) => word !== '')
      .disableChaining()
      .print()
      .uid('out')
      .setParallelism(1);
    await env.execute();
    expect(operators().slice(1)).toMatchObject([
      {
        uid: 'words',
        name: 'split',
        parallelism: 3,
        maxParallelism: 12,
        chaining: 'HEAD',
        slotSharingGroup: 'g',
      },
      { name: 'Filter', parallelism: null, chaining: 'NEVER', slotSharingGroup: 'g' },
      { role: 'sink', uid: 'out', parallelism: 1, slotSharingGroup: 'g' },
    ]);
  });

  it('unites streams, broadcasts and calls asynchronously', async () => {
    const env = environment().setParallelism(2);
    const left = env.fromData(1);
    const both = left.union(env.fromData(2)).broadcast();
    AsyncDataStream.unorderedWait(both, async (n) => n * 2, { capacity: 5 }).print();
    await env.execute();
    expect(graph().edges.map((edge) => edge.strategy)).toEqual(['BROADCAST', 'BROADCAST']);
    expect(operators()[2]).toMatchObject({ operatorType: 'Async, unordered' });
  });

  it('can be executed only once', async () => {
    const env = environment();
    env.fromData(1).print();
    await env.execute();
    expect(() => env.execute()).toThrow('execute() was called twice');
  });
});

describe('settings', () => {
  it('are Flink options by Flink keys', async () => {
    const env = environment();
    env.setParallelism(4).setMaxParallelism(64).disableOperatorChaining();
    env.enableCheckpointing(Duration.ofSeconds(10), CheckpointingMode.AT_LEAST_ONCE);
    const checkpoints = env.getCheckpointConfig();
    checkpoints.setCheckpointTimeout(Duration.ofMinutes(2));
    checkpoints.setMinPauseBetweenCheckpoints(500);
    checkpoints.setMaxConcurrentCheckpoints(1);
    checkpoints.setTolerableCheckpointFailureNumber(3);
    checkpoints.setExternalizedCheckpointRetention(
      ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION,
    );
    env.setRestartStrategy(RestartStrategies.fixedDelayRestart(3, Duration.ofSeconds(1)));
    env.configure({ 'pipeline.auto-watermark-interval': '50 ms' });
    env.fromData(1).print();
    await env.execute();
    expect(graph().configuration).toEqual({
      'parallelism.default': '4',
      'pipeline.max-parallelism': '64',
      'pipeline.operator-chaining.enabled': 'false',
      'execution.checkpointing.interval': '10000 ms',
      'execution.checkpointing.mode': 'AT_LEAST_ONCE',
      'execution.checkpointing.timeout': '120000 ms',
      'execution.checkpointing.min-pause': '500 ms',
      'execution.checkpointing.max-concurrent-checkpoints': '1',
      'execution.checkpointing.tolerable-failed-checkpoints': '3',
      'execution.checkpointing.externalized-checkpoint-retention': 'RETAIN_ON_CANCELLATION',
      'restart-strategy.type': 'fixed-delay',
      'restart-strategy.fixed-delay.attempts': '3',
      'restart-strategy.fixed-delay.delay': '1000 ms',
      'pipeline.auto-watermark-interval': '50 ms',
    });
    expect(checkpoints.getCheckpointInterval()).toBe(10_000);
    expect(checkpoints.isCheckpointingEnabled()).toBe(true);
  });

  it('of the command line win over those of the program', () => {
    const env = environment({ 'parallelism.default': '8' }).setParallelism(2);
    expect(env.getParallelism()).toBe(8);
    expect(env.args).toEqual(['--speed', '2']);
    expect(env.submittedAtMs).toBe(42);
  });

  it('refuse what can not be', () => {
    const env = environment();
    expect(() => env.setParallelism(0)).toThrow('from 1 to 32768, not 0');
    expect(() => env.enableCheckpointing(0)).toThrow('1 ms or more, not 0');
    expect(() => TumblingEventTimeWindows.of(0)).toThrow('1 ms or longer');
    expect(() => TumblingEventTimeWindows.of(10, 10)).toThrow('shorter than the window');
    expect(() => env.fromData(1).uid('')).toThrow('at least one character');
  });
});

it('types come from the source and stay where records do', () => {
  const type = types.object({ user: types.string(), amount: types.f64() });
  const stream = environment().fromCollection(sales, type);
  expect(stream.filter(() => true).type).toBe(type);
  expect(stream.rebalance().union(stream.forward()).type).toBe(type);
  expect(stream.keyBy((s) => s.user).reduce((a) => a).type).toBe(type);
  expect(stream.map((s) => s).type).toBeNull();
  expect(stream.map((s) => s).returns(type).type).toBe(type);
});
