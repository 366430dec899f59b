/**
 * The job that is simulated, written as a user would write it. Each slot evaluates it for its
 * functions, as in a real TaskManager.
 */
import { Configuration, invariant } from '@weir/core';
import { binary, col, num } from '@weir/runtime';
import {
  type Collector,
  type DataStream,
  type KeyedProcessContext,
  KeyedProcessFunction,
  ListStateDescriptor,
  type ListState,
  MapStateDescriptor,
  type MapState,
  OutputTag,
  ProcessFunction,
  ProcessWindowFunction,
  StreamExecutionEnvironment,
  TumblingEventTimeWindows,
  types,
  ValueStateDescriptor,
  type ValueState,
  type WindowContext,
  WatermarkStrategy,
} from '@weir/datastream';
import {
  buildJobGraph,
  installExecutionHost,
  type JobBindings,
  type JobGraph,
  type JobProgram,
} from '@weir/graph';
import { type NumberedRecord, NumberedSource } from './numbered-records.ts';
import type { Outside } from './outside.ts';
import type { Scenario } from './scenario.ts';
import { StoreSink } from './store-sink.ts';
import type { StoredRow } from './transactional-store.ts';

export interface Count extends StoredRow {
  readonly key: string;
  readonly count: number;
  readonly split: number;
  readonly seq: number;
}

export interface Numbered extends StoredRow {
  readonly split: number;
  readonly seq: number;
}

const SIDE = new OutputTag<Numbered>('side');
const LATE = new OutputTag<NumberedRecord>('late');

/** Keys of the columnar stream, and its rows of a hundred. */
export const COLUMN_KEYS = 3;

export interface ColumnSum extends StoredRow {
  readonly key: number;
  readonly sum: number;
  readonly count: number;
}

/** Every so many records of a split, what the clock and chance say goes into the trace. */
const NOTE_EVERY = 10;

/** Every so many records of a split go to the side output, too. */
export const SIDE_EVERY = 7;

/**
 * True where the records of a split reach the counts in their order. What asynchronous calls had in
 * flight is dealt out anew when the parallelism changes.
 */
export function keepsSplitOrder({ job }: Scenario): boolean {
  if (job.mode === 'AT_LEAST_ONCE') return false;
  if (job.rebalance || job.async === 'unordered') return false;
  return job.async === 'none' || new Set(job.parallelism).size === 1;
}

/** What the compiler makes of the program. `outside` is never called. */
export function compileJob(scenario: Scenario, phase: number, outside: Outside): JobGraph {
  return evaluate(scenario, phase, outside).graph;
}

/** What a slot makes of the program. */
export function bindJob(scenario: Scenario, phase: number, outside: Outside): JobBindings {
  return evaluate(scenario, phase, outside).bindings;
}

function evaluate(scenario: Scenario, phase: number, outside: Outside) {
  const configuration = new Configuration(configurationOf(scenario, phase));
  let program: JobProgram | null = null;
  const execute = async (made: JobProgram): Promise<void> => {
    program = made;
  };
  installExecutionHost({ configuration, args: [], submittedAtMs: 0, execute });
  try {
    build(StreamExecutionEnvironment.getExecutionEnvironment(), scenario, outside);
  } finally {
    installExecutionHost(null);
  }
  invariant(program !== null, 'the program was not executed');
  return buildJobGraph(program, { configuration, args: [], submittedAtMs: 0 });
}

function configurationOf({ job }: Scenario, phase: number): Record<string, string> {
  return {
    'parallelism.default': String(job.parallelism[phase]),
    'pipeline.max-parallelism': String(job.maxParallelism),
    'pipeline.operator-chaining.enabled': String(job.chaining),
    'execution.checkpointing.mode': job.mode,
    'execution.checkpointing.interval': `${job.checkpointIntervalMs} ms`,
    'execution.checkpointing.min-pause': `${job.minPauseMs} ms`,
    'execution.checkpointing.max-concurrent-checkpoints': String(job.concurrentMax),
    'execution.checkpointing.timeout': `${job.checkpointTimeoutMs} ms`,
    'execution.checkpointing.tolerable-failed-checkpoints': String(job.tolerableFailures),
    'execution.checkpointing.num-retained': String(job.retained),
    'execution.checkpointing.externalized-checkpoint-retention': 'RETAIN_ON_CANCELLATION',
    'execution.buffer-timeout.interval': `${job.bufferTimeoutMs} ms`,
    'restart-strategy.type': 'fixed-delay',
    'restart-strategy.fixed-delay.attempts': '1000000',
    'restart-strategy.fixed-delay.delay': `${job.restartDelayMs} ms`,
    'task.cancellation.timeout': '200 ms',
  };
}

function build(env: StreamExecutionEnvironment, scenario: Scenario, outside: Outside): void {
  const { job } = scenario;
  let records = source(env, scenario);
  if (job.rebalance) {
    records = records
      .rebalance()
      .map((record) => record)
      .uid('spread');
  }
  if (job.broadcast) addBroadcast(records, outside);
  if (job.async !== 'none') {
    records = records
      .asyncMap((record) => lookUp(record, outside), {
        mode: job.async,
        capacity: job.asyncCapacity,
      })
      .uid('lookup');
  }
  if (job.sideOutput) records = withSideOutput(records, scenario, outside);
  addCounts(records, scenario, outside);
  addWindows(records, scenario, outside);
  if (job.holdMs > 0) addHeld(records, scenario, outside);
  if (job.columnRows > 0) addColumns(env, scenario, outside);
  void env.execute('simulated');
}

function source(env: StreamExecutionEnvironment, { data }: Scenario): DataStream<NumberedRecord> {
  const strategy = WatermarkStrategy.forBoundedOutOfOrderness<NumberedRecord>(data.outOfOrderMs)
    .withTimestampAssigner((record) => record.atMs)
    .withEmission({ everyRecords: data.watermarkEveryRecords });
  const streams = data.splits.map((_, at) =>
    env.fromSource(new NumberedSource(data, at), strategy, `numbers-${at}`).uid(`numbers-${at}`),
  );
  const [first, ...others] = streams;
  return others.length === 0 ? first! : first!.union(...others);
}

function sink<T extends StoredRow>(
  stream: DataStream<T>,
  name: string,
  { job }: Scenario,
  outside: Outside,
): void {
  const added = stream.sinkTo(new StoreSink<T>(name, outside)).name(name).uid(`${name}-sink`);
  if (job.ownSinkSlots) added.slotSharingGroup('sinks');
}

/** Every subtask gets every record; one of them hands it on. */
function addBroadcast(records: DataStream<NumberedRecord>, outside: Outside): void {
  const copies = records.broadcast().process(new KeepShare()).uid('broadcast');
  copies.sinkTo(new StoreSink<Numbered>('broadcast', outside)).uid('broadcast-sink');
}

function withSideOutput(
  records: DataStream<NumberedRecord>,
  scenario: Scenario,
  outside: Outside,
): DataStream<NumberedRecord> {
  const main = records
    .process<NumberedRecord>({
      processElement(record, context, out) {
        outside.mayFail('side');
        const { split, seq } = record;
        const id = `${split}/${seq}`;
        if (seq % SIDE_EVERY === 0) context.output(SIDE, { id, split, seq });
        out.collect(record);
      },
    })
    .uid('side-output');
  sink(main.getSideOutput(SIDE), 'side', scenario, outside);
  return main;
}

function addCounts(
  records: DataStream<NumberedRecord>,
  scenario: Scenario,
  outside: Outside,
): void {
  const ordered = keepsSplitOrder(scenario);
  const counts = records
    .keyBy((record) => record.key)
    .process(new CountPerKey(outside, ordered))
    .uid('counts');
  const behind = scenario.job.secondKeyBy
    ? counts
        .keyBy((count) => count.key)
        .map((count: Count) => count)
        .uid('counts-again')
    : counts;
  sink(behind, 'counts', scenario, outside);
}

function addWindows(
  records: DataStream<NumberedRecord>,
  scenario: Scenario,
  outside: Outside,
): void {
  const windows = records
    .keyBy((record) => record.key)
    .window(TumblingEventTimeWindows.of(scenario.job.windowMs))
    .sideOutputLateData(LATE)
    .aggregate(
      {
        createAccumulator: () => ({ count: 0, sum: 0 }),
        add: ({ seq }: NumberedRecord, { count, sum }) => ({ count: count + 1, sum: sum + seq }),
        getResult: (accumulator) => accumulator,
      },
      new NameWindow(),
    )
    .uid('windows');
  sink(windows, 'windows', scenario, outside);
  const late = windows
    .getSideOutput(LATE)
    .map(({ split, seq }) => ({ id: `${split}/${seq}`, split, seq }))
    .uid('late-rows');
  sink(late, 'late', scenario, outside);
}

function addHeld(records: DataStream<NumberedRecord>, scenario: Scenario, outside: Outside): void {
  const held = records
    .keyBy((record) => record.split)
    .process(new HoldBack(scenario.job.holdMs))
    .uid('held');
  sink(held, 'held', scenario, outside);
}

/** Sums over columns: of each hundred rows the first ones, keyed by their place in it. */
function addColumns(env: StreamExecutionEnvironment, scenario: Scenario, outside: Outside): void {
  const rows = scenario.job.columnRows;
  const sums = env
    .fromSequence({ rows, keys: 1, keyType: 'i64', startMs: 0, stepMs: 1 })
    .filter(binary(col('value'), '<', num(COLUMN_KEYS)))
    .select({ key: col('value'), id: col('id') })
    .keyedSum('key', 'id')
    .toDataStream()
    .map(
      ({ key, sum, count }): ColumnSum => ({
        id: `${key}#${count}`,
        key: Number(key),
        sum: Number(sum),
        count: Number(count),
      }),
    )
    .uid('column-sums');
  sink(sums, 'sums', scenario, outside);
}

/** Waits now and then, as chance says, like code that knows nothing of a simulation. */
async function lookUp(record: NumberedRecord, outside: Outside): Promise<NumberedRecord> {
  const beganMs = performance.now();
  if (Math.random() < 0.1) await new Promise((resolve) => setTimeout(resolve, Math.random() * 2));
  const found = await outside.call(() => record);
  outside.note(`a call from ${new Date().toISOString()}, ${performance.now() - beganMs} ms`);
  return found;
}

class KeepShare extends ProcessFunction<NumberedRecord, Numbered> {
  processElement(
    { split, seq }: NumberedRecord,
    _context: unknown,
    out: Collector<Numbered>,
  ): void {
    const { subtaskIndex, parallelism } = this.getRuntimeContext().taskInfo;
    if ((split + seq) % parallelism === subtaskIndex)
      out.collect({ id: `${split}/${seq}`, split, seq });
  }
}

class CountPerKey extends KeyedProcessFunction<string, NumberedRecord, Count> {
  readonly #outside: Outside;
  readonly #ordered: boolean;
  #count: ValueState<number> | null = null;
  #last: MapState<number, number> | null = null;

  constructor(outside: Outside, ordered: boolean) {
    super();
    this.#outside = outside;
    this.#ordered = ordered;
  }

  override open(): void {
    const context = this.getRuntimeContext();
    this.#count = context.getState(new ValueStateDescriptor('count', types.i32()));
    this.#last = context.getMapState(new MapStateDescriptor('last', types.i32(), types.i32()));
  }

  processElement(
    { key, split, seq }: NumberedRecord,
    _context: KeyedProcessContext<string>,
    out: Collector<Count>,
  ): void {
    this.#outside.mayFail('count');
    if (seq % NOTE_EVERY === 0) this.#outside.note(`${Date.now()} and ${Math.random()}`);
    const last = this.#last!.get(split) ?? -1;
    this.#outside.laws.require(!this.#ordered || seq > last, 'key-order', () => {
      return `record ${seq} of split ${split} came to ${key} after ${last}`;
    });
    this.#last!.put(split, seq);
    const count = (this.#count!.value() ?? 0) + 1;
    this.#count!.update(count);
    out.collect({ id: `${key}#${count}`, key, count, split, seq });
  }
}

class NameWindow extends ProcessWindowFunction<
  { readonly count: number; readonly sum: number },
  WindowRow,
  string
> {
  process(
    key: string,
    context: WindowContext,
    elements: Iterable<{ readonly count: number; readonly sum: number }>,
    out: Collector<WindowRow>,
  ): void {
    for (const { count, sum } of elements) {
      const startMs = context.window().start;
      out.collect({ id: windowId(key, startMs, count, sum), key, startMs, count });
    }
  }
}

export interface WindowRow extends StoredRow {
  readonly key: string;
  readonly startMs: number;
  readonly count: number;
}

export function windowId(key: string, startMs: number, count: number, sum: number): string {
  return `${key}@${startMs}:${count}/${sum}`;
}

/** Hands records on when a timer fires, of the wall clock or, at the end, of event time. */
class HoldBack extends KeyedProcessFunction<number, NumberedRecord, Numbered> {
  readonly #holdMs: number;
  #rows: ListState<Numbered> | null = null;

  constructor(holdMs: number) {
    super();
    this.#holdMs = holdMs;
  }

  override open(): void {
    this.#rows = this.getRuntimeContext().getListState(new ListStateDescriptor<Numbered>('rows'));
  }

  processElement({ split, seq, atMs }: NumberedRecord, context: KeyedProcessContext<number>): void {
    this.#rows!.add({ id: `${split}/${seq}`, split, seq });
    const timers = context.timerService();
    timers.registerProcessingTimeTimer(Math.ceil(timers.currentProcessingTime()) + this.#holdMs);
    timers.registerEventTimeTimer(atMs + 10 * this.#holdMs);
  }

  override onTimer(_atMs: number, _context: unknown, out: Collector<Numbered>): void {
    for (const row of this.#rows!.get() ?? []) out.collect(row);
    this.#rows!.clear();
  }
}
