/** What a Kafka sink says when it can't go on: what happened, and what to do. */
import { isWeirError, WeirError } from '@weir/core';
import { KafkaFailure } from '../client/kafka-failure.ts';
import {
  INVALID_TRANSACTION_TIMEOUT,
  isLostTransaction,
  MESSAGE_TOO_LARGE,
} from '../protocol/error-codes.ts';
import type { SinkSettings } from './sink-settings.ts';

/** Failures of the client, as the sink says them. */
export function sinkFailure(error: unknown, settings: SinkSettings): unknown {
  if (isWeirError(error) || !(error instanceof KafkaFailure)) return error;
  const { message, passing, kind, errorCode } = error;
  let text = kind === 'access' ? `${message} (${settings.servers})` : message;
  if (errorCode === INVALID_TRANSACTION_TIMEOUT) {
    text +=
      `: transaction.timeout.ms is ${settings.transactionTimeoutMs}, and the brokers allow less ` +
      '(transaction.max.timeout.ms, 900000 unless changed); lower the one or raise the other';
  } else if (errorCode === MESSAGE_TOO_LARGE) {
    text +=
      ': the topic takes smaller batches; raise its max.message.bytes, or lower batch.size and ' +
      'max.request.size';
  } else if (errorCode !== null && isLostTransaction(errorCode)) {
    text +=
      ': the transaction was aborted; it was open for longer than transaction.timeout.ms ' +
      `(${settings.transactionTimeoutMs}), or another job uses the same transactional id prefix`;
    return new WeirError('SINK_FAILED', text, { cause: error, retryable: true });
  } else if (kind === 'connection') {
    text = `no answer from ${settings.servers} within delivery.timeout.ms (${settings.deliveryTimeoutMs}): ${message}`;
  }
  return new WeirError('SINK_FAILED', text, { cause: error, retryable: passing });
}

export function recordTooLarge(topic: string, bytes: number, limit: number): WeirError {
  return new WeirError(
    'SINK_FAILED',
    `a record for topic ${topic} takes up ${bytes} bytes, and max.request.size is ${limit}; raise ` +
      "it together with the topic's max.message.bytes",
    { context: { topic, bytes } },
  );
}

export function noSuchTopic(topic: string): WeirError {
  const text = `topic ${topic} does not exist; create it, the sink does not`;
  return new WeirError('SINK_FAILED', text, { retryable: true, context: { topic } });
}

/** A partition that a record names, and that its topic does not have. */
export function noSuchPartition(topic: string, partition: number, count: number): WeirError {
  return new WeirError(
    'SINK_FAILED',
    `a record was given partition ${partition} of topic ${topic}, which has ${count}: 0 to ` +
      `${count - 1}; correct the partitioner, or add partitions to the topic`,
    { context: { topic, partition, count } },
  );
}

/** A checkpoint counts on a transaction that the brokers have aborted or forgotten. */
export function lostTransaction(
  transactionalId: string,
  checkpointId: number,
  state: string,
  timeoutMs: number,
  cause: unknown,
): WeirError {
  return new WeirError(
    'COMMIT_LOST',
    `transaction ${transactionalId} of checkpoint ${checkpointId} can't be committed: it is ` +
      `${state}. What it had written is not visible to readers. Most likely the job was down for ` +
      `longer than transaction.timeout.ms (${timeoutMs}), or another job uses the same ` +
      'transactional id prefix. To have it written again, restore from an older checkpoint or ' +
      "savepoint; to go on without it, call setLostTransactions('skip')",
    { cause, context: { transactionalId, checkpointId, state } },
  );
}
