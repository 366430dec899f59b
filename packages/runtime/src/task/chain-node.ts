/** One operator within a chain: its input queue, its outputs and its counters. */
import { type EventTimeMs, invariant, MIN_TIMESTAMP, requireData } from '@weir/core';
import type { OperatorNode } from '@weir/graph';
import { OutputBuffer, type StreamElement } from '../operators/output-buffer.ts';
import type {
  ExternalWait,
  SourceStreamOperator,
  StreamOperator,
} from '../operators/stream-operator.ts';
import type { KeyedStateBackend } from '../state/keyed-state-backend.ts';
import { deepFreeze } from './deep-freeze.ts';
import { type Entry, PLAIN_ENTRY } from './entry-script.ts';
import type { KeySketch } from './key-sketch.ts';
import type { LatencyStatistics } from './latency-statistics.ts';
import { ElementQueue, OutputPort, type WriterPort } from './output-port.ts';

/** Rows of the first slice, before the operator's cost is known. */
const SLICE_ROWS_FIRST = 32;
const SLICE_ROWS_MAX = 1024;
const SLICE_MS = 2;
const COST_SHARE_NEW = 0.3;
const GROWTH_MAX = 4;

export class ChainNode {
  readonly node: OperatorNode;
  readonly operator: StreamOperator;
  readonly keyedState: KeyedStateBackend | null;
  readonly queue = new ElementQueue();
  readonly out = new OutputBuffer();
  readonly ports: OutputPort[] = [];
  readonly writers: WriterPort[] = [];
  #main = new OutputPort([], []);
  readonly #sides = new Map<string, OutputPort>();
  readonly #verify: boolean;
  /** By which the thread's position names it. */
  number = 0;
  /** Through which it is entered, for profiles to see whose work they saw. */
  entry: Entry = PLAIN_ENTRY;

  /** Next row of the batch at the queue's head. */
  from = 0;
  /** `poll` is to be called. */
  pollDue = false;
  /** It could not go on in this step. */
  waiting: ExternalWait | null = null;
  sliceRows = SLICE_ROWS_FIRST;
  /** Where latency markers are counted. */
  latency: LatencyStatistics | null = null;
  /** Looks at its keys, while somebody asks for the most frequent ones. */
  keys: KeySketch | null = null;
  #costMs = -1;

  recordsIn = 0;
  recordsOut = 0;
  runningMs = 0;
  /** For which the task waited, because this operator waited outside. */
  externalMs = 0;
  inputWatermarkMs: EventTimeMs = MIN_TIMESTAMP;
  outputWatermarkMs: EventTimeMs = MIN_TIMESTAMP;

  constructor(
    node: OperatorNode,
    operator: StreamOperator,
    keyedState: KeyedStateBackend | null,
    verify: boolean,
  ) {
    this.node = node;
    this.operator = operator;
    this.keyedState = keyedState;
    this.#verify = verify;
  }

  /** Connects an output; null is the main one. Call once per tag. */
  connect(
    tag: string | null,
    children: readonly ChainNode[],
    writers: readonly WriterPort[],
  ): void {
    const port = new OutputPort(children, writers);
    if (tag === null) this.#main = port;
    else this.#sides.set(tag, port);
    this.ports.push(port);
    this.writers.push(...writers);
  }

  get source(): SourceStreamOperator | null {
    return 'emitNext' in this.operator ? (this.operator as SourceStreamOperator) : null;
  }

  /** Something waits to be processed here. */
  get hasWork(): boolean {
    return this.pollDue || !this.queue.isEmpty;
  }

  /** False while a child has not taken what it was given. */
  get childrenIdle(): boolean {
    for (const port of this.ports) {
      for (const child of port.children) if (!child.queue.isEmpty) return false;
    }
    return true;
  }

  /** Null when all output has left, else the writer that has no room. */
  drainWriters(): WriterPort | null {
    for (const writer of this.writers) if (!writer.drain()) return writer;
    return null;
  }

  /** Watermarks, idleness, end of input, latency markers: to every output. */
  forward(element: StreamElement): void {
    if (element.kind === 'watermark') {
      invariant(element.timestampMs >= this.outputWatermarkMs, 'a watermark went back', {
        operator: this.node.name,
        from: this.outputWatermarkMs,
        to: element.timestampMs,
      });
      this.outputWatermarkMs = element.timestampMs;
    }
    for (const port of this.ports) port.offer(element);
  }

  /** Moves what the operator emitted to its outputs; true = there was something. */
  route(): boolean {
    const { out } = this;
    if (out.isEmpty) return false;
    for (const { tag, batch } of out.takeSides()) {
      this.recordsOut += batch.count;
      this.#check(batch.rows);
      this.#sides.get(tag)?.offer(batch);
    }
    for (const element of out.takeMain()) {
      if (element.kind === 'objects') {
        this.recordsOut += element.count;
        this.#check(element.rows);
        this.#main.offer(element);
      } else if (element.kind === 'columns') {
        this.recordsOut += element.selection?.length ?? element.count;
        this.#main.offer(element);
      } else {
        this.forward(element);
      }
    }
    return true;
  }

  /**
   * Instances of unregistered classes fail here at the first record of a batch, also where no
   * channel would notice; the verify switch looks at every record and freezes it.
   */
  #check(rows: readonly unknown[]): void {
    if (this.#verify) {
      for (const row of rows) requireData(row);
      deepFreeze(rows);
    } else {
      requireData(rows[0]);
    }
  }

  /** Learns what a row costs, and from that how many make a slice. */
  learn(rows: number, tookMs: number): void {
    const costMs = tookMs / rows;
    this.#costMs =
      this.#costMs < 0 ? costMs : this.#costMs + (costMs - this.#costMs) * COST_SHARE_NEW;
    const wanted = this.#costMs > 0 ? Math.floor(SLICE_MS / this.#costMs) : SLICE_ROWS_MAX;
    const most = Math.min(SLICE_ROWS_MAX, this.sliceRows * GROWTH_MAX);
    this.sliceRows = Math.max(1, Math.min(wanted, most));
  }
}
