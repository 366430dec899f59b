/**
 * One subtask: a chain of operators behind a gate, or headed by a source. A non-blocking state
 * machine: the slot calls `step` again and again, nothing here ever waits.
 *
 * Invariants
 * - input is taken only when the chain is idle, so a barrier meets no record on its way;
 * - from the first preparation to the snapshot no operator runs: what a timer or an answer would
 *   emit in between were in no state and in no committable;
 * - a barrier: `prepareSnapshot` of every operator in order (the task stands still), the barrier to
 *   all outputs, the synchronous snapshot, then on; the rest is written in the background. As in
 *   Flink, preparation comes before the barrier is forwarded;
 * - a failed preparation fails the task: what a sink could not flush must not be forgotten by the
 *   next checkpoint. A failed snapshot declines the checkpoint and the task goes on;
 * - at the end of its input the task is drained: it reports so, passes barriers, and ends after a
 *   checkpoint of type `final`, `stop` or `drain` is complete and everything is committed;
 * - on `stop` sources emit nothing from the trigger on; if that savepoint fails they go on. On
 *   `drain` event time ends first, so a failed one cannot be undone: the task stays drained, and
 *   the coordinator decides (retry, or fail the job and restart from the checkpoint before).
 *
 * Semantics: Flink's StreamTask, SubtaskCheckpointCoordinatorImpl.
 */
import { type ClockPort, type EventTimeMs, invariant, MIN_TIMESTAMP } from '@weir/core';
import type { Alignment, GateEvent, InputGate } from '../channels/contracts.ts';
import type { CheckpointBarrier } from '../operators/output-buffer.ts';
import type { ExternalWait } from '../operators/stream-operator.ts';
import type { ServerToTaskManager } from '../taskmanager/protocol.ts';
import type { TaskLocation } from '../taskmanager/task-location.ts';
import type { ChainNode } from './chain-node.ts';
import type { OperatorChain } from './operator-chain.ts';
import type { StreamTaskSetup } from './stream-task-setup.ts';
import { TaskCheckpoints } from './task-checkpoints.ts';
import { type StepAnswer, TimeAccounting } from './time-accounting.ts';
import { operatorError } from './user-error.ts';

export type Trigger = Extract<ServerToTaskManager, { type: 'triggerCheckpoint' }>;

const NO_ALIGNMENT: Alignment = {
  startDelayMs: 0,
  alignmentMs: 0,
  processedBytes: 0,
  lastChannel: -1,
};

interface PendingBarrier {
  readonly barrier: CheckpointBarrier;
  readonly alignment: Alignment;
  /** The next operator to prepare. */
  next: number;
}

export class StreamTask {
  readonly location: TaskLocation;
  readonly times: TimeAccounting;
  readonly chain: OperatorChain;
  readonly #setup: StreamTaskSetup;
  readonly #gate: InputGate | null;
  readonly #clock: ClockPort;
  readonly #triggers: Trigger[] = [];
  readonly #checkpoints: TaskCheckpoints;
  #barrier: PendingBarrier | null = null;
  #preparing = false;
  #inputEnded = false;
  #drained = false;
  #stopped: number | null = null;
  #commits = 0;
  #finishing = false;
  #failure: { readonly error: unknown } | null = null;
  #lastFlushMs = 0;
  #steps = 0;
  #didWork = false;
  #startDelayMs = 0;
  #alignmentMs = 0;
  #nextDeadlineMs = Number.POSITIVE_INFINITY;
  #nextMarkerMs: number;
  #restoredMs: EventTimeMs = MIN_TIMESTAMP;
  /** What the last answer `external` waits for. */
  externalWait: ExternalWait | null = null;
  /** The operator whose wait it is; null where it is the task's own. */
  #waitingNode: ChainNode | null = null;

  constructor(setup: StreamTaskSetup) {
    this.location = setup.location;
    this.chain = setup.chain;
    this.#setup = setup;
    this.#gate = setup.gate;
    this.#clock = setup.clock;
    this.times = new TimeAccounting();
    this.#checkpoints = new TaskCheckpoints(setup);
    this.#nextMarkerMs = setup.latencyIntervalMs > 0 ? 0 : Number.POSITIVE_INFINITY;
  }

  /** Wall-clock ms at which the task wants to be stepped again without any other reason. */
  get nextDeadlineMs(): number {
    return this.#nextDeadlineMs;
  }

  /** The edge that has no room, with the answer `blocked`. */
  get blockedOn(): number | null {
    return this.chain.blockedWriter?.writer.blockedOn ?? null;
  }

  /** The last step moved something: others may have become able to go on. */
  get didWork(): boolean {
    return this.#didWork;
  }

  get steps(): number {
    return this.#steps;
  }

  get lastAlignment(): { readonly startDelayMs: number; readonly alignmentMs: number } {
    return { startDelayMs: this.#startDelayMs, alignmentMs: this.#alignmentMs };
  }

  get gate(): InputGate | null {
    return this.#gate;
  }

  /** Asynchronous calls that the event loop is to answer, those of checkpoints included. */
  get callsInFlight(): number {
    let calls = this.#commits + (this.#preparing ? 1 : 0);
    if (this.#checkpoints.beingWritten?.isWaiting === true) calls++;
    for (const node of this.chain.nodes) calls += node.operator.callsInFlight ?? 0;
    return calls;
  }

  /** A slice of a snapshot is serialised between any two turns. */
  get isSerializing(): boolean {
    return this.#checkpoints.beingWritten?.isWaiting === false;
  }

  /** Goes on from there: no earlier watermark is heard of. Before the first step. */
  restoreEventTime(watermarkMs: EventTimeMs): void {
    this.#restoredMs = watermarkMs;
    this.chain.offer({ kind: 'watermark', timestampMs: watermarkMs });
  }

  /**
   * Works for about `budgetMs`. Throws what ended the task: an operator's error, or an invariant's.
   */
  step(budgetMs: number): StepAnswer {
    const startMs = this.#clock.monotonicMs();
    this.times.beginStep(startMs);
    this.#steps++;
    let answer: StepAnswer = 'done';
    const runsBefore = this.chain.runs;
    this.#didWork = false;
    try {
      answer = this.#work(startMs + budgetMs);
      this.#didWork ||= this.chain.runs !== runsBefore;
      this.#flushIfDue(answer);
    } finally {
      const waiting = answer === 'external' ? this.#waitingNode : null;
      const blockedEdge = answer === 'blocked' ? this.blockedOn : null;
      this.times.endStep(this.#clock.monotonicMs(), answer, waiting, blockedEdge);
    }
    return answer;
  }

  /** From the coordinator; tasks without a source only learn the folder. */
  triggerCheckpoint(trigger: Trigger): void {
    const { checkpointId, folder } = trigger;
    if (this.#checkpoints.isAborted(checkpointId)) return;
    this.#checkpoints.learnFolder(checkpointId, folder);
    if (this.#gate === null) this.#triggers.push(trigger);
  }

  notifyCheckpointComplete(checkpointId: number): void {
    this.#checkpoints.completed(checkpointId);
    this.#commits++;
    this.#notifyComplete(checkpointId).then(
      () => {
        this.#commits--;
        if (this.#checkpoints.isLast(checkpointId)) this.#finishing = true;
        this.#setup.wakeUp();
      },
      (error: unknown) => this.fail(error),
    );
  }

  notifyCheckpointAborted(checkpointId: number): void {
    this.#checkpoints.abort(checkpointId).catch((error: unknown) => this.fail(error));
    this.#gate?.abortCheckpoint(checkpointId);
    const pending = this.#triggers.findIndex((trigger) => trigger.checkpointId === checkpointId);
    if (pending >= 0) this.#triggers.splice(pending, 1);
    for (const { operator } of this.chain.nodes) operator.notifyCheckpointAborted?.(checkpointId);
    if (this.#stopped === checkpointId) {
      this.#stopped = null;
      this.chain.head.source?.resume?.();
    }
    this.#setup.wakeUp();
  }

  /** Ends the task with this error at its next step. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#setup.wakeUp();
  }

  /** Drops what is being written; operators are closed by the caller. */
  abandon(): Promise<void> {
    return this.#checkpoints.abandon();
  }

  #work(deadlineMs: number): StepAnswer {
    this.#throwFailure();
    this.#nextDeadlineMs = this.chain.markDue(this.#clock.nowMs());
    for (;;) {
      // What came after the last checkpoint belongs to nobody.
      if (this.#finishing && this.#commits === 0) return 'done';
      if (this.#preparing) return this.#external(this.externalWait!, this.#waitingNode);
      if (this.#barrier === null || this.#barrier.next === 0) {
        const answer = this.chain.run(deadlineMs);
        if (answer === 'external') {
          return this.#external(this.chain.externalWait!, this.chain.waitingNode);
        }
        if (answer !== 'idle') return answer;
      }
      this.#throwFailure();
      if (this.#barrier !== null) {
        this.#didWork = true;
        this.#prepare(this.#barrier);
        continue;
      }
      const taken = this.#takeInput();
      if (taken !== 'progressed') return taken;
      if (this.#clock.monotonicMs() >= deadlineMs) return 'progressed';
    }
  }

  #throwFailure(): void {
    if (this.#failure !== null) throw this.#failure.error;
  }

  #takeInput(): StepAnswer {
    if (this.#gate === null) return this.#takeFromSource();
    const event = this.#gate.next();
    if (event !== null) {
      this.#didWork = true;
      return this.#accept(event);
    }
    if (this.#inputEnded) this.#reportDrained();
    return this.#finishingOrStarved();
  }

  #takeFromSource(): StepAnswer {
    const trigger = this.#triggers[0];
    if (trigger !== undefined) {
      const { source } = this.chain.head;
      const { checkpointType: type, checkpointId } = trigger;
      if (type === 'stop' || type === 'drain') {
        source?.stop(type === 'drain');
        this.#stopped = type === 'stop' ? checkpointId : this.#stopped;
      }
      if (type !== 'drain' || this.#inputEnded) {
        this.#triggers.shift();
        const startDelayMs = Math.max(0, this.#clock.nowMs() - trigger.triggeredAtMs);
        return this.#begin(barrierOf(trigger), { ...NO_ALIGNMENT, startDelayMs });
      }
    }
    if (this.#inputEnded) {
      this.#reportDrained();
      return this.#finishingOrStarved();
    }
    if (this.#markLatency()) return 'progressed';
    const before = this.chain.runs;
    const status = this.chain.emitSource();
    if (status === 'end') this.#inputEnded = true;
    if (status !== 'nothing' || this.chain.runs !== before) return 'progressed';
    if (this.#stopped === null) {
      this.#nextDeadlineMs = Math.min(this.#nextDeadlineMs, this.#nextMarkerMs);
    }
    return 'starved';
  }

  /** While output has no room the task does not come here, so markers never pile up. */
  #markLatency(): boolean {
    if (this.#nextMarkerMs === Number.POSITIVE_INFINITY || this.#stopped !== null) return false;
    const nowMs = this.#clock.nowMs();
    if (nowMs < this.#nextMarkerMs) return false;
    this.#nextMarkerMs = nowMs + this.#setup.latencyIntervalMs;
    this.chain.emitLatencyMarker(nowMs);
    return true;
  }

  #accept(event: GateEvent): StepAnswer {
    switch (event.kind) {
      case 'batch':
        this.chain.offer(event.batch);
        return 'progressed';
      case 'barrier':
        return this.#begin(event.barrier, event.alignment);
      case 'barrierCanceled':
        return 'progressed';
      case 'endOfInput':
        this.#inputEnded = true;
        this.chain.offer(event);
        return 'progressed';
      case 'watermark':
        if (event.timestampMs > this.#restoredMs) this.chain.offer(event);
        return 'progressed';
      default:
        this.chain.offer(event);
        return 'progressed';
    }
  }

  #begin(barrier: CheckpointBarrier, alignment: Alignment): StepAnswer {
    invariant(this.#barrier === null, 'a barrier while another is handled', {
      checkpointId: barrier.checkpointId,
    });
    this.#startDelayMs = alignment.startDelayMs;
    this.#alignmentMs = alignment.alignmentMs;
    this.#barrier = { barrier, alignment, next: 0 };
    return 'progressed';
  }

  /** Goes on with the barrier until a promise makes the task stand still, or all is done. */
  #prepare(pending: PendingBarrier): void {
    const { checkpointId } = pending.barrier;
    const { nodes } = this.chain;
    // One frozen view of keyed state at a time.
    const written = this.#checkpoints.beingWritten;
    if (written !== null) {
      const callSite = `checkpoint ${written.checkpointId}: background write`;
      this.#standStill(callSite, written.written, null);
      return;
    }
    while (pending.next < nodes.length) {
      const preparing = nodes[pending.next++]!;
      const { operator, node } = preparing;
      const promise = this.#guard(pending.next - 1, () =>
        operator.prepareSnapshot?.(checkpointId, this.#inputEnded),
      );
      if (promise === undefined) continue;
      const subtask = this.location.subtask;
      const named = promise.catch((error: unknown) => {
        throw operatorError(error, node, subtask);
      });
      this.#standStill(`${node.name}: checkpoint`, named, preparing);
      return;
    }
    this.#barrier = null;
    if (this.#checkpoints.isAborted(checkpointId)) return;
    this.chain.broadcast(pending.barrier);
    this.#checkpoints.snapshot(pending.barrier, pending.alignment);
  }

  #standStill(callSite: string, until: Promise<void>, node: ChainNode | null): void {
    this.externalWait = { callSite, inFlight: 1, capacity: 1 };
    this.#waitingNode = node;
    this.#preparing = true;
    until.then(
      () => {
        this.#preparing = false;
        this.#setup.wakeUp();
      },
      (error: unknown) => {
        this.#preparing = false;
        this.fail(error);
      },
    );
  }

  async #notifyComplete(checkpointId: number): Promise<void> {
    const { nodes } = this.chain;
    const { subtask } = this.location;
    const promises = nodes.map(async ({ operator, node }) => {
      try {
        await operator.notifyCheckpointComplete?.(checkpointId);
      } catch (error) {
        throw operatorError(error, node, subtask);
      }
    });
    await Promise.all(promises);
  }

  #guard<T>(index: number, call: () => T): T {
    const { node, number } = this.chain.nodes[index]!;
    this.#setup.position.enter(number);
    try {
      return call();
    } catch (error) {
      throw operatorError(error, node, this.location.subtask);
    } finally {
      this.#setup.position.leave();
    }
  }

  #reportDrained(): void {
    if (this.#drained) return;
    this.#drained = true;
    const { vertexId, subtask } = this.location;
    this.#setup.send({ type: 'drained', vertexId, subtask });
  }

  #finishingOrStarved(): StepAnswer {
    if (this.#commits === 0 || !this.#inputEnded) return 'starved';
    const wait = { callSite: 'commit', inFlight: this.#commits, capacity: this.#commits };
    return this.#external(wait, null);
  }

  #external(wait: ExternalWait, node: ChainNode | null): StepAnswer {
    this.externalWait = wait;
    this.#waitingNode = node;
    return 'external';
  }

  #flushIfDue(answer: StepAnswer): void {
    if (!this.chain.isDirty) return;
    const nowMs = this.#clock.nowMs();
    const dueMs = this.#lastFlushMs + this.#setup.bufferTimeoutMs;
    if (answer === 'starved' || answer === 'done' || nowMs >= dueMs || nowMs < this.#lastFlushMs) {
      this.chain.flush();
      this.#lastFlushMs = nowMs;
    } else {
      this.#nextDeadlineMs = Math.min(this.#nextDeadlineMs, dueMs);
    }
  }
}

function barrierOf({ checkpointId, triggeredAtMs, checkpointType }: Trigger): CheckpointBarrier {
  return { kind: 'barrier', checkpointId, triggeredAtMs, checkpointType };
}
