/**
 * Drives the operators of one task. A chain is a tree; elements wait in small queues between its
 * operators, and operators never call each other.
 *
 * Called by the task only. `run` works until nothing waits any more, the deadline has passed, or
 * nothing can go on.
 *
 * Invariants
 * - the most downstream operator that has input goes first, so queues hold one call's output;
 * - an operator is entered only when its children have taken, and its writers have sent, what it
 *   emitted before;
 * - a slice of a batch takes about 2 ms at most, by what rows cost before; the clock is read once
 *   per slice, here and nowhere else;
 * - control elements pass operator by operator, each at its place among the rows;
 * - a source emits no more at once than lately left within half a second: what it emitted has to
 *   leave before a barrier can.
 */
import { BATCH_ROWS_MAX, type Batch, type ClockPort, invariant, rowCount } from '@weir/core';
import { InFlightBudget } from '../channels/in-flight-budget.ts';
import type { StreamElement } from '../operators/output-buffer.ts';
import type { ExternalWait, SourceStreamOperator } from '../operators/stream-operator.ts';
import type { ChainNode } from './chain-node.ts';
import { drive } from './drive.ts';
import { enterBy } from './entry-script.ts';
import { OperatorPosition } from './operator-position.ts';
import type { WriterPort } from './output-port.ts';
import { operatorError } from './user-error.ts';

/** `idle`: nothing waits in the chain, and all output has left. */
export type ChainAnswer = 'idle' | 'progressed' | 'blocked' | 'external';

type SourceStatus = ReturnType<SourceStreamOperator['emitNext']>;

export class OperatorChain {
  /** In topological order. */
  readonly nodes: readonly ChainNode[];
  readonly #clock: ClockPort;
  readonly #subtask: number;
  readonly #position: OperatorPosition;
  readonly #sourceBudget = new InFlightBudget(1, BATCH_ROWS_MAX, BATCH_ROWS_MAX);
  /** Rows that the source emitted and that have not all left, and since when. */
  #emittedRows = 0;
  #emittedAtMs = 0;
  #nowMs = 0;
  #runs = 0;
  /** Set with the answers `blocked` and `external`. */
  blockedWriter: WriterPort | null = null;
  externalWait: ExternalWait | null = null;
  /** Whose wait it is. */
  waitingNode: ChainNode | null = null;

  constructor(
    nodes: readonly ChainNode[],
    clock: ClockPort,
    subtask: number,
    position: OperatorPosition = new OperatorPosition(),
  ) {
    invariant(nodes.length > 0, 'a chain without operators');
    this.nodes = nodes;
    this.#clock = clock;
    this.#subtask = subtask;
    this.#position = position;
  }

  get head(): ChainNode {
    return this.nodes[0]!;
  }

  /** Times that an operator was entered: whether a step did anything. */
  get runs(): number {
    return this.#runs;
  }

  /** The chain's input. */
  offer(element: StreamElement): void {
    this.head.queue.push(element);
  }

  /** To all writers of all operators; the barrier's way past the operators. */
  broadcast(element: StreamElement): void {
    for (const node of this.nodes) {
      for (const writer of node.writers) writer.offer(element);
    }
  }

  /** Works until the chain is idle or stuck, or monotonic time reaches `deadlineMs`. */
  run(deadlineMs: number): ChainAnswer {
    this.#nowMs = this.#clock.monotonicMs();
    for (const node of this.nodes) node.waiting = null;
    for (;;) {
      const node = this.#pick();
      if (node === null) return this.#stuck();
      this.#enter(node);
      if (this.#nowMs >= deadlineMs) return 'progressed';
    }
  }

  /** Lets a source emit one slice; call when the chain is idle. */
  emitSource(): SourceStatus {
    const node = this.head;
    this.#nowMs = this.#clock.monotonicMs();
    const before = node.recordsOut;
    try {
      this.#position.enter(node.number);
      const status = enterBy(node.entry, this.#emitNext, node);
      if (node.route() || status === 'more') this.#runs++;
      this.#account(node, node.recordsOut - before);
      this.#emittedRows = node.recordsOut - before;
      this.#emittedAtMs = this.#nowMs;
      if (status === 'end') node.forward({ kind: 'endOfInput' });
      return status;
    } catch (error) {
      throw operatorError(error, node.node, this.#subtask);
    } finally {
      this.#position.leave();
    }
  }

  /** Sends a latency marker off behind the source; call when the chain is idle. */
  emitLatencyMarker(markedAtMs: number): void {
    const { node } = this.head;
    const subtask = this.#subtask;
    this.head.forward({ kind: 'latencyMarker', markedAtMs, operatorId: node.id, subtask });
    this.#runs++;
  }

  /** Marks operators whose deadline has come; the next of the deadlines, in wall-clock ms. */
  markDue(nowMs: number): number {
    let nextMs = Number.POSITIVE_INFINITY;
    for (const node of this.nodes) {
      const deadlineMs = node.operator.nextDeadlineMs?.() ?? Number.POSITIVE_INFINITY;
      if (deadlineMs <= nowMs) node.pollDue = true;
      else if (deadlineMs < nextMs) nextMs = deadlineMs;
    }
    return nextMs;
  }

  flush(): void {
    for (const node of this.nodes) {
      for (const writer of node.writers) if (writer.dirty) writer.flush();
    }
  }

  get isDirty(): boolean {
    for (const node of this.nodes) {
      for (const writer of node.writers) if (writer.dirty) return true;
    }
    return false;
  }

  #pick(): ChainNode | null {
    this.blockedWriter = null;
    this.externalWait = null;
    for (let i = this.nodes.length - 1; i >= 0; i--) {
      const node = this.nodes[i]!;
      const full = this.#drain(node);
      if (full !== null) {
        if (this.externalWait === null) this.blockedWriter ??= full;
        continue;
      }
      if (!node.hasWork) continue;
      if (node.waiting !== null) {
        if (this.blockedWriter === null && this.externalWait === null) {
          this.externalWait = node.waiting;
          this.waitingNode = node;
        }
        continue;
      }
      if (node.childrenIdle) return node;
    }
    return null;
  }

  /** Key selectors and codecs work here: what they throw belongs to the operator that emitted. */
  #drain(node: ChainNode): WriterPort | null {
    if (node.writers.length === 0) return null;
    try {
      return enterBy(node.entry, drainWriters, node);
    } catch (error) {
      throw operatorError(error, node.node, this.#subtask);
    }
  }

  #stuck(): ChainAnswer {
    if (this.blockedWriter !== null) return 'blocked';
    if (this.externalWait !== null) return 'external';
    if (this.#emittedRows > 0) {
      this.#sourceBudget.observe(this.#emittedRows, this.#nowMs - this.#emittedAtMs);
      this.#emittedRows = 0;
    }
    return 'idle';
  }

  #enter(node: ChainNode): void {
    this.#position.enter(node.number);
    try {
      enterBy(node.entry, this.#work, node);
    } catch (error) {
      throw operatorError(error, node.node, this.#subtask);
    } finally {
      this.#position.leave();
    }
  }

  readonly #work = (node: ChainNode): void => {
    if (node.pollDue) this.#poll(node);
    else this.#process(node);
  };

  readonly #emitNext = (node: ChainNode): SourceStatus => {
    const { source, out, sliceRows } = node;
    invariant(source !== null, 'the head is not a source', { operator: node.node.name });
    const rowsMax = Math.max(1, Math.floor(this.#sourceBudget.amount));
    return source.emitNext(out, Math.min(sliceRows, rowsMax));
  };

  #poll(node: ChainNode): void {
    const done = node.operator.poll?.(node.out) ?? true;
    node.pollDue = !done;
    if (node.route()) this.#runs++;
    else if (!done) this.#wait(node);
    this.#account(node, 0);
  }

  #process(node: ChainNode): void {
    const element = node.queue.peek();
    const { operator, out } = node;
    switch (element.kind) {
      case 'objects':
      case 'columns':
        this.#processBatch(node, element);
        return;
      case 'watermark':
        node.inputWatermarkMs = element.timestampMs;
        this.#settle(node, operator.processWatermark(element.timestampMs, out), element);
        return;
      case 'status':
        if (operator.emitsWatermarks === true) operator.processStatus?.(element.idle, out);
        this.#settle(node, true, element);
        return;
      case 'endOfInput':
        this.#settle(node, operator.endInput?.(out) ?? true, element);
        return;
      case 'latencyMarker':
        node.latency?.report(element, this.#clock.nowMs());
        this.#settle(node, true, element);
        return;
      case 'barrier':
        invariant(false, 'a barrier inside a chain', { checkpointId: element.checkpointId });
    }
  }

  #processBatch(node: ChainNode, batch: Batch): void {
    const { from, out } = node;
    const count = rowCount(batch);
    const to = Math.min(count, from + node.sliceRows);
    const next = drive(node.operator, batch, from, to, out);
    invariant(next >= from && next <= to, 'an operator lost its place', {
      operator: node.node.name,
      from,
      to,
      next,
    });
    node.from = next;
    node.recordsIn += next - from;
    if (node.keys !== null && next > from) node.keys.note(node.operator, batch, from, next);
    const emitted = node.route();
    if (next === count) {
      node.queue.shift();
      node.from = 0;
    }
    if (next > from || emitted || count === 0) this.#runs++;
    else this.#wait(node);
    if (next < to && next > from) node.waiting = node.operator.externalWait?.() ?? null;
    this.#account(node, next - from);
  }

  /** After a control element was handed in: on to the outputs when it is done. */
  #settle(node: ChainNode, done: boolean, element: StreamElement): void {
    const emitted = node.route();
    if (done) {
      node.queue.shift();
      const own = element.kind === 'watermark' || element.kind === 'status';
      if (!own || node.operator.emitsWatermarks !== true) node.forward(element);
    }
    if (done || emitted) this.#runs++;
    else this.#wait(node);
    this.#account(node, 0);
  }

  #wait(node: ChainNode): void {
    node.waiting = node.operator.externalWait?.() ?? null;
    invariant(node.waiting !== null, 'an operator neither progressed nor waits', {
      operator: node.node.name,
    });
  }

  #account(node: ChainNode, rows: number): void {
    const nowMs = this.#clock.monotonicMs();
    const tookMs = nowMs - this.#nowMs;
    node.runningMs += tookMs;
    if (rows > 0) node.learn(rows, tookMs);
    this.#nowMs = nowMs;
  }
}

function drainWriters(node: ChainNode): WriterPort | null {
  return node.drainWriters();
}
