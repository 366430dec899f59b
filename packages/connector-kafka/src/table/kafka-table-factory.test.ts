import { type TableDefinition, tableSink, tableSource, types } from '@weir/core';
import { jsonTableFormat, rawTableFormat } from '@weir/formats';
import { describe, expect, it } from 'vitest';
import { kafkaTableFactory } from '../index.ts';

const FACTORIES = { connectors: [kafkaTableFactory], formats: [jsonTableFormat, rawTableFormat] };
const BASE = {
  connector: 'kafka',
  topic: 'clicks',
  format: 'json',
  'properties.bootstrap.servers': 'a:1',
  'scan.startup.mode': 'earliest-offset',
};

function table(options: Record<string, string | null>): TableDefinition {
  const all: Record<string, string | null> = { ...BASE, ...options };
  const given = Object.entries(all).filter(([, text]) => text !== null);
  return {
    name: 'clicks',
    columns: [
      { name: 'page', type: types.string() },
      { name: 'n', type: types.i32() },
    ],
    options: Object.fromEntries(given) as Record<string, string>,
  };
}

describe('a table in Kafka', () => {
  it('is a source and a sink', () => {
    const { source, parallelism } = tableSource(
      table({ 'scan.parallelism': '3', 'scan.bounded.mode': 'latest-offset' }),
      FACTORIES,
    );
    expect(parallelism).toBe(3);
    expect(source.boundedness).toBe('BOUNDED');
    expect(source.producedType?.typeName).toContain('page: string');
    const every = table({ 'scan.topic-partition-discovery.interval': '10 s' });
    expect(tableSource(every, FACTORIES).source.discoveryIntervalMs).toBe(10_000);
    const twoPhases = {
      'sink.delivery-guarantee': 'exactly-once',
      'sink.transactional-id-prefix': 'p',
    };
    expect(tableSink(table(twoPhases), FACTORIES).sink.committableType).not.toBeNull();
    expect(tableSink(table({}), FACTORIES)).toMatchObject({ parallelism: null });
    expect(tableSink(table({}), FACTORIES).sink.committableType).toBeNull();
  });

  it('says everything that is wrong with its options at once, and what to do', () => {
    const wrong = table({
      topik: 't',
      'properties.bootstrap.servers': null,
      'scan.startup.mode': 'earliest',
      'json.ignore-parse-error': 'true',
      format: 'jsn',
    });
    const read = () => tableSource(wrong, FACTORIES);
    expect(read).toThrow(/^table clicks: /);
    expect(read).toThrow(/'properties.bootstrap.servers' is missing: the brokers, host:port/);
    expect(read).toThrow(/'topik' is no option of the connector kafka; did you mean 'topic'\?/);
    expect(read).toThrow(
      /scan.startup.mode = "earliest": expected one of earliest-offset, latest-offset/,
    );
    expect(read).toThrow(/'format' is "jsn", not one of json, raw/);
    const format = table({ 'json.ignore-parse-error': 'true' });
    expect(() => tableSource(format, FACTORIES)).toThrow(/did you mean 'json.ignore-parse-errors'/);
    const elsewhere = table({ connector: 'kafak' });
    expect(() => tableSource(elsewhere, FACTORIES)).toThrow(/set 'connector' to one of kafka/);
  });

  it.each<[Record<string, string | null>, RegExp]>([
    [{ topic: null }, /set one of 'topic' and 'topic-pattern'/],
    [{ 'topic-pattern': 'c.*' }, /set one of 'topic' and 'topic-pattern'/],
    [{ topic: null, 'topic-pattern': '(' }, /'topic-pattern' can't be read/],
    [{ 'value.format': 'json' }, /set one of 'format' and 'value.format'/],
    [{ format: null }, /set one of 'format' and 'value.format'/],
    [{ 'key.format': 'raw' }, /'key.format' and 'key.fields' go together/],
    [{ 'key.format': 'raw', 'key.fields': 'pages' }, /names pages, and the columns are page, n/],
    [{ 'value.fields-include': 'EXCEPT_KEY' }, /needs 'key.fields'/],
    [{ 'scan.startup.mode': null }, /needs 'properties.group.id'; or set 'scan.startup.mode'/],
    [{ 'scan.startup.mode': 'timestamp' }, /needs 'scan.startup.timestamp-millis'/],
    [{ 'scan.bounded.mode': 'specific-offsets' }, /needs 'scan.bounded.specific-offsets'/],
    [
      { 'scan.startup.mode': 'specific-offsets', 'scan.startup.specific-offsets': '0:1' },
      /has "0:1"; it is written partition:0,offset:42/,
    ],
    [{ 'properties.fetch.min.byte': '1' }, /table clicks: fetch.min.byte .* fetch.min.bytes/],
    [{ format: 'raw' }, /the format raw has one column, string or bytes, not page string, n i32/],
  ])('can’t be read with %o', (options, message) => {
    expect(() => tableSource(table(options), FACTORIES)).toThrow(message);
  });

  it.each<[Record<string, string | null>, RegExp]>([
    [{ topic: 'a;b' }, /set 'topic' to the one topic that is written to/],
    [{ 'sink.delivery-guarantee': 'exactly-once' }, /needs 'sink.transactional-id-prefix'/],
    [{ 'sink.delivery-guarantee': 'twice' }, /expected one of none, at-least-once, exactly-once/],
    [
      { 'sink.partitioner': 'round-robin', 'key.format': 'raw', 'key.fields': 'page' },
      /is for records without a key/,
    ],
    [{ 'properties.acks': '0' }, /table clicks: acks is all or 1/],
  ])('can’t be written with %o', (options, message) => {
    expect(() => tableSink(table(options), FACTORIES)).toThrow(message);
  });
});
