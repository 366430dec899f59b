/**
 * Filter and projection over columnar batches, as one generated script per operator: the filter
 * makes a selection vector, the projection computes new columns for the selected rows and passes
 * columns that it only selects on without a copy.
 */
import { Script } from 'node:vm';
import type { Batch, Column, ColumnarBatch, ColumnSchema } from '@weir/core';
import type { OutputBuffer } from '../output-buffer.ts';
import type { OperatorContext, OperatorFactory, StreamOperator } from '../stream-operator.ts';
import {
  type ColumnExpression,
  columnIndex,
  columnsOf,
  nullsOf,
  typeOf,
  valueCode,
} from './column-expression.ts';
import { columnarRows, rowsBetween } from './columnar-rows.ts';

export interface Projection {
  readonly name: string;
  readonly expression: ColumnExpression;
}

export interface CalcOptions {
  readonly schema: readonly ColumnSchema[];
  /** Null keeps every row. */
  readonly filter: ColumnExpression | null;
  /** Null keeps the columns as they are. */
  readonly projections: readonly Projection[] | null;
}

export function calcFactory(options: CalcOptions): OperatorFactory {
  return { create: () => new CalcOperator(options) };
}

/** The columns that a calc puts out. */
export function calcSchema(options: CalcOptions): readonly ColumnSchema[] {
  const { schema, projections } = options;
  if (projections === null) return schema;
  return projections.map(({ name, expression }) => ({ name, type: typeOf(expression, schema) }));
}

type Select = (columns: unknown[], rows: Int32Array | null, n: number, out: Int32Array) => number;
type Compute = (columns: unknown[], rows: Int32Array | null, n: number, out: unknown) => void;

interface Computed {
  readonly type: 'f64' | 'bool';
  readonly reads: readonly number[];
  readonly compute: Compute;
}

class CalcOperator implements StreamOperator {
  readonly #options: CalcOptions;
  readonly #schema: readonly ColumnSchema[];
  readonly #filterReads: readonly number[];
  #name = '';
  #select: Select | null = null;
  /** A number passes that column on; otherwise the column is computed. */
  #outputs: readonly (number | Computed)[] | null = null;

  constructor(options: CalcOptions) {
    this.#options = options;
    this.#schema = calcSchema(options);
    this.#filterReads = options.filter === null ? [] : columnsOf(options.filter, options.schema);
  }

  open(context: OperatorContext): void {
    const { filter, projections, schema } = this.#options;
    const { vertexId, operatorId, taskInfo } = context;
    this.#name = taskInfo.operatorName;
    const filename = `${vertexId}/${operatorId}#${taskInfo.subtaskIndex}`;
    if (filter !== null) this.#select = compile(selectSource(filter, schema), filename) as Select;
    if (projections === null) return;
    this.#outputs = projections.map(({ expression }) => {
      if (expression.kind === 'column') return columnIndex(schema, expression.name);
      const compute = compile(computeSource(expression, schema), filename) as Compute;
      const type = typeOf(expression, schema) === 'bool' ? 'bool' : 'f64';
      return { type, reads: columnsOf(expression, schema), compute };
    });
  }

  processBatch(batch: Batch, from: number, to: number, out: OutputBuffer): number {
    const input = columnarRows(batch, this.#name);
    if (to <= from) return from;
    const values = input.columns.map((c) => (c.type === 'string' ? null : c.values));
    const selection = this.#selectRows(input, values, from, to);
    if (selection !== null && selection.length === 0) return to;
    out.emitBatch(this.#project(input, values, selection));
    return to;
  }

  processWatermark(): boolean {
    return true;
  }

  close(): void {}

  /** Null = every row of the batch. */
  #selectRows(
    input: ColumnarBatch,
    values: unknown[],
    from: number,
    to: number,
  ): Int32Array | null {
    const part = rowsBetween(input, from, to);
    if (this.#select === null) return part;
    const rows = new Int32Array(to - from);
    const n = this.#select(values, part, to - from, rows);
    const nulls = nullsOf(input.columns, this.#filterReads, input.count);
    const selected = rows.subarray(0, n);
    return nulls === null ? selected : selected.filter((row) => nulls[row] === 0);
  }

  #project(input: ColumnarBatch, values: unknown[], rows: Int32Array | null): ColumnarBatch {
    if (this.#outputs === null) return { ...input, selection: rows };
    const n = rows === null ? input.count : rows.length;
    const columns = this.#outputs.map((output): Column => {
      if (typeof output === 'number') return input.columns[output]!;
      const target =
        output.type === 'bool' ? new Uint8Array(input.count) : new Float64Array(input.count);
      output.compute(values, rows, n, target);
      const nulls = nullsOf(input.columns, output.reads, input.count);
      return { type: output.type, values: target, nulls } as Column;
    });
    return { ...input, schema: this.#schema, columns, selection: rows };
  }
}

function loopSource(
  schema: readonly ColumnSchema[],
  reads: readonly number[],
  body: string,
): string {
  const columns = reads.map((index) => `const v${index} = columns[${index}];`).join(' ');
  return `"use strict"; (function calc(columns, rows, n, out) {
  ${columns} let k = 0;
  if (rows === null) { for (let i = 0; i < n; i++) { ${body} } }
  else { for (let j = 0; j < n; j++) { const i = rows[j]; ${body} } }
  return k;
}) /* ${schema.length} columns */`;
}

function selectSource(filter: ColumnExpression, schema: readonly ColumnSchema[]): string {
  const body = `if (${valueCode(filter, schema)}) out[k++] = i;`;
  return loopSource(schema, columnsOf(filter, schema), body);
}

function computeSource(expression: ColumnExpression, schema: readonly ColumnSchema[]): string {
  const body = `out[i] = ${valueCode(expression, schema)};`;
  return loopSource(schema, columnsOf(expression, schema), body);
}

function compile(source: string, filename: string): unknown {
  return new Script(source, { filename }).runInThisContext();
}
