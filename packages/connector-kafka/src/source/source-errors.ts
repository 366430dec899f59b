/** What a Kafka source says when it can't go on: what happened, where, and what to do. */
import { isWeirError, WeirError } from '@weir/core';
import { KafkaFailure } from '../client/kafka-failure.ts';
import type { PartitionBuffer } from './partition-buffer.ts';

const PREVIEW_BYTES = 120;

/** Bytes that are no record batches, or not the ones that were written. */
export function unreadable(buffer: PartitionBuffer, cause: unknown): WeirError {
  const { topic, partition, fetchOffset } = buffer;
  const why = cause instanceof Error ? cause.message : String(cause);
  const context = { topic, partition, offset: fetchOffset };
  const text =
    `topic ${topic}, partition ${partition}, from offset ${fetchOffset} on: ${why}; the log or the ` +
    'way to it damages data';
  return new WeirError('SOURCE_FAILED', text, { cause, context, retryable: true });
}

/** The position lies before the first or behind the last record that there is. */
export function expiredPosition(buffer: PartitionBuffer, first: number, end: number): WeirError {
  const { topic, partition, fetchOffset } = buffer;
  const lost =
    fetchOffset < first
      ? `${first - fetchOffset} records were deleted before they were read (retention)`
      : 'the log was cut back behind it';
  return new WeirError(
    'SOURCE_FAILED',
    `topic ${topic}, partition ${partition}: offset ${fetchOffset} is not in the log, which has ` +
      `${first} to ${end}: ${lost}. To go on without them, set auto.offset.reset to earliest or latest`,
    { context: { topic, partition, offset: fetchOffset, first, end } },
  );
}

export function missingTopic(topic: string): WeirError {
  const text = `topic ${topic} does not exist; create it, or correct setTopics(…)`;
  return new WeirError('SOURCE_FAILED', text, { retryable: true, context: { topic } });
}

/** A record that its deserializer refused. */
export function poisonRecord(
  place: { readonly topic: string; readonly partition: number; readonly offset: number },
  value: Buffer | null,
  cause: unknown,
): WeirError {
  const { topic, partition, offset } = place;
  const why = cause instanceof Error ? cause.message : String(cause);
  return new WeirError(
    'SOURCE_FAILED',
    `topic ${topic}, partition ${partition}, offset ${offset}: ${why}. The record's value is ` +
      `${previewOf(value)}. To leave such records out, call setInvalidRecords('skip'); to keep them ` +
      'elsewhere, give it the tag of a side output',
    { cause, context: { topic, partition, offset } },
  );
}

/** Failures of the client, as the source says them. */
export function sourceFailure(error: unknown, servers: string): unknown {
  if (isWeirError(error) || !(error instanceof KafkaFailure)) return error;
  const { message, passing, kind } = error;
  const text = kind === 'access' ? `${message} (${servers})` : message;
  return new WeirError('SOURCE_FAILED', text, { cause: error, retryable: passing });
}

/** The beginning of a value: as text where it is text, else in hexadecimal. */
function previewOf(value: Buffer | null): string {
  if (value === null) return 'null';
  const start = value.subarray(0, PREVIEW_BYTES);
  const more = value.length > start.length ? '…' : '';
  // A character may be cut in two at the end.
  const text = start.toString().replace(/\ufffd+$/, '');
  const isText = !text.includes('\ufffd') && [...text].every((one) => one >= ' ' || /\s/.test(one));
  const shown = isText ? JSON.stringify(text) : start.toString('hex');
  return `${shown}${more} (${value.length} bytes)`;
}
