/**
 * A real Apache Kafka for examples, tests and benchmarks: one or several brokers in KRaft mode on
 * loopback, in a folder of their own that is removed with them. Needs Java 17 and, for the first
 * start on a machine, Maven.
 *
 * Cost: a first fetch of 45 MB; a start takes about 6 s and 400 MB a broker.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { invariant, WeirError } from '@weir/core';
import { javaProgram } from './java.ts';
import {
  type BrokerPorts,
  propertiesFile,
  SASL_USER,
  writeBrokerFiles,
  writeCertificate,
} from './kafka-broker-files.ts';
import { kafkaJars } from './kafka-jars.ts';
import { KafkaKeeper } from './kafka-keeper.ts';
import { keptFolder, removeLeftovers } from './kafka-leftovers.ts';
import { freePorts, portIsFree } from './loopback-ports.ts';

export interface KafkaOptions {
  /** Default 1. With three, everything is replicated three times. */
  readonly brokers?: number;
  /** The protocol of transactions: 2 = Kafka 4's (default), 0 = that of older clusters. */
  readonly transactionVersion?: 0 | 2;
  /** A second port with TLS and SASL: SCRAM-SHA-256, SCRAM-SHA-512 and PLAIN. */
  readonly sasl?: boolean;
  /** Further properties of the brokers. */
  readonly properties?: Readonly<Record<string, string>>;
  /** Heap of each broker. Default 384 MiB. */
  readonly heapMb?: number;
}

export interface SaslAccess {
  readonly bootstrapServers: string;
  readonly username: string;
  readonly password: string;
  /** PEM file with the certificate to trust. */
  readonly caFile: string;
}

const HEAP_MB = 384;
/** The compiler that starts fast; nobody waits for peak speed here. */
const TOOL_JVM = ['-Xmx256m', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'];

const TOOLS = {
  acls: 'org.apache.kafka.tools.AclCommand',
  topics: 'org.apache.kafka.tools.TopicCommand',
  configs: 'kafka.admin.ConfigCommand',
  groups: 'org.apache.kafka.tools.consumer.group.ConsumerGroupCommand',
  'console-consumer': 'org.apache.kafka.tools.consumer.ConsoleConsumer',
  'console-producer': 'org.apache.kafka.tools.ConsoleProducer',
  'consumer-perf': 'org.apache.kafka.tools.ConsumerPerformance',
  'producer-perf': 'org.apache.kafka.tools.ProducerPerformance',
  'dump-log': 'org.apache.kafka.tools.DumpLogSegments',
  'delete-records': 'org.apache.kafka.tools.DeleteRecordsCommand',
  transactions: 'org.apache.kafka.tools.TransactionsCommand',
  storage: 'kafka.tools.StorageTool',
} as const;

export type KafkaTool = keyof typeof TOOLS;

/** Tools that talk to no broker, and those that name its address differently. */
const OFFLINE: readonly KafkaTool[] = ['dump-log', 'storage'];

/**
 * Starts brokers and waits until they serve. They end with this process on every path.
 * @throws WeirError SERVER_UNREACHABLE with what is missing or the end of a broker's log.
 * @example
 * const kafka = await startKafka({ sasl: true });
 * await kafka.createTopic('clicks', 4);
 */
export async function startKafka(options: KafkaOptions = {}): Promise<KafkaCluster> {
  const jars = await kafkaJars();
  await removeLeftovers();
  const folder = keptFolder(process.pid, randomBytes(4).toString('hex'));
  await mkdir(folder);
  const cluster = new KafkaCluster(options, jars, folder, await choosePorts(options.brokers ?? 1));
  try {
    await cluster.open();
    return cluster;
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

async function choosePorts(brokers: number): Promise<BrokerPorts[]> {
  const ports = await freePorts(brokers * 3);
  return Array.from({ length: brokers }, (_, index) => {
    const [plain = 0, controller = 0, sasl = 0] = ports.slice(index * 3);
    return { plain, controller, sasl };
  });
}

export class KafkaCluster {
  /** Where everything lies until `stop`. */
  readonly folder: string;
  readonly #options: KafkaOptions;
  readonly #jars: string;
  readonly #ports: readonly BrokerPorts[];
  readonly #keeper: KafkaKeeper;
  readonly #pids = new Map<number, number>();

  constructor(options: KafkaOptions, jars: string, folder: string, ports: readonly BrokerPorts[]) {
    this.folder = folder;
    this.#options = options;
    this.#jars = jars;
    this.#ports = ports;
    this.#keeper = new KafkaKeeper(folder);
  }

  /** `host:port` of every broker, as `bootstrap.servers` has it. */
  get bootstrapServers(): string {
    return this.#ports.map(({ plain }) => `127.0.0.1:${plain}`).join(',');
  }

  get sasl(): SaslAccess {
    invariant(this.#options.sasl === true, 'started without the option sasl');
    return {
      bootstrapServers: this.#ports.map(({ sasl }) => `127.0.0.1:${sasl}`).join(','),
      ...SASL_USER,
      caFile: join(this.folder, 'ca.pem'),
    };
  }

  /** Process numbers of the brokers that run, by id; ids begin at 1. */
  get pids(): ReadonlyMap<number, number> {
    return this.#pids;
  }

  /** Formats and starts all brokers; called by `startKafka`. */
  async open(): Promise<void> {
    if (this.#options.sasl === true) await writeCertificate(this.folder);
    // Any 16 bytes in URL-safe base64 that don't begin with a hyphen.
    const clusterId = `W${randomBytes(16).toString('base64url').slice(1)}`.replace(/.$/, 'A');
    const ids = this.#ports.map((_, index) => index + 1);
    await Promise.all(ids.map((id) => this.#format(id, clusterId)));
    await Promise.all(ids.map((id) => this.startBroker(id)));
  }

  /** Starts a broker that was stopped or killed, on its ports and with its data. */
  async startBroker(id: number): Promise<void> {
    const ports = this.#ports[id - 1]!;
    await portIsFree(ports.plain);
    await portIsFree(ports.controller);
    const heap = this.#options.heapMb ?? HEAP_MB;
    const jvm = [`-Xmx${heap}m`, '-Xms128m', '-XX:+UseG1GC', '-Djava.awt.headless=true'];
    const logging = `-Dlog4j2.configurationFile=${join(this.#brokerFolder(id), 'log4j2.properties')}`;
    const main = ['kafka.Kafka', propertiesFile(this.#brokerFolder(id))];
    const pid = await this.#keeper.start(id, {
      program: javaProgram('java'),
      args: [...jvm, logging, '-cp', join(this.#jars, '*'), ...main],
      log: this.#log(id),
    });
    this.#pids.set(id, pid);
  }

  /** A clean stop: leaders and coordinators move away first. */
  stopBroker(id: number): Promise<void> {
    this.#pids.delete(id);
    return this.#keeper.end(id, 'SIGTERM');
  }

  /** `kill -9`. */
  killBroker(id: number): Promise<void> {
    this.#pids.delete(id);
    return this.#keeper.end(id, 'SIGKILL');
  }

  async createTopic(
    name: string,
    partitions = 1,
    config: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    const settings = Object.entries(config).flatMap(([key, value]) => [
      '--config',
      `${key}=${value}`,
    ]);
    const count = ['--partitions', String(partitions)];
    await this.tool('topics', ['--create', '--topic', name, ...count, ...settings]);
  }

  /**
   * Runs one of Kafka's own command line tools and resolves with what it printed; about 2 s each.
   * @throws WeirError SERVER_UNREACHABLE with its output when it fails.
   */
  async tool(tool: KafkaTool, args: readonly string[], input?: string): Promise<string> {
    const online = OFFLINE.includes(tool) ? [] : ['--bootstrap-server', this.bootstrapServers];
    return this.run(TOOLS[tool], [...online, ...args], input);
  }

  /** Runs any class of Kafka's jars, or of further ones, with a `main`. */
  run(
    mainClass: string,
    args: readonly string[],
    input?: string,
    classPath: readonly string[] = [],
  ): Promise<string> {
    const path = [join(this.#jars, '*'), ...classPath].join(delimiter);
    const all = [...TOOL_JVM, '-cp', path, mainClass, ...args];
    return new Promise((resolve, reject) => {
      const child = spawn(javaProgram('java'), all, { stdio: ['pipe', 'pipe', 'pipe'] });
      const out: Buffer[] = [];
      const complaints: Buffer[] = [];
      child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
      child.stderr.on('data', (chunk: Buffer) => complaints.push(chunk));
      child.stdin.on('error', () => {});
      child.stdin.end(input ?? '');
      child.once('error', reject);
      child.once('close', (code) => {
        const text = Buffer.concat(out).toString();
        if (code === 0) resolve(text);
        else {
          const why = `${mainClass} ended with ${code}: ${text}${Buffer.concat(complaints)}`;
          reject(new WeirError('SERVER_UNREACHABLE', why.slice(0, 4000)));
        }
      });
    });
  }

  /** Kills the brokers and removes their folder. */
  stop(): Promise<void> {
    this.#pids.clear();
    return this.#keeper.close();
  }

  async #format(id: number, clusterId: string): Promise<void> {
    const { transactionVersion, sasl = false, properties = {} } = this.#options;
    const folder = this.#brokerFolder(id);
    await writeBrokerFiles({ id, ports: this.#ports, folder, sasl, properties });
    const args = ['format', '-t', clusterId, '-c', propertiesFile(folder)];
    if (transactionVersion !== undefined) {
      args.push('--feature', `transaction.version=${transactionVersion}`);
    }
    if (sasl) {
      const user = `name=${SASL_USER.username},password=${SASL_USER.password}`;
      for (const kind of ['256', '512']) args.push('--add-scram', `SCRAM-SHA-${kind}=[${user}]`);
    }
    await this.tool('storage', args);
  }

  #brokerFolder(id: number): string {
    return join(this.folder, `broker-${id}`);
  }

  #log(id: number): string {
    return join(this.#brokerFolder(id), 'broker.log');
  }
}
