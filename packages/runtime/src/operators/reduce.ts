import {
  type Batch,
  type KeySelector,
  type ReduceFunction,
  type TypeInformation,
  ValueStateDescriptor,
} from '@weir/core';
import type { KeyedStateBackend } from '../state/keyed-state-backend.ts';
import {
  callOf,
  compileLoop,
  eachRow,
  ENTER_KEY,
  reduceInto,
  type RowLoop,
} from './generated-loop.ts';
import { keyedStateOf } from './keyed-state-of.ts';
import { objectRows } from './object-rows.ts';
import type { OutputBuffer } from './output-buffer.ts';
import { closeFunction, openFunction } from './rich-function.ts';
import type { OperatorContext, OperatorFactory, StreamOperator } from './stream-operator.ts';

export interface ReduceOptions<T, K> {
  readonly fn: ReduceFunction<T>;
  readonly keySelector: KeySelector<T, K>;
  /** Null = self-describing. */
  readonly keyType: TypeInformation<K> | null;
  /** Null = self-describing. */
  readonly valueType: TypeInformation<T> | null;
}

/** A rolling reduce: each record is combined with its key's last result, which is emitted. */
export function reduceFactory<T, K>(options: ReduceOptions<T, K>): OperatorFactory {
  return {
    keyType: options.keyType as TypeInformation<unknown> | null,
    create: () => new ReduceOperator(options as unknown as ReduceOptions<unknown, unknown>),
  };
}

const loopText = (call: string): string =>
  eachRow(
    'reduce',
    `${ENTER_KEY}${reduceInto(call)}
    out.emit(after, timestampMs);`,
  );

class ReduceOperator implements StreamOperator {
  readonly #options: ReduceOptions<unknown, unknown>;
  #keyed: KeyedStateBackend | null = null;
  #name = '';
  #loop: RowLoop | null = null;

  constructor(options: ReduceOptions<unknown, unknown>) {
    this.#options = options;
  }

  open(context: OperatorContext): void | Promise<void> {
    const { fn, keySelector, valueType } = this.#options;
    this.#name = context.taskInfo.operatorName;
    this.#keyed = keyedStateOf(context);
    const state = this.#keyed.getState(new ValueStateDescriptor('reduced', valueType));
    const parts = { fn, select: keySelector, keyed: this.#keyed, state };
    this.#loop = compileLoop('reduce', loopText(callOf(fn, 'reduce')), parts, context);
    return openFunction(fn, context.runtimeContext);
  }

  processBatch(batch: Batch, from: number, to: number, out: OutputBuffer): number {
    const input = objectRows(batch, this.#name);
    try {
      return this.#loop!(input, from, to, out);
    } finally {
      this.#keyed!.clearCurrentKey();
    }
  }

  keyAt(batch: Batch, row: number): unknown {
    return this.#options.keySelector(objectRows(batch, this.#name).rows[row]);
  }

  processWatermark(): boolean {
    return true;
  }

  close(): void | Promise<void> {
    return closeFunction(this.#options.fn);
  }
}
