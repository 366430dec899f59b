/**
 * Keyed sums over columnar batches: per key the sum of one column and the count of its rows, in
 * paged state. Emits, for each row, the key with its sum and count so far.
 */
import {
  type Batch,
  type Column,
  type ColumnSchema,
  invariant,
  keyGroupRangeOf,
  WeirError,
} from '@weir/core';
import type { KeyedSnapshot, KeyedStateSource } from '../../checkpoint/operator-state.ts';
import { type KeyColumn, PagedTable } from '../../state/pages/paged-table.ts';
import type { OperatorMetricName } from '../../task/task-metrics.ts';
import type { OutputBuffer } from '../output-buffer.ts';
import type { OperatorContext, OperatorFactory, StreamOperator } from '../stream-operator.ts';
import { columnIndex } from './column-expression.ts';
import { hashColumn, keyColumn, valueAt } from './column-keys.ts';
import { columnarRows, rowsBetween } from './columnar-rows.ts';

export interface KeyedSumOptions {
  readonly schema: readonly ColumnSchema[];
  readonly key: string;
  readonly value: string;
}

export function keyedSumFactory(options: KeyedSumOptions): OperatorFactory {
  return { create: () => new KeyedSumOperator(options) };
}

export function keyedSumSchema(options: KeyedSumOptions): readonly ColumnSchema[] {
  const key = options.schema[columnIndex(options.schema, options.key)]!;
  return [key, { name: 'sum', type: 'f64' }, { name: 'count', type: 'i64' }];
}

const VALUE_DOUBLES = 2;

class KeyedSumOperator implements StreamOperator {
  readonly #schema: readonly ColumnSchema[];
  readonly #key: number;
  readonly #value: number;
  readonly #keyType: 'number' | 'string';
  #name = '';
  #table: PagedTable | null = null;
  #addresses = new Int32Array(1024);

  constructor(options: KeyedSumOptions) {
    this.#schema = keyedSumSchema(options);
    this.#key = columnIndex(options.schema, options.key);
    this.#value = columnIndex(options.schema, options.value);
    this.#keyType = this.#schema[0]!.type === 'string' ? 'string' : 'number';
    if (options.schema[this.#value]!.type === 'string') {
      throw new WeirError('ARGUMENT_INVALID', `column "${options.value}" can't be summed: strings`);
    }
  }

  open(context: OperatorContext): void {
    const { subtaskIndex, parallelism, maxParallelism, operatorName } = context.taskInfo;
    this.#name = operatorName;
    this.#table = new PagedTable({
      keyGroupRange: keyGroupRangeOf(subtaskIndex, parallelism, maxParallelism),
      maxParallelism,
      keyType: this.#keyType,
      valueDoubles: VALUE_DOUBLES,
    });
  }

  restoreKeyedState(source: KeyedStateSource): Promise<void> {
    return this.#table!.restore(source);
  }

  snapshotKeyedState(): KeyedSnapshot {
    return this.#table!.snapshot();
  }

  processBatch(batch: Batch, from: number, to: number, out: OutputBuffer): number {
    const input = columnarRows(batch, this.#name);
    const count = to - from;
    if (count <= 0) return from;
    const hashes = input.keyHashes ?? hashColumn(input, this.#key);
    const rows = rowsBetween(input, from, to);
    if (this.#addresses.length < count) this.#addresses = new Int32Array(count);
    const key = input.columns[this.#key]!;
    this.#table!.locate(keyColumn(key), rows, count, hashes, this.#addresses);
    const [sums, counts] = this.#add(input.columns[this.#value]!, rows, count);
    const columns: Column[] = [
      gather(key, rows, count),
      { type: 'f64', values: sums, nulls: null },
      { type: 'i64', values: counts, nulls: null },
    ];
    const timestamps = gatherTimes(input.timestamps, rows, count);
    const schema = this.#schema;
    out.emitBatch({
      kind: 'columns',
      count,
      schema,
      columns,
      timestamps,
      selection: null,
      keyHashes: null,
    });
    return to;
  }

  keyAt(batch: Batch, row: number): unknown {
    const { columns, selection } = columnarRows(batch, this.#name);
    return valueAt(columns[this.#key]!, selection === null ? row : selection[row]!);
  }

  processWatermark(): boolean {
    return true;
  }

  gauges(): Readonly<Partial<Record<OperatorMetricName, number>>> {
    const { entries, bytes } = this.#table!.stats();
    return { stateEntries: entries, stateBytes: bytes };
  }

  close(): void {}

  #add(value: Column, rows: Int32Array | null, count: number): [Float64Array, Float64Array] {
    const sums = new Float64Array(count);
    const counts = new Float64Array(count);
    const { values, nulls } = numeric(value);
    const doubles = this.#table!.doubles;
    const offset = this.#table!.valueOffset;
    const addresses = this.#addresses;
    for (let i = 0; i < count; i++) {
      const row = rows === null ? i : rows[i]!;
      const at = addresses[i]! + offset;
      if (nulls === null || nulls[row] === 0) {
        doubles[at]! += values[row]!;
        doubles[at + 1]! += 1;
      }
      sums[i] = doubles[at]!;
      counts[i] = doubles[at + 1]!;
    }
    return [sums, counts];
  }
}

type Numbers = Float64Array | Int32Array | Uint8Array;

function numeric(column: Column): { values: Numbers; nulls: Uint8Array | null } {
  invariant(column.type !== 'string', 'checked at construction');
  return { values: column.values, nulls: column.nulls };
}

function gatherTimes(
  times: Float64Array | null,
  rows: Int32Array | null,
  count: number,
): Float64Array | null {
  if (times === null || rows === null) return times;
  const gathered = new Float64Array(count);
  for (let i = 0; i < count; i++) gathered[i] = times[rows[i]!]!;
  return gathered;
}

/** The column's selected rows, densely; the column itself when all are selected. */
function gather(column: Column, rows: Int32Array | null, count: number): Column {
  if (rows === null) return column;
  if (column.type === 'string') return gatherStrings(keyColumn(column), rows, count);
  const make = column.values.constructor as new (length: number) => Numbers;
  const values = new make(count);
  for (let i = 0; i < count; i++) values[i] = column.values[rows[i]!]!;
  return { type: column.type, values, nulls: null } as Column;
}

function gatherStrings(keys: KeyColumn, rows: Int32Array, count: number): Column {
  const from = keys.offsets!;
  const offsets = new Int32Array(count + 1);
  for (let i = 0; i < count; i++) {
    const row = rows[i]!;
    offsets[i + 1] = offsets[i]! + from[row + 1]! - from[row]!;
  }
  const bytes = new Uint8Array(offsets[count]!);
  for (let i = 0; i < count; i++) {
    const row = rows[i]!;
    bytes.set(keys.bytes!.subarray(from[row]!, from[row + 1]!), offsets[i]!);
  }
  return { type: 'string', bytes, offsets, nulls: null };
}
