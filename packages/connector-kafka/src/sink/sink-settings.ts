/** What a Kafka sink was told, checked and with defaults filled in. */
import { WeirError } from '@weir/core';
import type { KafkaConfig } from 'kafkajs';
import { connectionConfig, serversOf } from '../config/connection-config.ts';
import { CheckedProperties, PRODUCER_RULES, type Properties } from '../config/property-table.ts';
import { COMPRESSION_TYPES, type CompressionType } from '../records/compression.ts';

export const DeliveryGuarantee = {
  /** Records may be lost and doubled; a checkpoint waits for nothing. */
  NONE: 'none',
  /** No record is lost; after a failure some may be there twice. */
  AT_LEAST_ONCE: 'at-least-once',
  /** Each record is there once for whoever reads committed ones; needs checkpoints. */
  EXACTLY_ONCE: 'exactly-once',
} as const;
export type DeliveryGuarantee = (typeof DeliveryGuarantee)[keyof typeof DeliveryGuarantee];

export interface SinkSettings {
  readonly servers: string;
  readonly connection: KafkaConfig;
  readonly acks: -1 | 1;
  readonly idempotent: boolean;
  readonly batchBytes: number;
  readonly lingerMs: number;
  readonly bufferBytes: number;
  readonly requestBytesMax: number;
  /** After so long a topic is looked at again: it may have more partitions. */
  readonly metadataAgeMs: number;
  /** Batches of one partition on their way at once. */
  readonly inFlightMax: number;
  readonly compression: CompressionType;
  readonly compressionLevel: number | null;
  readonly deliveryTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly retryFirstMs: number;
  readonly retryMaxMs: number;
  readonly transactionTimeoutMs: number;
  readonly ignoreKeys: boolean;
}

const KIBIBYTE = 1024;
/** A broker takes batches up to 1,048,588 bytes unless told otherwise. */
const REQUEST_BYTES_MAX = 1024 * KIBIBYTE;
/** The broker remembers so many batches of a producer and partition to recognise repeats. */
const IN_FLIGHT_MAX = 5;
/** The longest that brokers allow unless told otherwise. */
const TRANSACTION_TIMEOUT_MS = 900_000;

/** @throws WeirError CONFIG_INVALID naming the properties that don't fit. */
export function sinkSettings(
  values: Properties,
  guarantee: DeliveryGuarantee,
  warn: (text: string) => void,
): SinkSettings {
  const properties = new CheckedProperties(values, PRODUCER_RULES, warn);
  const compression = properties.oneOf('compression.type', COMPRESSION_TYPES, 'none');
  const level = properties.number(`compression.${compression}.level`, Number.NaN);
  const acks = acksOf(properties);
  const exactlyOnce = guarantee === DeliveryGuarantee.EXACTLY_ONCE;
  const idempotent = properties.boolean('enable.idempotence', acks === -1);
  if (acks === 1 && (exactlyOnce || idempotent)) {
    invalid(
      `acks=1 does not go with ${exactlyOnce ? 'exactly-once' : 'enable.idempotence'}; use all`,
    );
  }
  if (exactlyOnce && !idempotent) invalid('exactly-once needs enable.idempotence=true');
  const inFlight = properties.number('max.in.flight.requests.per.connection', IN_FLIGHT_MAX);
  if (inFlight < 1) invalid('max.in.flight.requests.per.connection is 1 or more');
  const requestBytesMax = properties.number('max.request.size', REQUEST_BYTES_MAX);
  return {
    servers: serversOf(properties).join(','),
    connection: connectionConfig(properties, clientIdOf(properties)),
    acks,
    idempotent,
    batchBytes: Math.min(properties.number('batch.size', 256 * KIBIBYTE), requestBytesMax),
    lingerMs: properties.number('linger.ms', 5),
    bufferBytes: properties.number('buffer.memory', 32 * KIBIBYTE * KIBIBYTE),
    requestBytesMax,
    metadataAgeMs: properties.number('metadata.max.age.ms', 300_000),
    inFlightMax: Math.min(inFlight, IN_FLIGHT_MAX),
    compression,
    compressionLevel: Number.isNaN(level) ? null : level,
    deliveryTimeoutMs: properties.number('delivery.timeout.ms', 120_000),
    requestTimeoutMs: properties.number('request.timeout.ms', 30_000),
    retryFirstMs: properties.number('retry.backoff.ms', 100),
    retryMaxMs: properties.number('retry.backoff.max.ms', 1000),
    transactionTimeoutMs: properties.number('transaction.timeout.ms', TRANSACTION_TIMEOUT_MS),
    ignoreKeys: properties.boolean('partitioner.ignore.keys', false),
  };
}

function clientIdOf(properties: CheckedProperties): string {
  return properties.text('client.id') ?? properties.text('client.id.prefix') ?? 'weir';
}

function acksOf(properties: CheckedProperties): -1 | 1 {
  const text = properties.text('acks') ?? 'all';
  if (text === 'all' || text === '-1') return -1;
  if (text === '1') return 1;
  invalid(`acks is all or 1, not "${text}"; without an answer nothing is known of a record`);
}

function invalid(text: string): never {
  throw new WeirError('CONFIG_INVALID', text);
}
