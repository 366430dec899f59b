/**
 * A sink into Kafka's topics. Exactly-once is two-phase commit with Kafka's transactions: one per
 * subtask and checkpoint, committed when the checkpoint is complete.
 * Semantics: Flink's KafkaSink.
 */
import {
  CHECKPOINT_INTERVAL,
  CHECKPOINT_TIMEOUT,
  type Committer,
  type Sink,
  type SinkContext,
  type SinkWriter,
  WeirError,
} from '@weir/core';
import type { KafkaClient } from '../client/kafka-client.ts';
import { operatorClient } from '../client/operator-client.ts';
import { KAFKA_COMMITTABLE_TYPE, type KafkaCommittable } from './kafka-committable.ts';
import { KafkaCommitter } from './kafka-committer.ts';
import { KafkaSinkBuilder, type KafkaSinkOptions } from './kafka-sink-builder.ts';
import { KafkaWriter } from './kafka-writer.ts';
import { DeliveryGuarantee } from './sink-settings.ts';
import { TransactionCalls } from './transaction-calls.ts';
import { TransactionRing } from './transaction-ring.ts';

/** What writer and committer of one subtask have in common. */
interface Subtask {
  readonly client: KafkaClient;
  readonly calls: TransactionCalls;
  readonly ring: TransactionRing | null;
}

/**
 * @example
 * const alerts = KafkaSink.builder<Alert>()
 *   .setBootstrapServers('localhost:9092')
 *   .setRecordSerializer(
 *     KafkaRecordSerializationSchema.builder<Alert>()
 *       .setTopic('alerts')
 *       .setValueSerializationSchema(new JsonSerializationSchema<Alert>())
 *       .build(),
 *   )
 *   .setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
 *   .setTransactionalIdPrefix('fraud-alerts')
 *   .build();
 * stream.sinkTo(alerts);
 */
export class KafkaSink<T> implements Sink<T, KafkaCommittable> {
  readonly committableType: typeof KAFKA_COMMITTABLE_TYPE | null;
  /** Only where there is a second phase. */
  readonly createCommitter?: (context: SinkContext) => Committer<KafkaCommittable>;
  readonly #options: KafkaSinkOptions<T>;
  readonly #subtasks = new WeakMap<SinkContext, Subtask>();

  constructor(options: KafkaSinkOptions<T>) {
    this.#options = options;
    this.committableType = this.#exactlyOnce ? KAFKA_COMMITTABLE_TYPE : null;
    if (this.#exactlyOnce) this.createCommitter = (context) => this.#committer(context);
  }

  static builder<T>(): KafkaSinkBuilder<T, KafkaSink<T>> {
    return new KafkaSinkBuilder((options) => new KafkaSink(options));
  }

  async createWriter(context: SinkContext): Promise<SinkWriter<T, KafkaCommittable>> {
    const { settings, serializer, guarantee, warnings, prefix } = this.#options;
    const { subtaskIndex, operatorName, attempt } = context.taskInfo;
    if (subtaskIndex === 0) {
      for (const warning of warnings) console.warn(`${operatorName}: ${warning}`);
    }
    if (this.#exactlyOnce) {
      this.#checkTimeout(context);
      // After a restore, or in a later attempt, that was done before; a job that starts afresh may
      // follow one of the same prefix that was killed.
      if (context.restoredCheckpointId === null && attempt === 0) {
        await this.#committer(context).discardUncommitted([]);
      }
    }
    const writer = new KafkaWriter<T>({
      ...this.#subtask(context),
      settings,
      serializer,
      context,
      groupId: `${prefix}-${subtaskIndex}`,
      flushes: guarantee !== DeliveryGuarantee.NONE,
    });
    await writer.open();
    return writer;
  }

  get #exactlyOnce(): boolean {
    return this.#options.guarantee === DeliveryGuarantee.EXACTLY_ONCE;
  }

  #committer(context: SinkContext): KafkaCommitter {
    const { settings, lostTransactions } = this.#options;
    const { client, calls, ring } = this.#subtask(context);
    return new KafkaCommitter({ client, calls, settings, ring: ring!, context, lostTransactions });
  }

  #subtask(context: SinkContext): Subtask {
    const known = this.#subtasks.get(context);
    if (known !== undefined) return known;
    const { settings, prefix } = this.#options;
    const client = operatorClient(context, settings, settings.deliveryTimeoutMs);
    const ring = this.#exactlyOnce
      ? new TransactionRing(prefix, context.taskInfo.subtaskIndex)
      : null;
    const subtask = { client, calls: new TransactionCalls(client), ring };
    this.#subtasks.set(context, subtask);
    return subtask;
  }

  /** A transaction is open from one checkpoint to the end of the next. */
  #checkTimeout({ configuration, taskInfo }: SinkContext): void {
    const { transactionTimeoutMs } = this.#options.settings;
    const intervalMs = configuration.get(CHECKPOINT_INTERVAL);
    const timeoutMs = configuration.get(CHECKPOINT_TIMEOUT);
    if (intervalMs === 0) {
      throw new WeirError(
        'CONFIG_INVALID',
        'exactly-once commits with checkpoints, and they are off; call ' +
          'env.enableCheckpointing(10_000), or set execution.checkpointing.interval',
      );
    }
    if (transactionTimeoutMs <= intervalMs) {
      throw new WeirError(
        'CONFIG_INVALID',
        `transaction.timeout.ms is ${transactionTimeoutMs}, and a checkpoint begins every ` +
          `${intervalMs} ms: every transaction would be aborted before it is committed; raise it ` +
          'above interval and checkpoint timeout together',
      );
    }
    if (transactionTimeoutMs < intervalMs + timeoutMs && taskInfo.subtaskIndex === 0) {
      console.warn(
        `${taskInfo.operatorName}: transaction.timeout.ms is ${transactionTimeoutMs}, less than ` +
          `the checkpoint interval of ${intervalMs} ms and the checkpoint timeout of ` +
          `${timeoutMs} ms together; a checkpoint that takes long would lose its transaction`,
      );
    }
  }
}
