/**
 * Kafka's protocol over kafkajs's connections (docs/adr/kafka-transport.md).
 *
 * kafkajs brings sockets, TLS, SASL, the list of brokers and reconnecting. Its own requests,
 * producers and consumers are not used: a public hook of its consumer hands over the `Cluster`,
 * through which requests of ours are sent.
 */
import { type ISocketFactoryArgs, Kafka, type KafkaConfig, logLevel } from 'kafkajs';
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { invariant } from '@weir/core';
import type { Api } from '../protocol/api.ts';
import { ByteReader } from '../protocol/byte-reader.ts';
import { ByteWriter } from '../protocol/byte-writer.ts';
import { KafkaFailure, transportFailure } from './kafka-failure.ts';
import type { KafkaTransport } from './kafka-transport.ts';
import {
  type ConnectionPool,
  type Exchange,
  restWithoutRequests,
  sendWithTail,
} from './kafkajs-connection.ts';

/** The parts of kafkajs's cluster that are used; it has no types for them. */
interface Cluster {
  readonly brokerPool: {
    readonly brokers: Readonly<Record<string, Broker>>;
    findConnectedBroker(): Promise<Broker>;
  };
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  refreshMetadata(): Promise<void>;
  findBroker(which: { readonly nodeId: string }): Promise<Broker>;
}

interface Broker {
  readonly versions: Readonly<Record<number, { minVersion: number; maxVersion: number }>> | null;
  readonly connectionPool: ConnectionPool;
}

/** The limits that must never be passed (see `protocol/api.ts`), by key. */
const VERSION_MAX: ReadonlyMap<number, number> = new Map([
  [0, 11],
  [26, 4],
]);
const REQUEST_TIMEOUT_MS = 30_000;
const CLOSE_MS_MAX = 5000;

export interface KafkajsTransportOptions {
  readonly config: KafkaConfig;
  /** Sees every request before it is sent; for tests. */
  readonly onSend?: (key: number, version: number) => void;
  /** Sees what an answer says of waiting, in ms; kafkajs does wait. */
  readonly onThrottle?: (api: string, throttleMs: number) => void;
}

export class KafkajsTransport implements KafkaTransport {
  readonly #cluster: Cluster;
  readonly #onSend: (key: number, version: number) => void;
  readonly #onThrottle: (api: string, throttleMs: number) => void;

  constructor(options: KafkajsTransportOptions) {
    this.#cluster = clusterOf(options.config);
    this.#onSend = options.onSend ?? (() => {});
    this.#onThrottle = options.onThrottle ?? (() => {});
  }

  async connect(): Promise<void> {
    try {
      await this.#cluster.connect();
      await this.#cluster.refreshMetadata();
    } catch (error) {
      throw transportFailure(error);
    }
  }

  async send<Request, Response>(
    nodeId: number | null,
    api: Api<Request, Response>,
    request: Request,
    timeoutMs = REQUEST_TIMEOUT_MS,
  ): Promise<Response> {
    invariant(api.version <= (VERSION_MAX.get(api.key) ?? api.version), 'a version that wedges', {
      api: api.name,
      version: api.version,
    });
    try {
      const broker = await this.#broker(nodeId);
      this.#requireSupport(broker, api.key, api.name, api.version);
      this.#onSend(api.key, api.version);
      const { connectionPool } = broker;
      restWithoutRequests(connectionPool);
      const exchange = exchangeOf(api, request, timeoutMs, this.#onThrottle);
      const tail = api.tailOf?.(request);
      if (tail === undefined) return await connectionPool.send(exchange);
      return await sendWithTail(connectionPool, api, request, tail, exchange);
    } catch (error) {
      throw transportFailure(error);
    }
  }

  async refreshBrokers(): Promise<void> {
    try {
      await this.#cluster.refreshMetadata();
    } catch (error) {
      throw transportFailure(error);
    }
  }

  brokerIds(): readonly number[] {
    return Object.keys(this.#cluster.brokerPool.brokers).map(Number);
  }

  /** kafkajs waits for answers that are due; a broker that hangs is left after a while. */
  async close(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const over = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, CLOSE_MS_MAX);
    });
    // Connections that failed meanwhile are closed, too.
    const closed = this.#cluster.disconnect().catch(() => {});
    await Promise.race([closed, over]);
    clearTimeout(timer);
  }

  #broker(nodeId: number | null): Promise<Broker> {
    if (nodeId === null) return this.#cluster.brokerPool.findConnectedBroker();
    return this.#cluster.findBroker({ nodeId: String(nodeId) });
  }

  #requireSupport(broker: Broker, key: number, name: string, version: number): void {
    const supported = broker.versions?.[key];
    if (broker.versions === null || supported === undefined) return;
    if (version >= supported.minVersion && version <= supported.maxVersion) return;
    const range = `${supported.minVersion} to ${supported.maxVersion}`;
    const text = `the broker speaks ${name} in versions ${range}, and Weir needs ${version}; use Kafka 2.3 or newer, 3.0 for exactly-once sinks`;
    throw new KafkaFailure('access', text, null);
  }
}

/** The hook is called when a consumer is made; nothing connects until it is asked to. */
function clusterOf(config: KafkaConfig): Cluster {
  let cluster: Cluster | null = null;
  const kafka = new Kafka({ ...config, logLevel: logLevel.NOTHING, socketFactory });
  kafka.consumer({
    groupId: 'unused',
    allowAutoTopicCreation: false,
    partitionAssigners: [
      (config) => {
        cluster = config.cluster as unknown as Cluster;
        const protocol = (): { name: string; metadata: Buffer } => ({
          name: 'weir',
          metadata: Buffer.alloc(0),
        });
        return { name: 'weir', version: 0, assign: async () => [], protocol };
      },
    ],
  });
  invariant(cluster !== null, 'kafkajs no longer hands its cluster to partition assigners');
  return cluster;
}

const KEEP_ALIVE_MS = 60_000;

/** Small requests leave at once, and connections that never come about leave no warning. */
function socketFactory({ host, port, ssl, onConnect }: ISocketFactoryArgs): Socket {
  const name = isIP(host) === 0 ? { servername: host } : {};
  // Undefined without TLS, whatever the type says.
  const socket =
    ssl === undefined || ssl === null
      ? connect({ host, port }, onConnect)
      : connectTls({ host, port, ...name, ...ssl }, onConnect);
  socket.setNoDelay(true);
  socket.setKeepAlive(true, KEEP_ALIVE_MS);
  return socket.setMaxListeners(0);
}

/**
 * kafkajs writes the older request header and reads the older response header; flexible versions
 * have one more byte in each, an empty list of tagged fields.
 */
function exchangeOf<Request, Response>(
  api: Api<Request, Response>,
  request: Request,
  timeoutMs: number,
  onThrottle: (api: string, throttleMs: number) => void,
): Exchange<Response> {
  return {
    requestTimeout: timeoutMs,
    logResponseError: false,
    request: {
      apiKey: api.key,
      apiVersion: api.version,
      apiName: api.name,
      async encode() {
        const writer = new ByteWriter(api.sizeOf?.(request) ?? 256);
        if (api.flexible) writer.int8(0);
        api.write(writer, request);
        const tail = api.tailOf?.(request);
        if (tail !== undefined) writer.raw(tail);
        if (api.flexible) writer.int8(0);
        return writer;
      },
    },
    response: {
      async decode(bytes) {
        const reader = new ByteReader(bytes);
        if (api.flexible) reader.skipTags();
        let throttleMs = api.throttleLast === true ? 0 : reader.int32();
        const value = api.read(reader);
        if (api.throttleLast === true) throttleMs = reader.int32();
        onThrottle(api.name, throttleMs);
        // For so long kafkajs holds back what is to be sent on this connection (KIP-219).
        return { value, clientSideThrottleTime: throttleMs };
      },
      parse: async ({ value }) => value,
    },
  };
}
