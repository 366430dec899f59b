/** A keyed stream cut into windows, until a function says what becomes of each. */
import {
  type AggregateFunction,
  type DurationLike,
  type KeySelector,
  type OutputTag,
  type ProcessWindowFunction,
  type ReduceFunction,
  type TypeInformation,
  toMs,
  WeirError,
} from '@weir/core';
import { type OperatorFactory, type WindowFunction, windowFactory } from '@weir/runtime';
// biome-ignore lint/suspicious/noImportCycles: streams make windows, which make streams (types only)
import type { SingleOutputStreamOperator } from './data-stream.ts';
import { assignerName, describeAssigner, type WindowAssigner } from './window-assigners.ts';

/** What a keyed stream hands over; `build` adds the finished operator to the job. */
export interface WindowedInput<T, K> {
  readonly keySelector: KeySelector<T, K>;
  readonly keyType: TypeInformation<K> | null;
  readonly valueType: TypeInformation<T> | null;
  build<R>(
    name: string,
    operatorType: string,
    factory: OperatorFactory,
    type: TypeInformation<R> | null,
  ): SingleOutputStreamOperator<R>;
}

export class WindowedStream<T, K> {
  readonly #input: WindowedInput<T, K>;
  readonly #assigner: WindowAssigner;
  #allowedLatenessMs = 0;
  #lateTag: OutputTag<T> | null = null;

  constructor(input: WindowedInput<T, K>, assigner: WindowAssigner) {
    this.#input = input;
    this.#assigner = assigner;
  }

  /** A window is kept so much longer, and fires again for each record that comes meanwhile. */
  allowedLateness(lateness: DurationLike): this {
    const ms = toMs(lateness);
    if (!(ms >= 0)) {
      throw new WeirError('ARGUMENT_INVALID', `allowed lateness is 0 ms or more, not ${ms}`);
    }
    this.#allowedLatenessMs = ms;
    return this;
  }

  /**
   * Records that are too late go to this side output; without it they are dropped and counted.
   * @example
   * const late = new OutputTag<Flight>('late');
   * const perHour = flights.keyBy((f) => f.origin)
   *   .window(TumblingEventTimeWindows.of(Duration.ofHours(1)))
   *   .sideOutputLateData(late)
   *   .aggregate(delays);
   * perHour.getSideOutput(late).sinkTo(lateFlights);
   */
  sideOutputLateData(tag: OutputTag<T>): this {
    this.#lateTag = tag;
    return this;
  }

  /** One record per window: all of its records reduced, then perhaps processed. */
  reduce(reduce: ReduceFunction<T>): SingleOutputStreamOperator<T>;
  reduce<R>(
    reduce: ReduceFunction<T>,
    process: ProcessWindowFunction<T, R, K>,
  ): SingleOutputStreamOperator<R>;
  reduce<R>(
    reduce: ReduceFunction<T>,
    process: ProcessWindowFunction<T, R, K> | null = null,
  ): SingleOutputStreamOperator<R> {
    const accumulatorType = this.#input.valueType;
    // Without a process function the records themselves come out.
    const type = process === null ? (accumulatorType as TypeInformation<R> | null) : null;
    return this.#apply<T, T, R>({ kind: 'reduce', reduce, accumulatorType, process }, type);
  }

  /**
   * Keeps one accumulator per window instead of its records.
   * @example
   * .aggregate({
   *   createAccumulator: () => ({ count: 0, sum: 0 }),
   *   add: (flight, a) => ({ count: a.count + 1, sum: a.sum + flight.delay }),
   *   getResult: (a) => a.sum / a.count,
   * })
   */
  aggregate<A, R>(
    aggregate: AggregateFunction<T, A, R>,
    process?: null,
    accumulatorType?: TypeInformation<A> | null,
  ): SingleOutputStreamOperator<R>;
  aggregate<A, V, R>(
    aggregate: AggregateFunction<T, A, V>,
    process: ProcessWindowFunction<V, R, K>,
    accumulatorType?: TypeInformation<A> | null,
  ): SingleOutputStreamOperator<R>;
  aggregate<A, V, R>(
    aggregate: AggregateFunction<T, A, V>,
    process: ProcessWindowFunction<V, R, K> | null = null,
    accumulatorType: TypeInformation<A> | null = null,
  ): SingleOutputStreamOperator<R> {
    return this.#apply<A, V, R>({ kind: 'aggregate', aggregate, accumulatorType, process }, null);
  }

  /** Keeps all records of a window until it fires. */
  process<R>(process: ProcessWindowFunction<T, R, K>): SingleOutputStreamOperator<R> {
    const accumulatorType = this.#input.valueType;
    return this.#apply<T, T, R>({ kind: 'process', process, accumulatorType }, null);
  }

  #apply<A, V, R>(
    fn: WindowFunction<T, K, A, V, R>,
    type: TypeInformation<R> | null,
  ): SingleOutputStreamOperator<R> {
    const { keySelector, keyType } = this.#input;
    const factory = windowFactory<T, K, A, V, R>({
      assigner: this.#assigner,
      keySelector,
      keyType,
      allowedLatenessMs: this.#allowedLatenessMs,
      lateTag: this.#lateTag,
      function: fn,
    });
    const name = assignerName(this.#assigner);
    return this.#input.build(name, describeAssigner(this.#assigner), factory, type);
  }
}
