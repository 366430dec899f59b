/** Runs a sink as its operator would: restores, writes, prepares, commits. */
import type { Committer, SinkWriter } from '@weir/core';
import type { KafkaCommittable } from '../sink/kafka-committable.ts';
import type { KafkaSink } from '../sink/kafka-sink.ts';
import { ConnectorContext } from './connector-context.ts';

/** Checkpoints every second, which may take two. */
export const CHECKPOINTS = {
  'execution.checkpointing.interval': '1 s',
  'execution.checkpointing.timeout': '2 s',
} as const;

export class RunningSink<T> {
  readonly context: ConnectorContext;
  readonly #writer: SinkWriter<T, KafkaCommittable>;
  readonly #committer: Committer<KafkaCommittable> | null;

  private constructor(
    context: ConnectorContext,
    writer: SinkWriter<T, KafkaCommittable>,
    committer: Committer<KafkaCommittable> | null,
  ) {
    this.context = context;
    this.#writer = writer;
    this.#committer = committer;
  }

  static async start<T>(
    sink: KafkaSink<T>,
    restored: readonly KafkaCommittable[] = [],
    context = new ConnectorContext({
      configuration: CHECKPOINTS,
      restoredCheckpointId: restored.length > 0 ? restored.at(-1)!.checkpointId : null,
      attempt: restored.length > 0 ? 1 : 0,
    }),
  ): Promise<RunningSink<T>> {
    const committer = (await sink.createCommitter?.(context)) ?? null;
    if (restored.length > 0) {
      await committer!.commit(restored);
      await committer!.discardUncommitted!(restored);
    }
    return new RunningSink(context, await sink.createWriter(context), committer);
  }

  async write(records: readonly T[], timestampMs = 1000): Promise<void> {
    for (const record of records) {
      for (;;) {
        const woken = this.context.woken();
        if (this.#writer.write(record, timestampMs)) break;
        await woken;
      }
    }
  }

  async prepare(checkpointId: number): Promise<readonly KafkaCommittable[]> {
    await this.#writer.flush(false);
    return this.#writer.prepareCommit(checkpointId);
  }

  async commit(committables: readonly KafkaCommittable[]): Promise<void> {
    await this.#committer!.commit(committables);
    // As in the engine, the next checkpoint begins in another turn.
    await new Promise((resolve) => setTimeout(resolve, 1));
  }

  async checkpoint(checkpointId: number): Promise<void> {
    await this.commit(await this.prepare(checkpointId));
  }

  async close(): Promise<void> {
    await this.#writer.close();
    await this.#committer?.close?.();
  }
}
