import { describe, expect, it } from 'vitest';
import { connectionConfig } from './connection-config.ts';
import { parseJaas } from './jaas.ts';
import { CheckedProperties, CONSUMER_RULES, PRODUCER_RULES } from './property-table.ts';

const SCRAM =
  'org.apache.kafka.common.security.scram.ScramLoginModule required username="al\\"ice" password=\'s e;c\';';

function checked(values: Record<string, string>, warnings: string[] = []): CheckedProperties {
  const all = { 'bootstrap.servers': 'a:1', ...values };
  return new CheckedProperties(all, CONSUMER_RULES, (text) => warnings.push(text));
}

describe('properties', () => {
  it('are used, have no effect for a reason, or are refused, all by name', () => {
    const warnings: string[] = [];
    checked({ 'session.timeout.ms': '10000', 'fetch.min.bytes': '5' }, warnings);
    expect(warnings).toEqual([
      'session.timeout.ms has no effect: partitions are assigned by Weir, not by a consumer group',
    ]);
    const refuse = (): unknown =>
      checked({
        'fetch.min.byte': '1',
        'interceptor.classes': 'X',
        'check.crcs': 'yes',
        'fetch.max.bytes': '1k',
        wat: '1',
      });
    expect(refuse).toThrow(
      /fetch.min.byte is no property of Kafka's clients; did you mean fetch.min.bytes\?/,
    );
    expect(refuse).toThrow(/interceptor.classes can't be used: it names a Java class/);
    expect(refuse).toThrow(/check.crcs is true or false, not "yes"/);
    expect(refuse).toThrow(/fetch.max.bytes is a whole number, not "1k"/);
    expect(refuse).toThrow(/wat is no property of Kafka's clients$/);
  });

  it('come in families, too', () => {
    const warnings: string[] = [];
    checked({ 'sasl.login.refresh.window.factor': '0.8' }, warnings);
    expect(warnings).toEqual([expect.stringMatching(/^sasl.login.refresh.window.factor has no/)]);
    expect(() => checked({ 'sasl.oauthbearer.scope': 'x', 'share.acquire.mode': 'y' })).toThrow(
      /sasl.oauthbearer.scope can't be used: SASL mechanisms are .*; share.acquire.mode can't/,
    );
  });

  it('of producers refuse what the sink decides', () => {
    const values = { 'transactional.id': 'mine' };
    expect(() => new CheckedProperties(values, PRODUCER_RULES, () => {})).toThrow(
      /transactional.id can't be used: the sink makes its ids; use setTransactionalIdPrefix/,
    );
  });

  it('name one of several values, whatever its case', () => {
    const properties = checked({ 'isolation.level': 'READ_COMMITTED' });
    const levels = ['read_committed', 'read_uncommitted'] as const;
    expect(properties.oneOf('isolation.level', levels, 'read_uncommitted')).toBe('read_committed');
    expect(() => properties.oneOf('isolation.level', ['a'], 'a')).toThrow(/is one of a, not/);
  });
});

describe('connections', () => {
  it('take servers apart and refuse what is none', () => {
    expect(connectionConfig(checked({ 'bootstrap.servers': 'a:1, [::1]:2' }), 'c').brokers).toEqual(
      ['a:1', '[::1]:2'],
    );
    expect(() => connectionConfig(checked({ 'bootstrap.servers': 'a' }), 'c')).toThrow(
      /"a", which is no host:port/,
    );
  });

  it('understand SASL and TLS as Kafka’s own clients do', () => {
    const values = {
      'security.protocol': 'sasl_ssl',
      'sasl.mechanism': 'SCRAM-SHA-512',
      'sasl.jaas.config': SCRAM,
      'ssl.truststore.certificates': 'PEM text',
      'ssl.endpoint.identification.algorithm': '',
      'ssl.enabled.protocols': 'TLSv1.3',
    };
    const { sasl, ssl } = connectionConfig(checked(values), 'c');
    expect(sasl).toEqual({ mechanism: 'scram-sha-512', username: 'al"ice', password: 's e;c' });
    expect(ssl).toMatchObject({ ca: 'PEM text', minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3' });
  });

  it('say how to turn Java’s key stores into something that can be read', () => {
    const values = { 'security.protocol': 'SSL', 'ssl.truststore.location': '/x/trust.jks' };
    expect(() => connectionConfig(checked(values), 'c')).toThrow(
      /only Java reads; export it with keytool/,
    );
  });

  it('need all of SASL’s parts', () => {
    expect(() => connectionConfig(checked({ 'security.protocol': 'SASL_SSL' }), 'c')).toThrow(
      /SASL needs sasl.mechanism/,
    );
    expect(() => connectionConfig(checked({ 'sasl.jaas.config': SCRAM }), 'c')).toThrow(
      /needs security.protocol SASL_SSL/,
    );
  });
});

describe('sasl.jaas.config', () => {
  it.each([
    ['PlainLoginModule required username=bob password=p;', { username: 'bob', password: 'p' }],
    [SCRAM, { username: 'al"ice', password: 's e;c' }],
  ])('gives credentials: %s', (text, expected) => {
    expect(parseJaas(text)).toEqual(expected);
  });

  it.each([
    'nothing',
    'a.b.KerberosLoginModule required secret="hidden";',
    'a.PlainLoginModule required username="u";',
    'a.PlainLoginModule required username="u" password="hidden',
  ])('is refused without a word of its secret: %s', (text) => {
    let message = '';
    try {
      parseJaas(text);
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).toContain("sasl.jaas.config can't be read");
    expect(message).not.toContain('hidden');
  });
});
