/** Where reading a partition starts, or stops. Flink's OffsetsInitializer. */
import { WeirError } from '@weir/core';
import type { KafkaClient } from '../client/kafka-client.ts';
import type { TopicPartition } from '../protocol/api.ts';
import { EARLIEST, LATEST } from '../protocol/metadata-apis.ts';
import { splitIdOf } from './kafka-split.ts';

/** What to do where a partition has no committed or given offset. */
export type OffsetResetStrategy = 'EARLIEST' | 'LATEST' | 'NONE';

type Kind =
  | { readonly kind: 'timestamp'; readonly timestampMs: number }
  | { readonly kind: 'committed'; readonly reset: OffsetResetStrategy }
  | {
      readonly kind: 'given';
      readonly offsets: ReadonlyMap<string, number>;
      readonly reset: OffsetResetStrategy;
    };

export interface OffsetLookup {
  readonly client: KafkaClient;
  readonly groupId: string | null;
  readonly readCommitted: boolean;
}

export class OffsetsInitializer {
  readonly #kind: Kind;

  private constructor(kind: Kind) {
    this.#kind = kind;
  }

  static earliest(): OffsetsInitializer {
    return new OffsetsInitializer({ kind: 'timestamp', timestampMs: EARLIEST });
  }

  /** The end; for read_committed the first offset of the oldest open transaction. */
  static latest(): OffsetsInitializer {
    return new OffsetsInitializer({ kind: 'timestamp', timestampMs: LATEST });
  }

  /** The first record whose timestamp (epoch ms) is at or after this one; the end if none is. */
  static timestamp(timestampMs: number): OffsetsInitializer {
    if (!Number.isSafeInteger(timestampMs) || timestampMs < 0) {
      const text = `${timestampMs} is no time in ms since the epoch`;
      throw new WeirError('ARGUMENT_INVALID', text);
    }
    return new OffsetsInitializer({ kind: 'timestamp', timestampMs });
  }

  /** What the group (`setGroupId`) has committed; `reset` says what holds where it has nothing. */
  static committedOffsets(reset: OffsetResetStrategy = 'NONE'): OffsetsInitializer {
    return new OffsetsInitializer({ kind: 'committed', reset });
  }

  /** Given ones; `reset` holds for partitions that are not named. */
  static offsets(
    offsets: ReadonlyArray<TopicPartition & { readonly offset: number }>,
    reset: OffsetResetStrategy = 'EARLIEST',
  ): OffsetsInitializer {
    const byId = offsets.map(
      ({ topic, partition, offset }) => [splitIdOf(topic, partition), offset] as const,
    );
    return new OffsetsInitializer({ kind: 'given', offsets: new Map(byId), reset });
  }

  /** True where a group has to be known. */
  get needsGroup(): boolean {
    return this.#kind.kind === 'committed';
  }

  /**
   * Offsets by split id.
   * @throws WeirError SOURCE_FAILED when a partition has none and there is no reset strategy.
   */
  async resolve(
    partitions: readonly TopicPartition[],
    lookup: OffsetLookup,
  ): Promise<ReadonlyMap<string, number>> {
    const kind = this.#kind;
    if (partitions.length === 0) return new Map();
    if (kind.kind === 'timestamp') return byTime(partitions, kind.timestampMs, lookup);
    const known = kind.kind === 'given' ? kind.offsets : await committedOffsets(partitions, lookup);
    const unknown = partitions.filter(({ topic, partition }) => {
      return !known.has(splitIdOf(topic, partition));
    });
    if (unknown.length === 0) return known;
    if (kind.reset === 'NONE') throw nothingKnown(unknown, kind.kind, lookup.groupId);
    const timestampMs = kind.reset === 'EARLIEST' ? EARLIEST : LATEST;
    return new Map([...known, ...(await byTime(unknown, timestampMs, lookup))]);
  }
}

async function byTime(
  partitions: readonly TopicPartition[],
  timestampMs: number,
  { client, readCommitted }: OffsetLookup,
): Promise<Map<string, number>> {
  const at = async (ms: number, which: readonly TopicPartition[]): Promise<Map<string, number>> => {
    const queries = which.map(({ topic, partition }) => ({ topic, partition, timestampMs: ms }));
    const found = await client.listOffsets(queries, readCommitted);
    return new Map(
      found.map(({ topic, partition, offset }) => [splitIdOf(topic, partition), offset]),
    );
  };
  const found = await at(timestampMs, partitions);
  const none = partitions.filter(
    ({ topic, partition }) => (found.get(splitIdOf(topic, partition)) ?? -1) < 0,
  );
  return none.length === 0 ? found : new Map([...found, ...(await at(LATEST, none))]);
}

async function committedOffsets(
  partitions: readonly TopicPartition[],
  { client, groupId }: OffsetLookup,
): Promise<ReadonlyMap<string, number>> {
  const offsets = await client.committedOffsets({ groupId: groupId ?? '', partitions });
  return new Map(
    offsets
      .filter(({ offset }) => offset >= 0)
      .map(({ topic, partition, offset }) => [splitIdOf(topic, partition), offset]),
  );
}

function nothingKnown(
  partitions: readonly TopicPartition[],
  kind: 'given' | 'committed',
  groupId: string | null,
): WeirError {
  const names = partitions.slice(0, 5).map(({ topic, partition }) => splitIdOf(topic, partition));
  const more = partitions.length > 5 ? ` and ${partitions.length - 5} more` : '';
  const who = kind === 'committed' ? `group ${groupId} has committed` : 'the job was given';
  return new WeirError(
    'SOURCE_FAILED',
    `${who} no offset for ${names.join(', ')}${more}; give a reset strategy, ` +
      `for example OffsetsInitializer.committedOffsets('EARLIEST')`,
  );
}
