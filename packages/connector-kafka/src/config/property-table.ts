/**
 * Kafka's client properties as people have them in their files: each is used, has no effect here
 * (a warning says why), or is refused. Nothing is dropped without a word.
 */
import { nearestName, WeirError } from '@weir/core';

export type PropertyKind = 'text' | 'number' | 'boolean' | 'secret';

export type PropertyRule =
  | { readonly use: PropertyKind }
  | { readonly ignored: string }
  | { readonly refused: string };

export type Properties = Readonly<Record<string, string>>;

const TEXT: PropertyRule = { use: 'text' };
const NUMBER: PropertyRule = { use: 'number' };
const BOOLEAN: PropertyRule = { use: 'boolean' };
const SECRET: PropertyRule = { use: 'secret' };

const ignored = (why: string): PropertyRule => ({ ignored: why });
const refused = (why: string): PropertyRule => ({ refused: why });

const JVM_ONLY = 'it names a Java class';
const NO_MEMBER = 'partitions are assigned by Weir, not by a consumer group';
const OWN_METRICS = 'metrics are Weir’s own';
const SYSTEM_SOCKETS = 'buffers are left to the system';
const OAUTH = 'SASL mechanisms are PLAIN, SCRAM-SHA-256 and SCRAM-SHA-512';
const GSSAPI = 'Kerberos is not supported';

/** Of producers and consumers alike. A key that ends with `*` is of all that begin like it. */
export const CLIENT_RULES: Readonly<Record<string, PropertyRule>> = {
  'bootstrap.servers': TEXT,
  'client.id': TEXT,
  'client.id.prefix': TEXT,
  'client.dns.lookup': ignored('all addresses of a name are tried'),
  'client.rack': ignored('records are read from the leader'),
  'config.providers': refused(JVM_ONLY),
  'connections.max.idle.ms': ignored('connections stay open while the job runs'),
  'enable.metrics.push': ignored(OWN_METRICS),
  'interceptor.classes': refused(JVM_ONLY),
  'metadata.recovery.rebootstrap.trigger.ms': ignored('bootstrap servers are tried again at once'),
  'metadata.recovery.strategy': ignored('bootstrap servers are tried again in any case'),
  'metric.reporters': ignored(JVM_ONLY),
  'metrics.num.samples': ignored(OWN_METRICS),
  'metrics.recording.level': ignored(OWN_METRICS),
  'metrics.sample.window.ms': ignored(OWN_METRICS),
  'receive.buffer.bytes': ignored(SYSTEM_SOCKETS),
  'reconnect.backoff.max.ms': NUMBER,
  'reconnect.backoff.ms': NUMBER,
  'register.consumer.metrics': ignored(OWN_METRICS),
  'register.producer.metrics': ignored(OWN_METRICS),
  'request.timeout.ms': NUMBER,
  'retry.backoff.max.ms': NUMBER,
  'retry.backoff.ms': NUMBER,
  'sasl.client.callback.handler.class': refused(JVM_ONLY),
  'sasl.jaas.config': SECRET,
  'sasl.kerberos.*': refused(GSSAPI),
  'sasl.login.callback.handler.class': refused(OAUTH),
  'sasl.login.class': refused(JVM_ONLY),
  'sasl.login.*': ignored('PLAIN and SCRAM have no log-in that is renewed'),
  'sasl.mechanism': TEXT,
  'sasl.oauthbearer.*': refused(OAUTH),
  'security.protocol': TEXT,
  'security.providers': refused(JVM_ONLY),
  'send.buffer.bytes': ignored(SYSTEM_SOCKETS),
  'socket.connection.setup.timeout.max.ms': ignored('the first timeout holds for all attempts'),
  'socket.connection.setup.timeout.ms': NUMBER,
  'ssl.cipher.suites': TEXT,
  'ssl.enabled.protocols': TEXT,
  'ssl.endpoint.identification.algorithm': TEXT,
  'ssl.engine.factory.class': refused(JVM_ONLY),
  'ssl.key.password': SECRET,
  'ssl.keymanager.algorithm': ignored('it names one of Java’s'),
  'ssl.keystore.certificate.chain': TEXT,
  'ssl.keystore.key': SECRET,
  'ssl.keystore.location': TEXT,
  'ssl.keystore.password': SECRET,
  'ssl.keystore.type': TEXT,
  'ssl.protocol': ignored('TLS 1.2 and 1.3 are tried; ssl.enabled.protocols chooses'),
  'ssl.provider': ignored('it names one of Java’s'),
  'ssl.secure.random.implementation': ignored('it names one of Java’s'),
  'ssl.trustmanager.algorithm': ignored('it names one of Java’s'),
  'ssl.truststore.certificates': TEXT,
  'ssl.truststore.location': TEXT,
  'ssl.truststore.password': SECRET,
  'ssl.truststore.type': TEXT,
};

export const CONSUMER_RULES: Readonly<Record<string, PropertyRule>> = {
  ...CLIENT_RULES,
  'allow.auto.create.topics': ignored('a source creates no topics'),
  'auto.commit.interval.ms': ignored('offsets are committed when a checkpoint completes'),
  'auto.offset.reset': TEXT,
  'check.crcs': BOOLEAN,
  'commit.offsets.on.checkpoint': BOOLEAN,
  'default.api.timeout.ms': NUMBER,
  'enable.auto.commit': ignored('offsets are committed when a checkpoint completes'),
  'exclude.internal.topics': BOOLEAN,
  'fetch.max.bytes': NUMBER,
  'fetch.max.wait.ms': NUMBER,
  'fetch.min.bytes': NUMBER,
  'group.id': TEXT,
  'group.instance.id': ignored(NO_MEMBER),
  'group.protocol': ignored(NO_MEMBER),
  'group.remote.assignor': ignored(NO_MEMBER),
  'heartbeat.interval.ms': ignored(NO_MEMBER),
  'isolation.level': TEXT,
  'key.deserializer': ignored('records are given to the deserializer of the source as bytes'),
  'max.partition.fetch.bytes': NUMBER,
  'max.poll.interval.ms': ignored(NO_MEMBER),
  'max.poll.records': ignored('records flow in batches of the engine'),
  'metadata.max.age.ms': ignored('partition.discovery.interval.ms says when to look for new ones'),
  'partition.assignment.strategy': ignored(NO_MEMBER),
  'partition.discovery.interval.ms': NUMBER,
  'session.timeout.ms': ignored(NO_MEMBER),
  'share.*': refused('share groups have no positions that a checkpoint could hold'),
  'value.deserializer': ignored('records are given to the deserializer of the source as bytes'),
};

export const PRODUCER_RULES: Readonly<Record<string, PropertyRule>> = {
  ...CLIENT_RULES,
  acks: TEXT,
  'batch.size': NUMBER,
  'buffer.memory': NUMBER,
  'compression.gzip.level': NUMBER,
  'compression.lz4.level': ignored('LZ4 has one level here'),
  'compression.type': TEXT,
  'compression.zstd.level': NUMBER,
  'delivery.timeout.ms': NUMBER,
  'enable.idempotence': BOOLEAN,
  'key.serializer': ignored('records are written as the serializer of the sink says'),
  'linger.ms': NUMBER,
  'max.block.ms': ignored('a sink that has to wait shows it, and waits'),
  'max.in.flight.requests.per.connection': NUMBER,
  'max.request.size': NUMBER,
  'metadata.max.age.ms': NUMBER,
  'metadata.max.idle.ms': ignored('a topic that was written once is known from then on'),
  'partitioner.adaptive.partitioning.enable': ignored('batches go round the partitions'),
  'partitioner.availability.timeout.ms': ignored('batches go round the partitions'),
  'partitioner.class': refused(`${JVM_ONLY}; use setPartitioner`),
  'partitioner.ignore.keys': BOOLEAN,
  retries: ignored('delivery.timeout.ms says how long a batch is tried again'),
  'transaction.timeout.ms': NUMBER,
  'transaction.two.phase.commit.enable': refused('no released broker can do it'),
  'transactional.id': refused('the sink makes its ids; use setTransactionalIdPrefix'),
  'value.serializer': ignored('records are written as the serializer of the sink says'),
};

/**
 * Checked properties with typed access. `toString` and JSON show no values.
 * @throws WeirError CONFIG_INVALID naming every property that is refused, unknown or malformed.
 */
export class CheckedProperties {
  readonly #values: Properties;

  constructor(
    values: Properties,
    rules: Readonly<Record<string, PropertyRule>>,
    warn: (text: string) => void,
  ) {
    this.#values = values;
    const problems: string[] = [];
    for (const [key, value] of Object.entries(values)) {
      const rule = rules[key] ?? familyRule(key, rules);
      if (rule === undefined) problems.push(unknownText(key, Object.keys(rules)));
      else if ('refused' in rule) problems.push(`${key} can't be used: ${rule.refused}`);
      else if ('ignored' in rule) warn(`${key} has no effect: ${rule.ignored}`);
      else problems.push(...misfits(key, value, rule.use));
    }
    if (problems.length > 0) throw new WeirError('CONFIG_INVALID', problems.join('; '));
  }

  text(key: string): string | null {
    return this.#values[key] ?? null;
  }

  number(key: string, defaultValue: number): number {
    const text = this.#values[key];
    return text === undefined ? defaultValue : Number(text);
  }

  boolean(key: string, defaultValue: boolean): boolean {
    const text = this.#values[key];
    return text === undefined ? defaultValue : text.trim().toLowerCase() === 'true';
  }

  oneOf<T extends string>(key: string, values: readonly T[], defaultValue: T): T {
    const text = this.#values[key];
    if (text === undefined) return defaultValue;
    const found = values.find((value) => value.toLowerCase() === text.trim().toLowerCase());
    if (found !== undefined) return found;
    throw new WeirError('CONFIG_INVALID', `${key} is one of ${values.join(', ')}, not "${text}"`);
  }
}

function familyRule(
  key: string,
  rules: Readonly<Record<string, PropertyRule>>,
): PropertyRule | undefined {
  const family = Object.keys(rules).find(
    (name) => name.endsWith('*') && key.startsWith(name.slice(0, -1)),
  );
  return family === undefined ? undefined : rules[family];
}

function misfits(key: string, value: string, kind: PropertyKind): string[] {
  if (kind === 'number' && !/^\s*-?\d+\s*$/.test(value)) {
    return [`${key} is a whole number, not "${value}"`];
  }
  if (kind === 'boolean' && !/^\s*(true|false)\s*$/i.test(value)) {
    return [`${key} is true or false, not "${value}"`];
  }
  return [];
}

function unknownText(key: string, known: readonly string[]): string {
  const near = nearestName(key, known);
  return `${key} is no property of Kafka's clients${near === null ? '' : `; did you mean ${near}?`}`;
}
