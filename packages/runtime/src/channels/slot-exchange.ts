/**
 * The exchange as one slot's thread sees it: takes segments out of mailboxes and sorts them into
 * channels, takes back its own, makes gates and writers for the slot's tasks, sleeps and wakes.
 *
 * Made by the slot's runtime with the plan from the TaskManager's main thread; used on one thread.
 *
 * Invariants:
 * - Each channel of the plan that ends in this slot exists from the start, so that what a quicker
 *   slot sends before this one made its gates is kept.
 * - A poll costs two loads per peer, however many channels there are; nothing is scanned.
 */
import { type AtomicsPort, type ClockPort, invariant, WeirError } from '@weir/core';
import type { JobEdge } from '@weir/graph';
import { BroadcastPartitioner } from './broadcast-partitioner.ts';
import { ShapeCode } from './codec/object-codec.ts';
import type { InputGate, OutputWriter } from './contracts.ts';
import { Doorbell } from './doorbell.ts';
import { EdgeOutput } from './edge-output.ts';
import {
  channelIdOf,
  type EdgePlan,
  type ExchangePlan,
  fanOut,
  segmentsUsedAt,
  targetOf,
  turnsAt,
} from './exchange-plan.ts';
import { ForwardPartitioner } from './forward-partitioner.ts';
import { HashPartitioner } from './hash-partitioner.ts';
import type { InputChannel } from './input-channel.ts';
import { ChannelGate } from './input-gate.ts';
import { LocalChannel } from './local-channel.ts';
import { MailboxReceiver, MailboxSender } from './mailbox.ts';
import type { OutputChannel } from './output-channel.ts';
import { EdgeWriter } from './output-writer.ts';
import type { Partitioner } from './partitioner.ts';
import { RebalancePartitioner } from './rebalance-partitioner.ts';
import { RemoteInput } from './remote-input.ts';
import { EdgeEncoders, FloatingCredit, RemoteOutput } from './remote-output.ts';
import { SegmentPool } from './segment-pool.ts';

export type CheckpointingMode = 'EXACTLY_ONCE' | 'AT_LEAST_ONCE';

export interface SlotExchangeSetup {
  readonly plan: ExchangePlan;
  readonly slot: number;
  readonly atomics: AtomicsPort;
  readonly clock: ClockPort;
  readonly mode: CheckpointingMode;
}

export interface WriterSetup {
  readonly vertexId: string;
  readonly subtask: number;
  /** The edges that one operator output (main or side) feeds; may be empty. */
  readonly edges: readonly JobEdge[];
  /** By edge index, functions of a row; needed for HASH edges. */
  readonly keySelectors: ReadonlyMap<number, unknown>;
}

export class SlotExchange {
  readonly #setup: SlotExchangeSetup;
  readonly #cells: Int32Array;
  readonly #doorbell: Doorbell;
  readonly #pool: SegmentPool;
  readonly #code = new ShapeCode();
  /** By channel id; only channels that end here. */
  readonly #remoteInputs = new Map<number, RemoteInput>();
  readonly #localChannels = new Map<number, LocalChannel>();
  /** By target task, in the order of edges and source subtasks. */
  readonly #inputs = new Map<string, InputChannel[]>();
  readonly #credits = new Map<string, FloatingCredit>();
  /** By peer. */
  readonly #outboxes: Array<MailboxSender | undefined> = [];
  readonly #returnSenders: Array<MailboxSender | undefined> = [];
  readonly #inboxes: MailboxReceiver[] = [];
  readonly #returns: MailboxReceiver[] = [];
  readonly #written = new Set<number>();
  readonly #poll = (): boolean => this.poll();

  constructor(setup: SlotExchangeSetup) {
    const { plan, slot, atomics } = setup;
    this.#setup = setup;
    this.#cells = new Int32Array(plan.control);
    this.#doorbell = new Doorbell(plan, slot, atomics);
    this.#pool = new SegmentPool(plan, slot);
    this.#connectPeers();
    for (const edge of plan.edges) this.#connectInputs(edge);
  }

  /** The gate over the channels of all in-edges of a task; once per task. */
  createGate(vertexId: string, subtask: number): InputGate {
    const channels = this.#inputs.get(taskKey(vertexId, subtask)) ?? [];
    return new ChannelGate(channels, this.#setup.clock, this.#setup.mode);
  }

  /**
   * The writer over all channels of the given edges; once per operator output of a task.
   *
   * @throws WeirError JOB_DEFINITION_NOT_DETERMINISTIC when a HASH edge has no key selector
   */
  createWriter(setup: WriterSetup): OutputWriter {
    return new EdgeWriter(setup.edges.map((edge) => this.#edgeOutput(setup, edge.index)));
  }

  /** Takes in what arrived and what came back. True = something did. */
  poll(): boolean {
    let moved = false;
    const segmentWords = this.#setup.plan.segmentBytes >> 2;
    const { words } = this.#pool.memory;
    for (const inbox of this.#inboxes) {
      for (let left = inbox.look(); left > 0; left--) {
        const segment = inbox.take();
        const channel = words[segment * segmentWords]!;
        const input = this.#remoteInputs.get(channel);
        invariant(input, 'a segment for a channel that does not end here', { segment, channel });
        input.arrive(segment);
        moved = true;
      }
    }
    let nowMs = -1;
    for (const returned of this.#returns) {
      for (let left = returned.look(); left > 0; left--) {
        if (nowMs < 0) nowMs = this.#setup.clock.monotonicMs();
        this.#pool.giveBack(returned.take(), nowMs);
        moved = true;
      }
    }
    return moved;
  }

  /**
   * Waits until something arrives or rings; null when something did meanwhile: work on. Await the
   * promise before anything else: a second sleep before its end could miss `ringSelf`.
   */
  sleep(): Promise<void> | null {
    return this.#doorbell.sleep(this.#poll);
  }

  /** From the slot's own timers and messages: ends the current or the next sleep. */
  ringSelf(): void {
    this.#doorbell.ringSelf();
  }

  /** Counts a turn, for the main thread that looks whether the slot still moves. */
  beginTurn(): void {
    const { atomics, slot } = this.#setup;
    atomics.add(this.#cells, turnsAt(slot), 1);
    atomics.store(this.#cells, segmentsUsedAt(slot), this.#pool.used);
  }

  #connectPeers(): void {
    const { plan, slot, atomics } = this.#setup;
    const cells = this.#cells;
    for (const pair of plan.pairs) {
      const { mailboxTailAt, mailboxAt, returnTailAt, returnAt, capacity } = pair;
      if (pair.from === slot) {
        this.#outboxes[pair.to] = new MailboxSender(
          cells,
          atomics,
          mailboxTailAt,
          mailboxAt,
          capacity,
        );
        this.#returns.push(new MailboxReceiver(cells, atomics, returnTailAt, returnAt, capacity));
      } else if (pair.to === slot) {
        this.#returnSenders[pair.from] = new MailboxSender(
          cells,
          atomics,
          returnTailAt,
          returnAt,
          capacity,
        );
        this.#inboxes.push(new MailboxReceiver(cells, atomics, mailboxTailAt, mailboxAt, capacity));
      }
    }
  }

  #connectInputs(edge: EdgePlan): void {
    const { plan, slot } = this.#setup;
    for (let source = 0; source < edge.sourceParallelism; source++) {
      for (let output = 0; output < fanOut(edge); output++) {
        const target = targetOf(edge, source, output);
        if (plan.placement[edge.target]![target] !== slot) continue;
        const channelId = channelIdOf(edge, source, output);
        const from = plan.placement[edge.source]![source]!;
        const key = taskKey(edge.target, target);
        const inputs = this.#inputs.get(key) ?? [];
        const channel = this.#inputChannel(edge, channelId, from);
        channel.edge = edge.index;
        inputs.push(channel);
        this.#inputs.set(key, inputs);
      }
    }
  }

  #inputChannel(edge: EdgePlan, channelId: number, from: number): InputChannel {
    const { plan, slot, clock } = this.#setup;
    if (from === slot) {
      const local = new LocalChannel(edge.targetInput, clock);
      this.#localChannels.set(channelId, local);
      return local;
    }
    const returns = this.#returnSenders[from];
    invariant(returns, 'no mailbox to the sender', { from, slot });
    const remote = new RemoteInput({
      channelId,
      input: edge.targetInput,
      memory: this.#pool.memory,
      segmentBytes: plan.segmentBytes,
      returns,
      doorbell: this.#doorbell,
      peer: from,
      code: this.#code,
    });
    this.#remoteInputs.set(channelId, remote);
    return remote;
  }

  #edgeOutput(setup: WriterSetup, index: number): EdgeOutput {
    const { plan, slot } = this.#setup;
    const { vertexId, subtask } = setup;
    const edge = plan.edges[index];
    const here = edge?.source === vertexId && plan.placement[vertexId]![subtask] === slot;
    invariant(edge !== undefined && here, 'an edge that does not begin here', {
      edge: index,
      vertexId,
      subtask,
      slot,
    });
    const encoders = new EdgeEncoders(this.#code);
    const channels: OutputChannel[] = [];
    for (let output = 0; output < fanOut(edge); output++) {
      const channelId = channelIdOf(edge, subtask, output);
      invariant(!this.#written.has(channelId), 'a channel has two writers', { channelId });
      this.#written.add(channelId);
      channels.push(this.#outputChannel(edge, subtask, output, encoders));
    }
    return new EdgeOutput(index, channels, partitionerOf(edge, subtask, setup.keySelectors));
  }

  #outputChannel(
    edge: EdgePlan,
    subtask: number,
    output: number,
    encoders: EdgeEncoders,
  ): OutputChannel {
    const channelId = channelIdOf(edge, subtask, output);
    const local = this.#localChannels.get(channelId);
    if (local !== undefined) return local;
    const peer = this.#setup.plan.placement[edge.target]![targetOf(edge, subtask, output)]!;
    const mailbox = this.#outboxes[peer];
    invariant(mailbox, 'no mailbox to the receiver', { peer });
    return new RemoteOutput({
      channelId,
      pool: this.#pool,
      mailbox,
      doorbell: this.#doorbell,
      peer,
      credit: this.#creditOf(edge.source, subtask),
      encoders,
      clock: this.#setup.clock,
    });
  }

  #creditOf(vertexId: string, subtask: number): FloatingCredit {
    const key = taskKey(vertexId, subtask);
    const known = this.#credits.get(key);
    if (known !== undefined) return known;
    const credit = new FloatingCredit();
    this.#credits.set(key, credit);
    return credit;
  }
}

function partitionerOf(
  edge: EdgePlan,
  subtask: number,
  keySelectors: ReadonlyMap<number, unknown>,
): Partitioner {
  switch (edge.strategy) {
    case 'FORWARD':
      return new ForwardPartitioner();
    case 'BROADCAST':
      return new BroadcastPartitioner();
    case 'REBALANCE':
      return new RebalancePartitioner(subtask);
    case 'HASH': {
      const selector = keySelectors.get(edge.index);
      if (selector === undefined) {
        throw new WeirError(
          'JOB_DEFINITION_NOT_DETERMINISTIC',
          `edge ${edge.index} is keyed, but this evaluation of the job has no key selector for ` +
            'it; a job must build the same graph every time it is evaluated',
          { context: { edge: edge.index } },
        );
      }
      const select =
        typeof selector === 'function' ? (selector as (row: unknown) => unknown) : null;
      return new HashPartitioner(select, edge.targetParallelism, edge.maxParallelism);
    }
  }
}

function taskKey(vertexId: string, subtask: number): string {
  return `${vertexId}#${subtask}`;
}
