/**
 * Streams of columns: what SQL plans run on, reachable from a job program for sums over generated
 * columns and for measuring the columnar path. A batch stays columnar until `toDataStream()`.
 */
import type { ColumnSchema, Sink } from '@weir/core';
import type { OperatorTransformation, Transformation } from '@weir/graph';
import {
  type ColumnExpression,
  calcFactory,
  calcSchema,
  columnKeyedFactory,
  columnsToObjectsFactory,
  keyedSumFactory,
  keyedSumSchema,
  type OperatorFactory,
  sinkFactory,
} from '@weir/runtime';
import { BlackholeSink } from './connectors/blackhole-sink.ts';
import { SingleOutputStreamOperator } from './data-stream.ts';
import { DataStreamSink } from './data-stream-sink.ts';
import type { Program } from './program.ts';

export class ColumnStream {
  readonly schema: readonly ColumnSchema[];
  readonly #program: Program;
  readonly #transformation: Transformation;

  constructor(program: Program, transformation: Transformation, schema: readonly ColumnSchema[]) {
    this.#program = program;
    this.#transformation = transformation;
    this.schema = schema;
  }

  /** @example columns.filter(binary(col('value'), '>', num(50))) */
  filter(expression: ColumnExpression): ColumnStream {
    const options = { schema: this.schema, filter: expression, projections: null };
    return this.#then('Filter', calcFactory(options), this.schema);
  }

  /** @example columns.select({ key: col('key'), cents: binary(col('value'), '*', num(100)) }) */
  select(columns: Readonly<Record<string, ColumnExpression>>): ColumnStream {
    const projections = Object.entries(columns).map(([name, expression]) => ({ name, expression }));
    const options = { schema: this.schema, filter: null, projections };
    return this.#then('Select', calcFactory(options), calcSchema(options));
  }

  /** Sum and count of `value` per `key`, put out anew for each row. */
  keyedSum(key: string, value: string): ColumnStream {
    const hashed = this.#operator('Key', columnKeyedFactory(this.schema, key));
    const select = (row: Readonly<Record<string, unknown>>): unknown => row[key];
    const spread = this.#program.partition(hashed, 'HASH', select);
    const options = { schema: this.schema, key, value };
    const sum = this.#program.operator({
      name: 'Keyed Sum',
      inputs: [spread],
      factory: keyedSumFactory(options),
      keyed: true,
    });
    return new ColumnStream(this.#program, sum, keyedSumSchema(options));
  }

  /** Each row as an object. */
  toDataStream(): SingleOutputStreamOperator<Record<string, string | number | boolean | null>> {
    const operator = this.#operator('To Objects', columnsToObjectsFactory());
    return new SingleOutputStreamOperator(this.#program, operator, null);
  }

  /** Ends the stream without making objects of its rows. */
  blackhole(): DataStreamSink {
    return this.sinkTo(new BlackholeSink()).name('Blackhole');
  }

  /** Ends the stream in a sink that takes columns: one whose writer has `writeColumns`. */
  sinkTo<C>(sink: Sink<unknown, C>): DataStreamSink {
    const name = sink.constructor === Object ? 'Writer' : sink.constructor.name;
    const inputs = [this.#transformation];
    const factory = sinkFactory<unknown, C>({ sink });
    return new DataStreamSink(this.#program.operator({ role: 'sink', name, inputs, factory }));
  }

  #then(name: string, factory: OperatorFactory, schema: readonly ColumnSchema[]): ColumnStream {
    return new ColumnStream(this.#program, this.#operator(name, factory), schema);
  }

  #operator(name: string, factory: OperatorFactory): OperatorTransformation {
    return this.#program.operator({ name, inputs: [this.#transformation], factory });
  }
}
