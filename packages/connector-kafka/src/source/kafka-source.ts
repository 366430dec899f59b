/**
 * A source of Kafka's topics. A split is a partition, its position the next offset; splits are
 * assigned by Weir, and the consumer group only names where offsets are committed.
 * Semantics: Flink's KafkaSource.
 */
import type { Source, SourceContext, SourceReader, TypeInformation } from '@weir/core';
import type { KafkaClient } from '../client/kafka-client.ts';
import { check } from '../client/kafka-failure.ts';
import { operatorClient } from '../client/operator-client.ts';
import type { TopicPartition } from '../protocol/api.ts';
import { KafkaSourceBuilder, type KafkaSourceOptions } from './kafka-source-builder.ts';
import { KafkaSourceReader } from './kafka-source-reader.ts';
import { KAFKA_SPLIT_TYPE, type KafkaSplit, splitIdOf, splitOwner } from './kafka-split.ts';
import { type OffsetLookup, OffsetsInitializer } from './offsets-initializer.ts';
import { missingTopic, sourceFailure } from './source-errors.ts';

/**
 * @example
 * const clicks = KafkaSource.builder<Click>()
 *   .setBootstrapServers('localhost:9092')
 *   .setTopics('clicks')
 *   .setGroupId('click-counts')
 *   .setStartingOffsets(OffsetsInitializer.committedOffsets('EARLIEST'))
 *   .setValueOnlyDeserializer(new JsonDeserializationSchema<Click>())
 *   .setProperty('isolation.level', 'read_committed')
 *   .build();
 * env.fromSource(clicks, WatermarkStrategy.forBoundedOutOfOrderness(5000), 'clicks');
 */
export class KafkaSource<T> implements Source<T, KafkaSplit> {
  readonly splitType = KAFKA_SPLIT_TYPE;
  readonly #options: KafkaSourceOptions<T>;
  /** A subtask's reader and its discovery share one client. */
  readonly #clients = new WeakMap<SourceContext, KafkaClient>();

  constructor(options: KafkaSourceOptions<T>) {
    this.#options = options;
  }

  static builder<T>(): KafkaSourceBuilder<T, KafkaSource<T>> {
    return new KafkaSourceBuilder((options) => new KafkaSource(options));
  }

  get boundedness(): 'BOUNDED' | 'CONTINUOUS_UNBOUNDED' {
    return this.#options.stoppingOffsets === null ? 'CONTINUOUS_UNBOUNDED' : 'BOUNDED';
  }

  get producedType(): TypeInformation<T> | null {
    return this.#options.reading.producedType;
  }

  get discoveryIntervalMs(): number | null {
    return this.boundedness === 'BOUNDED' ? null : this.#options.settings.discoveryIntervalMs;
  }

  /**
   * Waits for a Kafka that can't be reached. Partitions that the job did not know when it started
   * begin at their first record, so that none is missed between their creation and their discovery.
   * @throws WeirError SOURCE_FAILED when a topic is missing or may not be read.
   */
  async discoverSplits(
    context: SourceContext,
    known: ReadonlyMap<string, KafkaSplit>,
  ): Promise<readonly KafkaSplit[]> {
    const { settings, startingOffsets, stoppingOffsets } = this.#options;
    const { readCommitted, groupId, servers } = settings;
    const client = this.#client(context);
    try {
      const partitions = (await this.#partitions(client)).filter(
        ({ topic, partition }) => !known.has(splitIdOf(topic, partition)),
      );
      const lookup: OffsetLookup = { client, groupId, readCommitted };
      const initial = known.size === 0 ? startingOffsets : OffsetsInitializer.earliest();
      const starts = await initial.resolve(partitions, lookup);
      const stops = (await stoppingOffsets?.resolve(partitions, lookup)) ?? new Map();
      return partitions.map(({ topic, partition }) => {
        const splitId = splitIdOf(topic, partition);
        const position = starts.get(splitId) ?? 0;
        const stoppingOffset = stops.get(splitId) ?? null;
        return { splitId, topic, partition, position, stoppingOffset, finished: false };
      });
    } catch (error) {
      throw sourceFailure(error, servers);
    }
  }

  ownerOf({ topic, partition }: KafkaSplit, parallelism: number): number {
    return splitOwner(topic, partition, parallelism);
  }

  createReader(context: SourceContext): SourceReader<T, KafkaSplit> {
    const { settings, reading, invalidRecords, warnings } = this.#options;
    const { operatorName, subtaskIndex } = context.taskInfo;
    if (subtaskIndex === 0) {
      for (const warning of warnings) console.warn(`${operatorName}: ${warning}`);
    }
    return new KafkaSourceReader<T>({
      client: this.#client(context),
      settings,
      context,
      reading,
      invalidRecords,
      endsWithSplits: this.discoveryIntervalMs === null,
    });
  }

  #client(context: SourceContext): KafkaClient {
    const known = this.#clients.get(context);
    if (known !== undefined) return known;
    // A Kafka that is down is waited for; restarting the job would not bring it back.
    const client = operatorClient(context, this.#options.settings, Number.POSITIVE_INFINITY);
    this.#clients.set(context, client);
    return client;
  }

  async #partitions(client: KafkaClient): Promise<TopicPartition[]> {
    const { topics, settings } = this.#options;
    const pattern = topics instanceof RegExp ? topics : null;
    const found = await client.metadata(pattern === null ? (topics as readonly string[]) : null);
    const partitions: TopicPartition[] = [];
    for (const { topic, errorCode, isInternal, partitions: all } of found) {
      if (pattern !== null) {
        if (!pattern.test(topic) || (isInternal && settings.excludeInternalTopics)) continue;
      }
      if (errorCode === 3) throw missingTopic(topic);
      if (errorCode !== 5) check(`Metadata of ${topic}`, errorCode);
      for (const { partition } of all) partitions.push({ topic, partition });
    }
    return partitions.sort((a, b) =>
      a.topic === b.topic ? a.partition - b.partition : a.topic < b.topic ? -1 : 1,
    );
  }
}
