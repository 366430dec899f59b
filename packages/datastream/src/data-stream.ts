/**
 * The streams that a job program transforms. Names, defaults and meaning are those of Flink's
 * DataStream API. Every method adds to the program; nothing runs before `env.execute()`.
 *
 * One file, because a stream makes operators and keyed streams, which are streams themselves.
 */
import {
  type AsyncFunction,
  type AsyncOptions,
  type FilterFunction,
  type FlatMapFunction,
  type KeyedProcessFunction,
  type KeySelector,
  type MapFunction,
  type OutputTag,
  type ProcessFunction,
  type ReduceFunction,
  type Sink,
  type TypeInformation,
  toMs,
  type WatermarkStrategy,
  WeirError,
} from '@weir/core';
import type { OperatorTransformation, ShipStrategy, Transformation } from '@weir/graph';
import {
  asyncFactory,
  filterFactory,
  flatMapFactory,
  keyedProcessFactory,
  mapFactory,
  type OperatorFactory,
  processFactory,
  reduceFactory,
  sinkFactory,
  watermarkFactory,
} from '@weir/runtime';
import { PrintSink } from './connectors/print-sink.ts';
import { DataStreamSink } from './data-stream-sink.ts';
import { keyedFilter, keyedFlatMap, keyedMap } from './keyed-functions.ts';
import { checkParallelism, type Program } from './program.ts';
import type { WindowAssigner } from './window-assigners.ts';
// biome-ignore lint/suspicious/noImportCycles: streams make windows, which make streams (types only)
import { WindowedStream } from './windowed-stream.ts';

const ASYNC_CAPACITY = 100;

export interface AsyncMapOptions extends AsyncOptions {
  /** `ordered` (default): results in the order of their inputs; else as they come. */
  readonly mode?: 'ordered' | 'unordered';
}

export class DataStream<T> {
  protected readonly program: Program;
  readonly transformation: Transformation;
  /** Known where a source or `returns()` says it. */
  readonly type: TypeInformation<T> | null;

  constructor(program: Program, transformation: Transformation, type: TypeInformation<T> | null) {
    this.program = program;
    this.transformation = transformation;
    this.type = type;
  }

  /**
   * One record out for each record in.
   * @example payments.map((payment) => ({ ...payment, cents: Math.round(payment.amount * 100) }))
   */
  map<R>(fn: MapFunction<T, R>): SingleOutputStreamOperator<R> {
    return this.operator('Map', mapFactory(fn));
  }

  /**
   * Any number of records out for each record in.
   * @example
   * lines.flatMap((line: string, out: Collector<string>) => {
   *   for (const word of line.split(' ')) out.collect(word);
   * })
   */
  flatMap<R>(fn: FlatMapFunction<T, R>): SingleOutputStreamOperator<R> {
    return this.operator('Flat Map', flatMapFactory(fn));
  }

  /** @example payments.filter((payment) => payment.amount > 0) */
  filter(fn: FilterFunction<T>): SingleOutputStreamOperator<T> {
    return this.operator('Filter', filterFactory(fn), { type: this.type });
  }

  /**
   * Full access to a record's context: its timestamp and side outputs.
   * @example
   * const bad = new OutputTag<string>('bad');
   * const good = lines.process<Row>({
   *   processElement(line, context, out) {
   *     const row = parse(line);
   *     if (row === null) context.output(bad, line);
   *     else out.collect(row);
   *   },
   * });
   * good.getSideOutput(bad).print();
   */
  process<R>(fn: ProcessFunction<T, R>): SingleOutputStreamOperator<R> {
    return this.operator('Process', processFactory(fn));
  }

  /**
   * One asynchronous call per record, up to `capacity` of them in flight in each subtask. A slow
   * outside system shows as waiting for `callSite`.
   * @example
   * flights.asyncMap((flight) => lookUp(flight), {
   *   mode: 'unordered', capacity: 20, timeout: Duration.ofSeconds(30), callSite: 'airports',
   * })
   */
  asyncMap<R>(
    fn: AsyncFunction<T, R>,
    options: AsyncMapOptions = {},
  ): SingleOutputStreamOperator<R> {
    const { mode = 'ordered', capacity = ASYNC_CAPACITY, timeout, callSite } = options;
    const name = 'Async Wait Operator';
    const factory = asyncFactory<T, R>({
      fn,
      mode,
      capacity,
      timeoutMs: timeout === undefined ? null : toMs(timeout),
      callSite: callSite ?? name,
      inputType: this.type,
    });
    const site = callSite === undefined ? {} : { callSite };
    return this.operator(name, factory, { operatorType: `Async, ${mode}`, ...site });
  }

  /**
   * Records with the same key meet in the same subtask. The key is data: a string, number,
   * boolean, bigint, Date, null, or an array or plain object of these.
   * @example payments.keyBy((payment) => payment.user).reduce(add)
   */
  keyBy<K>(
    keySelector: KeySelector<T, K>,
    keyType: TypeInformation<K> | null = null,
  ): KeyedStream<T, K> {
    return new KeyedStream(this.program, this.transformation, this.type, keySelector, keyType);
  }

  /** All records of several streams of one type, in no particular order. */
  union(...others: readonly DataStream<T>[]): DataStream<T> {
    const inputs = [this, ...others].map((stream) => stream.transformation);
    const type = others.every((other) => other.type === this.type) ? this.type : null;
    return new DataStream(this.program, this.program.union(inputs), type);
  }

  /** Deals records out to all subtasks in turn. */
  rebalance(): DataStream<T> {
    return this.#partition('REBALANCE');
  }

  /** Each subtask hands its records to the one with the same number. */
  forward(): DataStream<T> {
    return this.#partition('FORWARD');
  }

  /** Every subtask gets every record. */
  broadcast(): DataStream<T> {
    return this.#partition('BROADCAST');
  }

  /**
   * Gives records their event time, and makes watermarks from here on; those that come from the
   * source are dropped.
   */
  assignTimestampsAndWatermarks(strategy: WatermarkStrategy<T>): SingleOutputStreamOperator<T> {
    return this.operator('Timestamps/Watermarks', watermarkFactory(strategy), { type: this.type });
  }

  /** Ends the stream in a sink. */
  sinkTo<C>(sink: Sink<T, C>): DataStreamSink {
    const ownName = sink.constructor === Object ? 'Writer' : sink.constructor.name;
    return new DataStreamSink(
      this.program.operator({
        role: 'sink',
        name: ownName,
        inputs: [this.transformation],
        factory: sinkFactory<T, C>({ sink }),
      }),
    );
  }

  /** Ends the stream on the TaskManager's standard output, which the console shows. */
  print(sinkIdentifier = ''): DataStreamSink {
    return this.sinkTo(new PrintSink<T>(sinkIdentifier)).name('Print to Std. Out');
  }

  protected operator<R>(
    name: string,
    factory: OperatorFactory,
    rest: {
      readonly operatorType?: string;
      readonly type?: TypeInformation<R> | null;
      readonly callSite?: string;
    } = {},
    keyed = false,
  ): SingleOutputStreamOperator<R> {
    const { operatorType = name, type = null } = rest;
    const inputs = [this.transformation];
    const site = rest.callSite === undefined ? {} : { callSite: rest.callSite };
    const made = this.program.operator({ name, operatorType, inputs, factory, keyed, ...site });
    return new SingleOutputStreamOperator<R>(this.program, made, type);
  }

  #partition(strategy: ShipStrategy): DataStream<T> {
    const partition = this.program.partition(this.transformation, strategy);
    return new DataStream(this.program, partition, this.type);
  }
}

/** A stream that an operator makes, for naming the operator and setting how it runs. */
export class SingleOutputStreamOperator<T> extends DataStream<T> {
  readonly #operator: OperatorTransformation;

  constructor(program: Program, operator: OperatorTransformation, type: TypeInformation<T> | null) {
    super(program, operator, type);
    this.#operator = operator;
  }

  /** The operator's name in the console, metrics and errors. */
  name(name: string): this {
    this.#operator.name = name;
    return this;
  }

  /** By this the operator's state is found again after the job was changed. */
  uid(uid: string): this {
    if (uid === '') throw new WeirError('ARGUMENT_INVALID', 'a uid has at least one character');
    this.#operator.uid = uid;
    return this;
  }

  setParallelism(parallelism: number): this {
    this.#operator.parallelism = checkParallelism(parallelism, 'parallelism');
    return this;
  }

  /** Number of key groups: the most that this operator can ever be scaled out to. */
  setMaxParallelism(maxParallelism: number): this {
    this.#operator.maxParallelism = checkParallelism(maxParallelism, 'max parallelism');
    return this;
  }

  /** This operator begins a new task; those behind it may still be chained to it. */
  startNewChain(): this {
    this.#operator.chaining = 'HEAD';
    return this;
  }

  /** This operator is a task of its own. */
  disableChaining(): this {
    this.#operator.chaining = 'NEVER';
    return this;
  }

  /** Operators of one group share slots; the default is the group of the input. */
  slotSharingGroup(group: string): this {
    this.#operator.slotSharingGroup = group;
    return this;
  }

  /**
   * Says what the records are. State and checkpoints then need no tags per value.
   * @example
   * .map(parse).returns(types.object({ user: types.string(), amount: types.f64() }))
   */
  returns(type: TypeInformation<T>): SingleOutputStreamOperator<T> {
    return new SingleOutputStreamOperator(this.program, this.#operator, type);
  }

  /** What the operator emits with `context.output(tag, …)`, or as late data. */
  getSideOutput<X>(tag: OutputTag<X>): DataStream<X> {
    const side = this.program.sideOutput(this.transformation, tag as OutputTag<unknown>);
    return new DataStream<X>(this.program, side, null);
  }
}

/** A stream partitioned by key. Functions that are objects have keyed state here. */
export class KeyedStream<T, K> extends DataStream<T> {
  readonly #keySelector: KeySelector<T, K>;
  readonly #keyType: TypeInformation<K> | null;

  constructor(
    program: Program,
    input: Transformation,
    type: TypeInformation<T> | null,
    keySelector: KeySelector<T, K>,
    keyType: TypeInformation<K> | null,
  ) {
    super(program, program.partition(input, 'HASH', keySelector), type);
    this.#keySelector = keySelector;
    this.#keyType = keyType;
  }

  override map<R>(fn: MapFunction<T, R>): SingleOutputStreamOperator<R> {
    if (typeof fn === 'function') return super.map(fn);
    return this.#keyedProcess('Map', keyedMap<K, T, R>(fn), null);
  }

  override flatMap<R>(fn: FlatMapFunction<T, R>): SingleOutputStreamOperator<R> {
    if (typeof fn === 'function') return super.flatMap(fn);
    return this.#keyedProcess('Flat Map', keyedFlatMap<K, T, R>(fn), null);
  }

  override filter(fn: FilterFunction<T>): SingleOutputStreamOperator<T> {
    if (typeof fn === 'function') return super.filter(fn);
    return this.#keyedProcess('Filter', keyedFilter<K, T>(fn), this.type);
  }

  /** Keyed state, timers of both kinds, side outputs. See the class `KeyedProcessFunction`. */
  override process<R>(fn: KeyedProcessFunction<K, T, R>): SingleOutputStreamOperator<R> {
    return this.#keyedProcess('KeyedProcess', fn, null);
  }

  /**
   * A rolling reduce: each record is combined with its key's last result, which is emitted.
   * @example counts.keyBy((c) => c.word).reduce((a, b) => ({ word: a.word, n: a.n + b.n }))
   */
  reduce(fn: ReduceFunction<T>): SingleOutputStreamOperator<T> {
    const factory = reduceFactory<T, K>({
      fn,
      keySelector: this.#keySelector,
      keyType: this.#keyType,
      valueType: this.type,
    });
    return this.operator(
      'Keyed Reduce',
      factory,
      { operatorType: 'Reduce', type: this.type },
      true,
    );
  }

  /** @example flights.keyBy((f) => f.origin).window(TumblingEventTimeWindows.of(3_600_000)) */
  window(assigner: WindowAssigner): WindowedStream<T, K> {
    return new WindowedStream<T, K>(
      {
        keySelector: this.#keySelector,
        keyType: this.#keyType,
        valueType: this.type,
        build: (name, operatorType, factory, type) =>
          this.operator(name, factory, { operatorType, type }, true),
      },
      assigner,
    );
  }

  #keyedProcess<R>(
    name: string,
    fn: KeyedProcessFunction<K, T, R>,
    type: TypeInformation<R> | null,
  ): SingleOutputStreamOperator<R> {
    const factory = keyedProcessFactory<K, T, R>({
      fn,
      keySelector: this.#keySelector,
      keyType: this.#keyType,
    });
    return this.operator(name, factory, { type }, true);
  }
}
