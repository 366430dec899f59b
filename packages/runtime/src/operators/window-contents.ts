/**
 * What a window keeps until it fires: one reduced record, one accumulator, or all records.
 * Used by the window operator with the backend's key and namespace set to the window.
 */
import {
  type AggregateFunction,
  ListStateDescriptor,
  type ReduceFunction,
  ValueStateDescriptor,
} from '@weir/core';
import type { KeyedStateBackend } from '../state/keyed-state-backend.ts';
import { callOf, type LoopParts, reduceInto } from './generated-loop.ts';
import type { WindowFunction } from './window-options.ts';

const STATE_NAME = 'window-contents';

export interface WindowContents {
  /**
   * Adds `row`, within the window operator's generated loop; sets `first`: false where the window
   * certainly held something before, so that its timers are set.
   */
  readonly addText: string;
  /** What `addText` works on. */
  readonly addParts: LoopParts;
  /** What the window function is given; null where the window holds nothing. */
  get(): readonly unknown[] | null;
  clear(): void;
}

export type AnyWindowFunction = WindowFunction<unknown, unknown, unknown, unknown, unknown>;

export function openWindowContents(
  keyed: KeyedStateBackend,
  fn: AnyWindowFunction,
): WindowContents {
  switch (fn.kind) {
    case 'reduce':
      return reduced(keyed, fn.reduce, fn.accumulatorType);
    case 'aggregate':
      return aggregated(keyed, fn.aggregate, fn.accumulatorType);
    case 'process':
      return collected(keyed, fn.accumulatorType);
  }
}

function reduced(
  keyed: KeyedStateBackend,
  fn: ReduceFunction<unknown>,
  type: AnyWindowFunction['accumulatorType'],
): WindowContents {
  const state = keyed.getState(new ValueStateDescriptor<unknown>(STATE_NAME, type));
  return {
    addText: `${reduceInto(callOf(fn, 'reduce'))}
    const first = before === null;`,
    addParts: { state, fn },
    get() {
      const value = state.value();
      return value === null ? null : [value];
    },
    clear: () => state.clear(),
  };
}

function aggregated(
  keyed: KeyedStateBackend,
  fn: AggregateFunction<unknown, unknown, unknown>,
  type: AnyWindowFunction['accumulatorType'],
): WindowContents {
  const state = keyed.getState(new ValueStateDescriptor<unknown>(STATE_NAME, type));
  return {
    addText: `
    const before = state.value();
    state.update(fn.add(row, before ?? fn.createAccumulator()));
    const first = before === null;`,
    addParts: { state, fn },
    get() {
      const accumulator = state.value();
      return accumulator === null ? null : [fn.getResult(accumulator)];
    },
    clear: () => state.clear(),
  };
}

function collected(
  keyed: KeyedStateBackend,
  type: AnyWindowFunction['accumulatorType'],
): WindowContents {
  const state = keyed.getListState(new ListStateDescriptor<unknown>(STATE_NAME, type));
  return {
    addText: `
    state.add(row);
    const first = true;`,
    addParts: { state },
    get() {
      const records = state.get();
      return records.length === 0 ? null : records;
    },
    clear: () => state.clear(),
  };
}
