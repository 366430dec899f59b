/**
 * A kind of request: its number, the one version that is sent, and how to write and read it.
 *
 * Versions are pinned, never negotiated to the broker's maximum: under `transaction.version` 0,
 * EndTxn 5 and Produce 12 answer UNSUPPORTED_VERSION and leave the transactional id stuck, with
 * every read_committed reader behind it (docs/adr/kafka-transport.md).
 */
import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';

export interface Api<Request, Response> {
  readonly key: number;
  readonly name: string;
  readonly version: number;
  /** True where the version has compact types and tagged fields, also in the headers. */
  readonly flexible: boolean;
  /** True where an answer ends with its throttle time; all others begin with it. */
  readonly throttleLast?: true;
  /** Bytes that a request takes up about; avoids growing for large ones. */
  sizeOf?(request: Request): number;
  write(writer: ByteWriter, request: Request): void;
  /** What follows on that, sent as it is; only of requests that are not flexible. */
  tailOf?(request: Request): Uint8Array;
  /** Without the throttle time. @throws WeirError FORMAT_INVALID on bytes that are no such response. */
  read(reader: ByteReader): Response;
}

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** Splits a flat list into the topics and partitions that requests nest. */
export function byTopic<T extends TopicPartition>(
  entries: readonly T[],
): Array<{ readonly topic: string; readonly entries: readonly T[] }> {
  const topics = new Map<string, T[]>();
  for (const entry of entries) {
    const known = topics.get(entry.topic);
    if (known === undefined) topics.set(entry.topic, [entry]);
    else known.push(entry);
  }
  return [...topics].map(([topic, list]) => ({ topic, entries: list }));
}

/** Writes `[topic [partition …]]`, which most requests consist of. */
export function writeByTopic<T extends TopicPartition>(
  writer: ByteWriter,
  entries: readonly T[],
  write: (entry: T) => void,
): void {
  writer.array(byTopic(entries), ({ topic, entries: list }) => {
    writer.string(topic).array(list, write);
  });
}

/** Reads the same structure back into a flat list. */
export function readByTopic<T>(reader: ByteReader, read: (topic: string) => T): T[] {
  return reader
    .array(() => {
      const topic = reader.string();
      return reader.array(() => read(topic));
    })
    .flat();
}

export interface PartitionCode extends TopicPartition {
  readonly errorCode: number;
}

/** What requests that only change something are answered with: a code a partition. */
export function readPartitionCodes(reader: ByteReader): PartitionCode[] {
  return readByTopic(reader, (topic) => ({
    topic,
    partition: reader.int32(),
    errorCode: reader.int16(),
  }));
}
