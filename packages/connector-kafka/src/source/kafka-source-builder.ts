/** Collects what a Kafka source needs; checks it when it is built. Flink's KafkaSourceBuilder. */
import { type DeserializationSchema, type OutputTag, WeirError } from '@weir/core';
import type { Properties } from '../config/property-table.ts';
import {
  type KafkaRecordDeserializationSchema,
  type RecordReading,
  valueOnly,
  wholeRecord,
} from './deserializers.ts';
import { OffsetsInitializer } from './offsets-initializer.ts';
import type { RefusedRecord } from './refused-record.ts';
import { type SourceSettings, sourceSettings } from './source-settings.ts';

export type InvalidRecords = 'fail' | 'skip' | OutputTag<RefusedRecord>;

export interface KafkaSourceOptions<T> {
  readonly settings: SourceSettings;
  readonly topics: readonly string[] | RegExp;
  readonly reading: RecordReading<T>;
  readonly startingOffsets: OffsetsInitializer;
  /** Where to stop; null = never. */
  readonly stoppingOffsets: OffsetsInitializer | null;
  readonly invalidRecords: InvalidRecords;
  /** Of the properties; said once the job runs. */
  readonly warnings: readonly string[];
}

export class KafkaSourceBuilder<T, Built> {
  readonly #create: (options: KafkaSourceOptions<T>) => Built;
  readonly #properties: Record<string, string> = {};
  #topics: readonly string[] | RegExp | null = null;
  #reading: RecordReading<T> | null = null;
  #startingOffsets = OffsetsInitializer.earliest();
  #stoppingOffsets: OffsetsInitializer | null = null;
  #invalidRecords: InvalidRecords = 'fail';

  /** Made by `KafkaSource.builder()`. */
  constructor(create: (options: KafkaSourceOptions<T>) => Built) {
    this.#create = create;
  }

  /** `host:port`, several with commas. */
  setBootstrapServers(servers: string): this {
    return this.setProperty('bootstrap.servers', servers);
  }

  setTopics(...topics: readonly string[]): this {
    this.#topics = topics.flat();
    return this;
  }

  /** All topics whose whole name fits; new ones are found at each discovery. */
  setTopicPattern(pattern: RegExp): this {
    const flags = pattern.flags.replace(/[gy]/g, '');
    this.#topics = new RegExp(`^(?:${pattern.source})$`, flags);
    return this;
  }

  /** Where offsets are committed, and where `committedOffsets` finds them. */
  setGroupId(groupId: string): this {
    return this.setProperty('group.id', groupId);
  }

  setClientIdPrefix(prefix: string): this {
    return this.setProperty('client.id.prefix', prefix);
  }

  /** Where a job that is not restored begins. Default: earliest. */
  setStartingOffsets(offsets: OffsetsInitializer): this {
    this.#startingOffsets = offsets;
    return this;
  }

  /** Makes the source end: each partition at the offset that holds when the job starts. */
  setBounded(stoppingOffsets: OffsetsInitializer): this {
    this.#stoppingOffsets = stoppingOffsets;
    return this;
  }

  /** For values alone; tombstones give no record. */
  setValueOnlyDeserializer(schema: DeserializationSchema<T>): this {
    this.#reading = valueOnly(schema);
    return this;
  }

  /** For keys, headers, timestamps, offsets; or for several records out of one. */
  setDeserializer(schema: KafkaRecordDeserializationSchema<T>): this {
    this.#reading = wholeRecord(schema);
    return this;
  }

  /**
   * What becomes of a record that its deserializer refuses: `fail` (the default) fails the job with
   * topic, partition, offset and a preview; `skip` counts it in `numRecordsInErrors`; a tag counts
   * it and gives it to that side output of the source, for a dead-letter topic
   * (`deadLetterSerializer`).
   */
  setInvalidRecords(what: InvalidRecords): this {
    this.#invalidRecords = what;
    return this;
  }

  /** A property of Kafka's consumer, as `consumer.properties` has it. */
  setProperty(key: string, value: string): this {
    this.#properties[key] = String(value);
    return this;
  }

  setProperties(properties: Properties): this {
    for (const [key, value] of Object.entries(properties)) this.setProperty(key, value);
    return this;
  }

  /** @throws WeirError CONFIG_INVALID or ARGUMENT_INVALID saying what is missing or doesn't fit. */
  build(): Built {
    const warnings: string[] = [];
    const settings = sourceSettings(this.#properties, (text) => warnings.push(text));
    const topics = this.#topics;
    if (topics === null || (Array.isArray(topics) && topics.length === 0)) {
      invalid('a Kafka source needs setTopics("…") or setTopicPattern(/…/)');
    }
    if (this.#reading === null) {
      invalid('a Kafka source needs setValueOnlyDeserializer(…) or setDeserializer(…)');
    }
    const needsGroup = this.#startingOffsets.needsGroup || this.#stoppingOffsets?.needsGroup;
    if (settings.groupId === null && needsGroup === true) {
      invalid('committed offsets belong to a group; name it with setGroupId("…")');
    }
    return this.#create({
      settings,
      topics,
      reading: this.#reading,
      startingOffsets: this.#startingOffsets,
      stoppingOffsets: this.#stoppingOffsets,
      invalidRecords: this.#invalidRecords,
      warnings,
    });
  }
}

function invalid(text: string): never {
  throw new WeirError('ARGUMENT_INVALID', text);
}
