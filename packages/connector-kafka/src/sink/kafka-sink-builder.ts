/** Collects what a Kafka sink needs; checks it when it is built. Flink's KafkaSinkBuilder. */
import { WeirError } from '@weir/core';
import type { Properties } from '../config/property-table.ts';
import type { KafkaRecordSerializationSchema } from './serializers.ts';
import { DeliveryGuarantee, type SinkSettings, sinkSettings } from './sink-settings.ts';

export interface KafkaSinkOptions<T> {
  readonly settings: SinkSettings;
  readonly serializer: KafkaRecordSerializationSchema<T>;
  readonly guarantee: DeliveryGuarantee;
  /** Begins all transactional ids; empty without transactions. */
  readonly prefix: string;
  readonly lostTransactions: 'fail' | 'skip';
  /** Of the properties; said once the job runs. */
  readonly warnings: readonly string[];
}

export class KafkaSinkBuilder<T, Built> {
  readonly #create: (options: KafkaSinkOptions<T>) => Built;
  readonly #properties: Record<string, string> = {};
  #serializer: KafkaRecordSerializationSchema<T> | null = null;
  #guarantee: DeliveryGuarantee = DeliveryGuarantee.NONE;
  #prefix: string | null = null;
  #lostTransactions: 'fail' | 'skip' = 'fail';

  /** Made by `KafkaSink.builder()`. */
  constructor(create: (options: KafkaSinkOptions<T>) => Built) {
    this.#create = create;
  }

  /** `host:port`, several with commas. */
  setBootstrapServers(servers: string): this {
    return this.setProperty('bootstrap.servers', servers);
  }

  setRecordSerializer(serializer: KafkaRecordSerializationSchema<T>): this {
    this.#serializer = serializer;
    return this;
  }

  /** Default, as in Flink: NONE. */
  setDeliveryGuarantee(guarantee: DeliveryGuarantee): this {
    this.#guarantee = guarantee;
    return this;
  }

  /** Unique among all that write to this cluster, and the same when the job is started again. */
  setTransactionalIdPrefix(prefix: string): this {
    this.#prefix = prefix;
    return this;
  }

  /**
   * What becomes of a checkpoint whose transaction the brokers have aborted, because the job was
   * down for longer than its timeout: `fail` (the default), or `skip` to go on without its records.
   */
  setLostTransactions(what: 'fail' | 'skip'): this {
    this.#lostTransactions = what;
    return this;
  }

  /** A property of Kafka's producer, as `producer.properties` has it. */
  setProperty(key: string, value: string): this {
    this.#properties[key] = String(value);
    return this;
  }

  setKafkaProducerConfig(properties: Properties): this {
    for (const [key, value] of Object.entries(properties)) this.setProperty(key, value);
    return this;
  }

  /** @throws WeirError CONFIG_INVALID or ARGUMENT_INVALID saying what is missing or doesn't fit. */
  build(): Built {
    const warnings: string[] = [];
    const guarantee = this.#guarantee;
    const settings = sinkSettings(this.#properties, guarantee, (text) => warnings.push(text));
    const serializer = this.#serializer;
    if (serializer === null) invalid('a Kafka sink needs setRecordSerializer(…)');
    const prefix = this.#prefix ?? '';
    if (guarantee === DeliveryGuarantee.EXACTLY_ONCE && prefix === '') {
      invalid('exactly-once needs setTransactionalIdPrefix("…"), unique to this sink');
    }
    const lostTransactions = this.#lostTransactions;
    return this.#create({ settings, serializer, guarantee, prefix, lostTransactions, warnings });
  }
}

function invalid(text: string): never {
  throw new WeirError('ARGUMENT_INVALID', text);
}
