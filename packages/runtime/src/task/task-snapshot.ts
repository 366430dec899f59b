/**
 * One checkpoint of one task, from the moment its barrier has been passed on: the synchronous part
 * freezes all operators' state, the background part writes it to a file between turns.
 *
 * Called by the task. Exactly one of `acknowledged`, `failed` is called back unless it was aborted.
 * Frozen state is released on every path.
 */
import { type ClockPort, isWeirError, type StoragePort } from '@weir/core';
import type { Alignment } from '../channels/contracts.ts';
import { CheckpointFileWriter } from '../checkpoint/checkpoint-file-writer.ts';
import { OperatorListBuffer } from '../checkpoint/operator-lists.ts';
import type { KeyedSnapshot } from '../checkpoint/operator-state.ts';
import { writeEventTime } from '../operators/event-time-progress.ts';
import type { SubtaskSnapshot } from '../taskmanager/protocol.ts';
import type { ChainNode } from './chain-node.ts';
import { operatorError } from './user-error.ts';

export interface SnapshotSetup {
  readonly checkpointId: number;
  readonly alignment: Alignment;
  readonly nodes: readonly ChainNode[];
  readonly subtask: number;
  /** Within the checkpoint's folder. */
  readonly fileName: string;
  readonly clock: ClockPort;
  /** The checkpoint's folder; it may become known later than the barrier came. */
  readonly folder: Promise<string>;
  storage(root: string): StoragePort;
  yieldTurn(): Promise<void>;
  acknowledged(snapshot: SubtaskSnapshot): void;
  failed(error: unknown): void;
}

interface FrozenOperator {
  readonly operatorId: string;
  readonly lists: OperatorListBuffer;
  readonly keyed: KeyedSnapshot | null;
}

export class TaskSnapshot {
  readonly checkpointId: number;
  /** Settled when the background part has ended, one way or the other. */
  written: Promise<void> = Promise.resolve();
  readonly #setup: SnapshotSetup;
  readonly #frozen: FrozenOperator[] = [];
  #writer: CheckpointFileWriter | null = null;
  #serializing = false;
  #aborted = false;
  #syncMs = 0;

  constructor(setup: SnapshotSetup) {
    this.checkpointId = setup.checkpointId;
    this.#setup = setup;
  }

  /** The background part has nothing to do itself but waits: for its folder, for the storage. */
  get isWaiting(): boolean {
    return !this.#serializing;
  }

  /** The synchronous part: every operator in order. Throws what one throws, all released. */
  freeze(): void {
    const { clock, nodes, checkpointId } = this.#setup;
    const startMs = clock.monotonicMs();
    try {
      for (const { node, operator, keyedState, inputWatermarkMs } of nodes) {
        const lists = new OperatorListBuffer();
        try {
          operator.snapshotState?.(lists, checkpointId);
          const keyed = keyedState?.snapshot() ?? operator.snapshotKeyedState?.() ?? null;
          if (keyed !== null) writeEventTime(lists, inputWatermarkMs);
          this.#frozen.push({ operatorId: node.id, lists, keyed });
        } catch (error) {
          throw operatorError(error, node, this.#setup.subtask);
        }
      }
    } catch (error) {
      this.#release();
      throw error;
    }
    this.#syncMs = clock.monotonicMs() - startMs;
  }

  /** The background part; never rejects. */
  async write(): Promise<void> {
    const startMs = this.#setup.clock.monotonicMs();
    try {
      const snapshot = await this.#write(startMs);
      if (snapshot !== null) this.#setup.acknowledged(snapshot);
    } catch (error) {
      await this.#writer?.abort();
      this.#release();
      if (!this.#aborted) this.#setup.failed(this.#blame(error));
    }
  }

  /** The coordinator gave it up: nothing is reported, frozen state is released. */
  async abort(): Promise<void> {
    this.#aborted = true;
    await this.#writer?.abort();
    this.#release();
  }

  async #write(startMs: number): Promise<SubtaskSnapshot | null> {
    const { clock, folder, fileName, storage, yieldTurn } = this.#setup;
    const root = await folder;
    if (this.#aborted) return null;
    const writer = new CheckpointFileWriter(storage(root), fileName);
    this.#writer = writer;
    for (const { operatorId, lists, keyed } of this.#frozen.splice(0)) {
      writer.addOperator(operatorId, { lists: lists.lists, keyed });
    }
    let file: { readonly path: string; readonly bytes: number } | null = null;
    if (!writer.isEmpty) {
      this.#serializing = true;
      while (!this.#aborted && !(await writer.step())) await yieldTurn();
      this.#serializing = false;
      if (this.#aborted) return null;
      const closed = await writer.close();
      file = { path: `${root.replace(/\/$/, '')}/${closed.path}`, bytes: closed.bytes };
    }
    if (this.#aborted) return null;
    return this.#describe(file, writer.operatorIds, clock.monotonicMs() - startMs);
  }

  #describe(
    file: SubtaskSnapshot['file'],
    operatorIds: readonly string[],
    asyncMs: number,
  ): SubtaskSnapshot {
    const { checkpointId, alignment } = this.#setup;
    return {
      checkpointId,
      file,
      operatorIds: [...operatorIds],
      stateBytes: file?.bytes ?? 0,
      startDelayMs: alignment.startDelayMs,
      alignmentMs: alignment.alignmentMs,
      syncMs: this.#syncMs,
      asyncMs,
      processedBytes: alignment.processedBytes,
    };
  }

  /** What can't be written belongs to the operator that keeps it; a storage that fails to none. */
  #blame(error: unknown): unknown {
    if (isWeirError(error) && error.code === 'STORAGE_FAILED') return error;
    const keeper = this.#setup.nodes.find(({ keyedState }) => keyedState !== null);
    return keeper === undefined ? error : operatorError(error, keeper.node, this.#setup.subtask);
  }

  #release(): void {
    for (const { keyed } of this.#frozen.splice(0)) keyed?.release();
  }
}
