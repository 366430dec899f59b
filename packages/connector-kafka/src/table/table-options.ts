/** The options of a table that lies in Kafka, by Flink's names and with its defaults. */
import { durationOption, integerOption, stringOption } from '@weir/core';
import { DeliveryGuarantee } from '../sink/sink-settings.ts';

/** Options of Kafka's clients, as their own files have them. */
export const PROPERTIES = 'properties.';

export const SERVERS = stringOption('properties.bootstrap.servers', '', {
  description: 'the brokers, host:port with commas',
});
export const TOPIC = stringOption('topic', '', {
  description: 'Topics to read, with semicolons; the one to write.',
});
export const TOPIC_PATTERN = stringOption('topic-pattern', '', {
  description: 'Topics to read, as a regular expression for their whole names.',
});

export const FORMAT = stringOption('format', '', { description: 'Of the values.' });
export const VALUE_FORMAT = stringOption('value.format', '', { description: 'Of the values.' });
export const KEY_FORMAT = stringOption('key.format', '', { description: 'Of the keys.' });
export const KEY_FIELDS = stringOption('key.fields', '', {
  description: 'Columns that keys are made of, with semicolons.',
});
export const VALUE_FIELDS_INCLUDE = stringOption<'ALL' | 'EXCEPT_KEY'>(
  'value.fields-include',
  'ALL',
  { oneOf: ['ALL', 'EXCEPT_KEY'], description: 'Whether values repeat what keys have.' },
);

export const STARTUP_MODE = stringOption<
  'earliest-offset' | 'latest-offset' | 'group-offsets' | 'timestamp' | 'specific-offsets'
>('scan.startup.mode', 'group-offsets', {
  oneOf: ['earliest-offset', 'latest-offset', 'group-offsets', 'timestamp', 'specific-offsets'],
  description: 'Where a job that is not restored begins.',
});
export const STARTUP_TIMESTAMP = integerOption('scan.startup.timestamp-millis', 0, {
  description: 'For scan.startup.mode = timestamp, epoch ms.',
});
export const STARTUP_OFFSETS = stringOption('scan.startup.specific-offsets', '', {
  description: 'For specific-offsets: partition:0,offset:42;partition:1,offset:300.',
});
export const BOUNDED_MODE = stringOption<
  'unbounded' | 'latest-offset' | 'group-offsets' | 'timestamp' | 'specific-offsets'
>('scan.bounded.mode', 'unbounded', {
  oneOf: ['unbounded', 'latest-offset', 'group-offsets', 'timestamp', 'specific-offsets'],
  description: 'Where reading ends.',
});
export const BOUNDED_TIMESTAMP = integerOption('scan.bounded.timestamp-millis', 0, {
  description: 'For scan.bounded.mode = timestamp, epoch ms.',
});
export const BOUNDED_OFFSETS = stringOption('scan.bounded.specific-offsets', '', {
  description: 'For specific-offsets, as for the start.',
});
export const DISCOVERY_INTERVAL = durationOption(
  'scan.topic-partition-discovery.interval',
  300_000,
  { description: 'How often new partitions are looked for; 0 = only at the start.' },
);
export const SCAN_PARALLELISM = integerOption('scan.parallelism', 0, {
  description: 'Of the source; 0 = that of the job.',
});

export const SINK_GUARANTEE = stringOption<DeliveryGuarantee>(
  'sink.delivery-guarantee',
  DeliveryGuarantee.AT_LEAST_ONCE,
  { oneOf: Object.values(DeliveryGuarantee), description: 'What holds after a failure.' },
);
export const SINK_PREFIX = stringOption('sink.transactional-id-prefix', '', {
  description: 'For exactly-once: unique among all that write to the cluster.',
});
export const SINK_PARTITIONER = stringOption<'default' | 'fixed' | 'round-robin'>(
  'sink.partitioner',
  'default',
  {
    oneOf: ['default', 'fixed', 'round-robin'],
    description: 'By key; each subtask into one partition; round the partitions.',
  },
);
export const SINK_PARALLELISM = integerOption('sink.parallelism', 0, {
  description: 'Of the sink; 0 = that of the job.',
});

export const OPTIONAL = [
  TOPIC,
  TOPIC_PATTERN,
  KEY_FIELDS,
  VALUE_FIELDS_INCLUDE,
  STARTUP_MODE,
  STARTUP_TIMESTAMP,
  STARTUP_OFFSETS,
  BOUNDED_MODE,
  BOUNDED_TIMESTAMP,
  BOUNDED_OFFSETS,
  DISCOVERY_INTERVAL,
  SCAN_PARALLELISM,
  SINK_GUARANTEE,
  SINK_PREFIX,
  SINK_PARTITIONER,
  SINK_PARALLELISM,
];
