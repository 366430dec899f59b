/** map, flatMap and filter functions that are objects, run where keyed state is. */
import type {
  Collector,
  KeyedProcessContext,
  KeyedProcessFunction,
  RichFunction,
  RuntimeContext,
} from '@weir/core';

class KeyedFunction<K, T, R> implements KeyedProcessFunction<K, T, R> {
  readonly #life: RichFunction;
  readonly #call: (value: T, out: Collector<R>) => void;

  constructor(life: RichFunction, call: (value: T, out: Collector<R>) => void) {
    this.#life = life;
    this.#call = call;
  }

  open(context: RuntimeContext): void | Promise<void> {
    return this.#life.open?.(context);
  }

  processElement(value: T, _context: KeyedProcessContext<K>, out: Collector<R>): void {
    this.#call(value, out);
  }

  close(): void | Promise<void> {
    return this.#life.close?.();
  }
}

export function keyedMap<K, T, R>(
  fn: RichFunction & { map(value: T): R },
): KeyedProcessFunction<K, T, R> {
  return new KeyedFunction(fn, (value, out) => out.collect(fn.map(value)));
}

export function keyedFlatMap<K, T, R>(
  fn: RichFunction & { flatMap(value: T, out: Collector<R>): void },
): KeyedProcessFunction<K, T, R> {
  return new KeyedFunction(fn, (value, out) => fn.flatMap(value, out));
}

export function keyedFilter<K, T>(
  fn: RichFunction & { filter(value: T): boolean },
): KeyedProcessFunction<K, T, T> {
  return new KeyedFunction(fn, (value, out) => {
    if (fn.filter(value)) out.collect(value);
  });
}
