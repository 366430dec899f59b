/** Turns checked properties into what kafkajs connects with: servers, TLS, SASL, timeouts. */
import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import { WeirError } from '@weir/core';
import type { KafkaConfig, SASLOptions } from 'kafkajs';
import { parseJaas } from './jaas.ts';
import type { CheckedProperties } from './property-table.ts';

const PROTOCOLS = ['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL'] as const;
const MECHANISMS = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const;
const KAFKAJS_MECHANISM = {
  PLAIN: 'plain',
  'SCRAM-SHA-256': 'scram-sha-256',
  'SCRAM-SHA-512': 'scram-sha-512',
} as const;

const SETUP_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
const CONNECT_RETRIES = 1;

/** @throws WeirError CONFIG_INVALID; no message has a secret in it. */
export function connectionConfig(properties: CheckedProperties, clientId: string): KafkaConfig {
  const protocol = properties.oneOf('security.protocol', PROTOCOLS, 'PLAINTEXT');
  const sasl = protocol.startsWith('SASL') ? saslOptions(properties) : null;
  if (sasl === null && properties.text('sasl.jaas.config') !== null) {
    const text = 'sasl.jaas.config needs security.protocol SASL_SSL or SASL_PLAINTEXT';
    throw new WeirError('CONFIG_INVALID', text);
  }
  return {
    brokers: serversOf(properties),
    clientId,
    connectionTimeout: properties.number('socket.connection.setup.timeout.ms', SETUP_TIMEOUT_MS),
    requestTimeout: properties.number('request.timeout.ms', REQUEST_TIMEOUT_MS),
    // How often is decided by the client above, which says what it waits for.
    retry: { retries: CONNECT_RETRIES, initialRetryTime: 50, maxRetryTime: 500 },
    ...(protocol.endsWith('SSL') ? { ssl: tlsOptions(properties) } : {}),
    ...(sasl === null ? {} : { sasl }),
  };
}

export function serversOf(properties: CheckedProperties): string[] {
  const text = properties.text('bootstrap.servers');
  const servers = (text ?? '').split(',').map((server) => server.trim());
  for (const server of servers) {
    if (/^[^\s:]+:\d+$|^\[[0-9a-f:]+\]:\d+$/i.test(server)) continue;
    throw new WeirError(
      'CONFIG_INVALID',
      text === null
        ? 'bootstrap.servers is missing; call setBootstrapServers("host:9092")'
        : `bootstrap.servers has "${server}", which is no host:port`,
    );
  }
  return servers;
}

function saslOptions(properties: CheckedProperties): SASLOptions {
  const text = properties.text('sasl.jaas.config');
  if (properties.text('sasl.mechanism') === null || text === null) {
    const text = `SASL needs sasl.mechanism (${MECHANISMS.join(', ')}) and sasl.jaas.config`;
    throw new WeirError('CONFIG_INVALID', text);
  }
  const mechanism = properties.oneOf('sasl.mechanism', MECHANISMS, 'PLAIN');
  return { mechanism: KAFKAJS_MECHANISM[mechanism], ...parseJaas(text) };
}

function tlsOptions(properties: CheckedProperties): ConnectionOptions {
  const options: ConnectionOptions = {};
  const trusted = trustedCertificates(properties);
  if (trusted !== null) options.ca = trusted;
  Object.assign(options, ownCertificate(properties));
  const password = properties.text('ssl.key.password');
  if (password !== null) options.passphrase = password;
  // An empty algorithm is Kafka's way to say that names need not match.
  if (properties.text('ssl.endpoint.identification.algorithm') === '') {
    options.checkServerIdentity = () => undefined;
  }
  const suites = properties.text('ssl.cipher.suites');
  if (suites !== null) options.ciphers = suites.split(',').join(':');
  const protocols = properties.text('ssl.enabled.protocols');
  if (protocols !== null) {
    const versions = protocols.split(',').map((name) => name.trim());
    options.minVersion = versions.includes('TLSv1.2') ? 'TLSv1.2' : 'TLSv1.3';
    options.maxVersion = versions.includes('TLSv1.3') ? 'TLSv1.3' : 'TLSv1.2';
  }
  return options;
}

function trustedCertificates(properties: CheckedProperties): string | null {
  const inline = properties.text('ssl.truststore.certificates');
  const location = properties.text('ssl.truststore.location');
  if (inline !== null || location === null) return inline;
  const type =
    properties.text('ssl.truststore.type') ?? (/\.pem$|\.crt$/i.test(location) ? 'PEM' : 'JKS');
  if (type !== 'PEM') {
    throw new WeirError(
      'CONFIG_INVALID',
      `ssl.truststore.location has the type ${type}, which only Java reads; export it with ` +
        'keytool -exportcert -rfc to a .pem file and set ssl.truststore.type=PEM',
    );
  }
  return read('ssl.truststore.location', location).toString();
}

function ownCertificate(properties: CheckedProperties): ConnectionOptions {
  const chain = properties.text('ssl.keystore.certificate.chain');
  const key = properties.text('ssl.keystore.key');
  if (chain !== null && key !== null) return { cert: chain, key };
  const location = properties.text('ssl.keystore.location');
  if (location === null) return {};
  const content = read('ssl.keystore.location', location);
  const type =
    properties.text('ssl.keystore.type') ?? (/\.p12$|\.pfx$/i.test(location) ? 'PKCS12' : 'JKS');
  if (type === 'PEM') return { cert: content, key: content };
  if (type !== 'PKCS12') {
    throw new WeirError(
      'CONFIG_INVALID',
      `ssl.keystore.location has the type ${type}, which only Java reads; convert it with ` +
        'keytool -importkeystore -deststoretype PKCS12 and set ssl.keystore.type=PKCS12',
    );
  }
  const password = properties.text('ssl.keystore.password');
  return password === null ? { pfx: content } : { pfx: content, passphrase: password };
}

function read(property: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new WeirError('CONFIG_INVALID', `${property} can't be read: ${why}`, { cause });
  }
}
