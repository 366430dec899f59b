/**
 * A built-in columnar source: rows computed from their position, so that any part of the sequence
 * can be produced again. Each subtask emits every parallelism-th block of rows; its state is the
 * next block of each lane, and lanes are dealt to subtasks anew on restore.
 *
 * Columns: `id` (i64, the position), `key` (i64 or string, `id` scattered over `keys` values),
 * `value` (f64, `id` modulo 100), `time` (i64, epoch ms, also the rows' timestamps).
 */
import {
  type Column,
  type ColumnSchema,
  MAX_WATERMARK,
  type TypeInformation,
  types,
} from '@weir/core';
import type { OperatorStateReader, OperatorStateWriter } from '../../checkpoint/operator-state.ts';
import type { OutputBuffer } from '../output-buffer.ts';
import type { OperatorContext, OperatorFactory, SourceStreamOperator } from '../stream-operator.ts';

export interface SequenceOptions {
  /** How many rows there are; null = without end. */
  readonly rows: number | null;
  readonly keys: number;
  readonly keyType: 'i64' | 'string';
  /** Event time of row 0, and the step from row to row, ms. */
  readonly startMs: number;
  readonly stepMs: number;
}

const BLOCK_ROWS = 1024;
const VALUES = 100;
const BYTES = 8;
/** Blocks are dealt over this many lanes; more subtasks than lanes would stay idle. */
const LANES = 64;

export function sequenceFactory(options: SequenceOptions): OperatorFactory {
  return { create: () => new SequenceSource(options) };
}

export function sequenceSchema(options: SequenceOptions): readonly ColumnSchema[] {
  return [
    { name: 'id', type: 'i64' },
    { name: 'key', type: options.keyType },
    { name: 'value', type: 'f64' },
    { name: 'time', type: 'i64' },
  ];
}

interface Lane {
  readonly lane: number;
  /** The next block of the lane, counted within the lane. */
  block: number;
}

const laneType: TypeInformation<Lane> = types.object({ lane: types.i32(), block: types.i64() });

class SequenceSource implements SourceStreamOperator {
  readonly #options: SequenceOptions;
  readonly #schema: readonly ColumnSchema[];
  #restored: readonly Lane[] = [];
  #lanes: Lane[] = [];
  #turn = 0;
  #mode: 'emitting' | 'stopped' | 'ended' = 'emitting';
  #wakeUp: () => void = () => {};

  constructor(options: SequenceOptions) {
    this.#options = options;
    this.#schema = sequenceSchema(options);
  }

  restoreState(reader: OperatorStateReader): void {
    this.#restored = reader.readUnion('lanes', laneType);
  }

  open(context: OperatorContext): void {
    const { subtaskIndex, parallelism } = context.taskInfo;
    this.#wakeUp = () => context.wakeUp();
    const blocks = new Map(this.#restored.map(({ lane, block }) => [lane, block]));
    for (let lane = subtaskIndex; lane < LANES; lane += parallelism) {
      this.#lanes.push({ lane, block: blocks.get(lane) ?? 0 });
    }
  }

  emitNext(out: OutputBuffer): 'more' | 'nothing' | 'end' {
    if (this.#mode === 'stopped') return 'nothing';
    const open = this.#lanes.filter((lane) => this.#rowsOf(lane) > 0);
    if (open.length === 0 || this.#mode === 'ended') {
      this.#mode = 'ended';
      out.emitWatermark(MAX_WATERMARK);
      return 'end';
    }
    const lane = open[this.#turn++ % open.length]!;
    this.#emitBlock(lane, out);
    return 'more';
  }

  processBatch(): number {
    return 0;
  }

  processWatermark(): boolean {
    return true;
  }

  stop(drain: boolean): void {
    if (this.#mode === 'emitting') this.#mode = drain ? 'ended' : 'stopped';
  }

  resume(): void {
    if (this.#mode === 'stopped') this.#mode = 'emitting';
    this.#wakeUp();
  }

  snapshotState(writer: OperatorStateWriter): void {
    writer.writeList('lanes', laneType, this.#lanes);
  }

  close(): void {}

  #firstRow(lane: Lane): number {
    return (lane.block * LANES + lane.lane) * BLOCK_ROWS;
  }

  #rowsOf(lane: Lane): number {
    if (this.#options.rows === null) return BLOCK_ROWS;
    return Math.min(BLOCK_ROWS, this.#options.rows - this.#firstRow(lane));
  }

  #emitBlock(lane: Lane, out: OutputBuffer): void {
    const first = this.#firstRow(lane);
    const count = this.#rowsOf(lane);
    const { startMs, stepMs, keys } = this.#options;
    // One buffer for all columns: each of its own would cost as much as computing its rows.
    const buffer = new ArrayBuffer(4 * count * BYTES);
    const [ids, keyNumbers, values, times] = [0, 1, 2, 3].map(
      (column) => new Float64Array(buffer, column * count * BYTES, count),
    ) as [Float64Array, Float64Array, Float64Array, Float64Array];
    let value = first % VALUES;
    for (let i = 0; i < count; i++) {
      const id = first + i;
      ids[i] = id;
      keyNumbers[i] = scatter(id) % keys;
      values[i] = value;
      value = value === VALUES - 1 ? 0 : value + 1;
      times[i] = startMs + id * stepMs;
    }
    lane.block++;
    const columns: Column[] = [
      { type: 'i64', values: ids, nulls: null },
      this.#options.keyType === 'i64'
        ? { type: 'i64', values: keyNumbers, nulls: null }
        : stringKeys(keyNumbers),
      { type: 'f64', values, nulls: null },
      { type: 'i64', values: times, nulls: null },
    ];
    out.emitBatch({
      kind: 'columns',
      count,
      schema: this.#schema,
      columns,
      timestamps: times,
      selection: null,
      keyHashes: null,
    });
  }
}

/** A mix to 31 bits, so that neighbouring rows have unrelated keys; an integer to V8, too. */
function scatter(id: number): number {
  let x = Math.imul(id | 0, 0x9e3779b1);
  x ^= x >>> 15;
  x = Math.imul(x, 0x85ebca6b);
  return (x ^ (x >>> 13)) & 0x7fffffff;
}

const PREFIX = 'key-';
const DIGITS = 9;

/** `key-000000042`: of one length, written without making strings. */
function stringKeys(numbers: Float64Array): Column {
  const length = PREFIX.length + DIGITS;
  const bytes = new Uint8Array(numbers.length * length);
  const offsets = new Int32Array(numbers.length + 1);
  for (let i = 0; i < numbers.length; i++) {
    const start = i * length;
    for (let c = 0; c < PREFIX.length; c++) bytes[start + c] = PREFIX.charCodeAt(c);
    let rest = numbers[i]! | 0;
    for (let c = length - 1; c >= PREFIX.length; c--) {
      bytes[start + c] = 48 + (rest % 10);
      rest = (rest / 10) | 0;
    }
    offsets[i + 1] = start + length;
  }
  return { type: 'string', bytes, offsets, nulls: null };
}
