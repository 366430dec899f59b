/**
 * The topics that one subtask writes to, with a queue for each of their partitions.
 *
 * Called by the writer for every record. A topic is asked for at its first record, and again every
 * `metadata.max.age.ms`, as by Kafka's own producers, so that partitions that were added are used
 * without a restart.
 *
 * Invariants: a topic's queues lie in the order of its partitions and are only ever added to; at
 * most one question about a topic is on its way.
 */
import type { TimerHandle, TimerPort } from '@weir/core';
import { isMissing, type KafkaClient } from '../client/kafka-client.ts';
import { check } from '../client/kafka-failure.ts';
import { PartitionQueue, type QueueOwner } from './partition-queue.ts';
import { noSuchPartition, noSuchTopic } from './sink-errors.ts';

export interface SinkTopic {
  readonly name: string;
  readonly queues: PartitionQueue[];
  /** Where records without a key go, until that batch is full. */
  sticky: number;
}

export interface SinkTopicsOptions {
  readonly client: KafkaClient;
  readonly owner: QueueOwner;
  readonly timers: TimerPort;
  readonly subtaskIndex: number;
  readonly maxAgeMs: number;
  /** A question was answered: the record that had to wait may be offered again. */
  readonly answered: () => void;
  readonly failed: (error: unknown) => void;
}

export class SinkTopics {
  readonly #options: SinkTopicsOptions;
  readonly #known = new Map<string, SinkTopic>();
  readonly #asked = new Set<string>();
  #refresh: TimerHandle | null = null;
  #closed = false;

  constructor(options: SinkTopicsOptions) {
    this.#options = options;
  }

  /** Null while its partitions are being asked for. */
  get(name: string): SinkTopic | null {
    const known = this.#known.get(name);
    if (known === undefined) this.#askOnce(name, 0);
    return known ?? null;
  }

  /**
   * The queue of a partition that a record names; null while a topic that has fewer is asked for.
   * One that has no such partition then fails the sink.
   */
  named(topic: SinkTopic, partition: number): PartitionQueue | null {
    const queue = topic.queues[partition];
    if (queue === undefined) this.#askOnce(topic.name, partition);
    return queue ?? null;
  }

  all(): PartitionQueue[] {
    return [...this.#known.values()].flatMap(({ queues }) => queues);
  }

  close(): void {
    this.#closed = true;
    this.#refresh?.cancel();
  }

  #askOnce(name: string, needed: number): void {
    if (this.#asked.has(name)) return;
    this.#asked.add(name);
    this.#ask(name)
      .then(({ queues }) => {
        // Also for what is no whole number.
        if (!(queues[needed] instanceof PartitionQueue)) {
          throw noSuchPartition(name, needed, queues.length);
        }
      })
      .catch((error: unknown) => this.#options.failed(error))
      .finally(() => {
        this.#asked.delete(name);
        this.#options.answered();
      });
  }

  async #ask(name: string): Promise<SinkTopic> {
    const { client, owner, subtaskIndex } = this.#options;
    const partitions = await client.retry(async () => {
      const [found] = await client.metadata([name]);
      if (found === undefined || isMissing(found.errorCode)) throw noSuchTopic(name);
      check(`Metadata of ${name}`, found.errorCode);
      return found.partitions;
    });
    const topic = this.#known.get(name) ?? { name, queues: [], sticky: 0 };
    const { queues } = topic;
    while (queues.length < partitions.length) {
      queues.push(new PartitionQueue(name, queues.length, owner));
    }
    if (!this.#known.has(name)) {
      // Subtasks begin with different partitions.
      topic.sticky = subtaskIndex % queues.length;
      this.#known.set(name, topic);
    }
    this.#startRefresh();
    return topic;
  }

  #startRefresh(): void {
    if (this.#refresh !== null || this.#closed) return;
    const { timers, maxAgeMs } = this.#options;
    this.#refresh = timers.schedule(Math.max(1, maxAgeMs), () => {
      // A failure shows where records are sent; partitions only stay what they were.
      const asks = [...this.#known.keys()].map((name) => this.#ask(name).catch(() => {}));
      void Promise.all(asks).then(() => {
        this.#refresh = null;
        this.#startRefresh();
      });
    });
  }
}
