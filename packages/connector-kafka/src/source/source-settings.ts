/** What a Kafka source was told, checked and with defaults filled in. */
import type { KafkaConfig } from 'kafkajs';
import { connectionConfig, serversOf } from '../config/connection-config.ts';
import { CheckedProperties, CONSUMER_RULES, type Properties } from '../config/property-table.ts';

export interface SourceSettings {
  readonly servers: string;
  readonly connection: KafkaConfig;
  readonly groupId: string | null;
  readonly readCommitted: boolean;
  readonly checkCrc: boolean;
  readonly minBytes: number;
  readonly maxWaitMs: number;
  readonly maxBytes: number;
  readonly partitionBytesMax: number;
  readonly requestTimeoutMs: number;
  readonly retryFirstMs: number;
  readonly retryMaxMs: number;
  readonly commitOnCheckpoint: boolean;
  /** Null = only at the start. */
  readonly discoveryIntervalMs: number | null;
  readonly excludeInternalTopics: boolean;
  /** Only where the user set it: what to do when a position is no longer there. */
  readonly offsetReset: 'earliest' | 'latest' | 'none' | null;
}

const DISCOVERY_INTERVAL_MS = 300_000;
const MEBIBYTE = 1024 * 1024;

/** @throws WeirError CONFIG_INVALID naming the properties that don't fit. */
export function sourceSettings(values: Properties, warn: (text: string) => void): SourceSettings {
  const properties = new CheckedProperties(values, CONSUMER_RULES, warn);
  const intervalMs = properties.number('partition.discovery.interval.ms', DISCOVERY_INTERVAL_MS);
  const groupId = properties.text('group.id');
  const prefix = properties.text('client.id.prefix') ?? groupId;
  const clientId = properties.text('client.id') ?? (prefix === null ? 'weir' : `${prefix}-weir`);
  const resets = ['earliest', 'latest', 'none'] as const;
  const reset = properties.text('auto.offset.reset');
  const isolations = ['read_uncommitted', 'read_committed'] as const;
  return {
    servers: serversOf(properties).join(','),
    connection: connectionConfig(properties, clientId),
    groupId,
    readCommitted:
      properties.oneOf('isolation.level', isolations, 'read_uncommitted') === 'read_committed',
    checkCrc: properties.boolean('check.crcs', true),
    minBytes: properties.number('fetch.min.bytes', 1),
    maxWaitMs: properties.number('fetch.max.wait.ms', 500),
    maxBytes: properties.number('fetch.max.bytes', 50 * MEBIBYTE),
    partitionBytesMax: properties.number('max.partition.fetch.bytes', MEBIBYTE),
    requestTimeoutMs: properties.number('request.timeout.ms', 30_000),
    retryFirstMs: properties.number('retry.backoff.ms', 100),
    retryMaxMs: properties.number('retry.backoff.max.ms', 1000),
    commitOnCheckpoint: properties.boolean('commit.offsets.on.checkpoint', true),
    discoveryIntervalMs: intervalMs > 0 ? intervalMs : null,
    excludeInternalTopics: properties.boolean('exclude.internal.topics', true),
    offsetReset: reset === null ? null : properties.oneOf('auto.offset.reset', resets, 'none'),
  };
}
