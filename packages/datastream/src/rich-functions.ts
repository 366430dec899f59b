/**
 * Flink's abstract classes, for functions that have state, metrics or a life cycle. Extending one
 * is a choice: an object with the same methods does as well, and so does a plain function where
 * nothing is opened.
 */
import {
  type Collector,
  type KeyedProcessContext,
  type OnTimerContext,
  type ProcessContext,
  type RuntimeContext,
  WeirError,
  type WindowContext,
} from '@weir/core';

/** Remembers the runtime context, whether or not a subclass's `open` calls this one. */
export abstract class AbstractRichFunction {
  #context: RuntimeContext | null = null;

  constructor() {
    const open = this.open;
    Object.defineProperty(this, 'open', {
      value: (context: RuntimeContext): void | Promise<void> => {
        this.#context = context;
        return open.call(this, context);
      },
    });
  }

  /** Called once before the first record; state is asked for here. */
  open(_context: RuntimeContext): void | Promise<void> {}

  /** Called once at the end, after failures, too. */
  close(): void | Promise<void> {}

  /** @throws WeirError ARGUMENT_INVALID before the function was opened. */
  getRuntimeContext(): RuntimeContext {
    if (this.#context !== null) return this.#context;
    throw new WeirError(
      'ARGUMENT_INVALID',
      'the runtime context is there from open() on; move this call out of the constructor',
    );
  }
}

/**
 * @example
 * class Rate extends RichMapFunction<Payment, Payment> {
 *   open() { this.seen = this.getRuntimeContext().metricGroup.counter('seen'); }
 *   map(payment: Payment) { this.seen.inc(); return payment; }
 * }
 */
export abstract class RichMapFunction<T, R> extends AbstractRichFunction {
  abstract map(value: T): R;
}

/**
 * On a keyed stream it has keyed state.
 * @example
 * class FraudDetector extends RichFlatMapFunction<Transaction, Alert> {
 *   open() {
 *     const total = new ValueStateDescriptor('running-total', types.f64(), 0);
 *     this.total = this.getRuntimeContext().getState(total);
 *   }
 *   flatMap(transaction: Transaction, out: Collector<Alert>) {
 *     const total = (this.total.value() ?? 0) + transaction.amount;
 *     this.total.update(total);
 *     if (total > 10_000) out.collect({ user: transaction.user, total });
 *   }
 * }
 * transactions.keyBy((t) => t.user).flatMap(new FraudDetector());
 */
export abstract class RichFlatMapFunction<T, R> extends AbstractRichFunction {
  abstract flatMap(value: T, out: Collector<R>): void;
}

export abstract class RichFilterFunction<T> extends AbstractRichFunction {
  abstract filter(value: T): boolean;
}

/**
 * @example
 * class Lookup extends RichAsyncFunction<Flight, Enriched> {
 *   async open() { this.client = await connect(); }
 *   async asyncInvoke(flight: Flight) {
 *     return { ...flight, airport: await this.client.airport(flight.origin) };
 *   }
 *   close() { return this.client.end(); }
 * }
 */
export abstract class RichAsyncFunction<T, R> extends AbstractRichFunction {
  abstract asyncInvoke(value: T): Promise<R>;
}

/** Without a key: side outputs, no timers, no keyed state. */
export abstract class ProcessFunction<T, R> extends AbstractRichFunction {
  abstract processElement(value: T, context: ProcessContext, out: Collector<R>): void;
}

/**
 * Keyed state, timers of both kinds, side outputs.
 * @example
 * class Silence extends KeyedProcessFunction<string, Beat, string> {
 *   processElement(beat: Beat, context: KeyedProcessContext<string>) {
 *     context.timerService().registerEventTimeTimer(beat.atMs + 60_000);
 *   }
 *   override onTimer(_atMs: number, context: OnTimerContext<string>, out: Collector<string>) {
 *     out.collect(`${context.getCurrentKey()} is silent`);
 *   }
 * }
 */
export abstract class KeyedProcessFunction<K, T, R> extends AbstractRichFunction {
  abstract processElement(value: T, context: KeyedProcessContext<K>, out: Collector<R>): void;

  onTimer(_timestampMs: number, _context: OnTimerContext<K>, _out: Collector<R>): void {}
}

/**
 * Called when a window fires, with what it collected, reduced or aggregated.
 * @example
 * class AddWindow extends ProcessWindowFunction<number, Total, string> {
 *   process(user: string, context: WindowContext, sums: Iterable<number>, out: Collector<Total>) {
 *     for (const sum of sums) out.collect({ user, sum, startMs: context.window().start });
 *   }
 * }
 */
export abstract class ProcessWindowFunction<T, R, K> extends AbstractRichFunction {
  abstract process(key: K, context: WindowContext, elements: Iterable<T>, out: Collector<R>): void;
}
