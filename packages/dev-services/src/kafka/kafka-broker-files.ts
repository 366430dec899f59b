/** The files that a broker starts from: properties, logging, and the certificate of its TLS port. */
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { javaProgram } from './java.ts';

const run = promisify(execFile);

export interface BrokerPorts {
  readonly plain: number;
  readonly controller: number;
  readonly sasl: number;
}

export interface BrokerFilesOptions {
  readonly id: number;
  readonly ports: readonly BrokerPorts[];
  readonly folder: string;
  readonly sasl: boolean;
  readonly properties: Readonly<Record<string, string>>;
}

/** The one user of the SASL port. */
export const SASL_USER = { username: 'weir', password: 'weir-secret' } as const;
const STORE_PASSWORD = 'changeit';

export function propertiesFile(folder: string): string {
  return join(folder, 'server.properties');
}

export async function writeBrokerFiles(options: BrokerFilesOptions): Promise<void> {
  const { folder } = options;
  await mkdir(folder, { recursive: true });
  const properties = { ...serverProperties(options), ...options.properties };
  const lines = Object.entries(properties).map(([key, value]) => `${key}=${value}`);
  await writeFile(propertiesFile(folder), `${lines.join('\n')}\n`);
  await writeFile(join(folder, 'log4j2.properties'), LOGGING);
}

/** A certificate of its own for 127.0.0.1; the second file is what clients trust. */
export async function writeCertificate(folder: string): Promise<string> {
  const store = join(folder, 'keystore.p12');
  const rest = ['-alias', 'kafka', '-storetype', 'PKCS12', '-keystore', store];
  const secret = ['-storepass', STORE_PASSWORD];
  const keytool = javaProgram('keytool');
  const subject = ['-dname', 'CN=localhost', '-ext', 'SAN=dns:localhost,ip:127.0.0.1'];
  const key = ['-keyalg', 'RSA', '-keysize', '2048', '-validity', '3650'];
  await run(keytool, ['-genkeypair', ...rest, ...secret, ...key, ...subject]);
  const { stdout } = await run(keytool, ['-exportcert', '-rfc', ...rest, ...secret]);
  const file = join(folder, 'ca.pem');
  await writeFile(file, stdout);
  return file;
}

function serverProperties(options: BrokerFilesOptions): Record<string, string> {
  const { id, ports, folder, sasl } = options;
  const { plain, controller, sasl: saslPort } = ports[id - 1]!;
  const replicas = String(Math.min(3, ports.length));
  const inSync = ports.length >= 3 ? '2' : '1';
  const tls = sasl ? `,SASL_SSL://127.0.0.1:${saslPort}` : '';
  const clients = `PLAINTEXT://127.0.0.1:${plain}${tls}`;
  return {
    'process.roles': 'broker,controller',
    'node.id': String(id),
    'controller.quorum.voters': ports
      .map((each, index) => `${index + 1}@127.0.0.1:${each.controller}`)
      .join(','),
    listeners: `${clients},CONTROLLER://127.0.0.1:${controller}`,
    'advertised.listeners': clients,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'listener.security.protocol.map': `CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT${sasl ? ',SASL_SSL:SASL_SSL' : ''}`,
    'log.dirs': join(folder, 'data'),
    'auto.create.topics.enable': 'false',
    'default.replication.factor': replicas,
    'min.insync.replicas': inSync,
    'offsets.topic.replication.factor': replicas,
    'offsets.topic.num.partitions': '4',
    'transaction.state.log.replication.factor': replicas,
    'transaction.state.log.min.isr': inSync,
    'transaction.state.log.num.partitions': '4',
    'transaction.abort.timed.out.transaction.cleanup.interval.ms': '500',
    'share.coordinator.state.topic.replication.factor': replicas,
    'share.coordinator.state.topic.min.isr': inSync,
    'group.initial.rebalance.delay.ms': '0',
    'log.cleaner.dedupe.buffer.size': '8388608',
    // Examples and tests have records of long ago, which retention would delete at once.
    'log.retention.ms': '-1',
    // A broker that was killed has to be gone soon, and one that comes back is let in at once.
    'broker.heartbeat.interval.ms': '500',
    'broker.session.timeout.ms': '2000',
    ...(sasl ? saslProperties(folder) : {}),
  };
}

function saslProperties(folder: string): Record<string, string> {
  const { username, password } = SASL_USER;
  const security = 'org.apache.kafka.common.security';
  return {
    'sasl.enabled.mechanisms': 'SCRAM-SHA-256,SCRAM-SHA-512,PLAIN',
    'listener.name.sasl_ssl.scram-sha-256.sasl.jaas.config': `${security}.scram.ScramLoginModule required;`,
    'listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config': `${security}.scram.ScramLoginModule required;`,
    'listener.name.sasl_ssl.plain.sasl.jaas.config': `${security}.plain.PlainLoginModule required user_${username}="${password}";`,
    'ssl.keystore.type': 'PKCS12',
    'ssl.keystore.location': join(folder, '..', 'keystore.p12'),
    'ssl.keystore.password': STORE_PASSWORD,
    'ssl.key.password': STORE_PASSWORD,
  };
}

/** Only what tells that the broker serves, and what went wrong. */
const LOGGING = `appender.out.type=Console
appender.out.name=out
appender.out.layout.type=PatternLayout
appender.out.layout.pattern=%d %-5p %c{1}: %m%n
rootLogger.level=WARN
rootLogger.appenderRef.out.ref=out
logger.up.name=kafka.server.KafkaRaftServer
logger.up.level=INFO
`;
