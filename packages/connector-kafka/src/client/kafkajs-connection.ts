/**
 * What is done to kafkajs's connections beyond calling `send`: large requests go past its encoder,
 * and its timers rest.
 */
import type { Socket } from 'node:net';
import type { Api } from '../protocol/api.ts';
import { ByteWriter } from '../protocol/byte-writer.ts';

/** The parts of kafkajs's connections that are used; it has no types for them. */
export interface ConnectionPool {
  readonly pool: readonly Connection[];
  getConnectionByRequest(what: {
    readonly request: { readonly apiKey: number };
  }): Promise<Connection>;
  send<T>(exchange: Exchange<T>): Promise<T>;
}

export interface Connection {
  readonly clientId: string;
  readonly socket: Socket;
  readonly requestQueue: RequestQueue;
  isConnected(): boolean;
  /** Does nothing where that is not needed, or not needed again yet. */
  authenticate(): Promise<void>;
  nextCorrelationId(): number;
}

interface RequestQueue {
  readonly pending: readonly unknown[];
  push(request: QueuedRequest): void;
  maybeThrottle(ms: number): void;
  scheduleCheckPendingRequests(): void;
}

interface QueuedRequest {
  readonly entry: {
    readonly apiKey: number;
    readonly apiName: string;
    readonly apiVersion: number;
    readonly correlationId: number;
    readonly resolve: (answer: { readonly payload: Buffer }) => void;
    readonly reject: (error: unknown) => void;
  };
  readonly expectResponse: boolean;
  readonly requestTimeout: number;
  readonly sendRequest: () => void;
}

export interface Exchange<T> {
  readonly request: {
    readonly apiKey: number;
    readonly apiVersion: number;
    readonly apiName: string;
    encode(): Promise<{ readonly buf: Buffer; readonly buffer: Buffer }>;
  };
  readonly response: {
    decode(bytes: Buffer): Promise<{ value: T; clientSideThrottleTime: number }>;
    parse(decoded: { value: T }): Promise<T>;
  };
  readonly requestTimeout: number;
  readonly logResponseError: boolean;
}

const HEAD_BYTES = 512;
const LENGTH_BYTES = 4;

/**
 * Sends a request and the bytes that it ends with, without copying those. kafkajs would copy them
 * three times, twice into memory that it fills with zeros first, and all of that is memory outside
 * of the heap, which makes V8 collect the heap's old part again and again.
 */
export async function sendWithTail<Request, Response>(
  pool: ConnectionPool,
  api: Api<Request, Response>,
  request: Request,
  tail: Uint8Array,
  exchange: Exchange<Response>,
): Promise<Response> {
  const connection = await pool.getConnectionByRequest(exchange);
  await connection.authenticate();
  // Says in kafkajs's words that it is gone.
  if (!connection.isConnected()) return pool.send(exchange);
  const correlationId = connection.nextCorrelationId();
  const head = new ByteWriter(HEAD_BYTES);
  head.int32(0).int16(api.key).int16(api.version).int32(correlationId).string(connection.clientId);
  api.write(head, request);
  const headBytes = head.buffer;
  headBytes.writeInt32BE(headBytes.length + tail.length - LENGTH_BYTES, 0);
  const { payload } = await new Promise<{ readonly payload: Buffer }>((resolve, reject) => {
    const names = { apiKey: api.key, apiName: api.name, apiVersion: api.version };
    connection.requestQueue.push({
      entry: { ...names, correlationId, resolve, reject },
      expectResponse: true,
      requestTimeout: exchange.requestTimeout,
      sendRequest() {
        const { socket } = connection;
        socket.cork();
        socket.write(headBytes);
        socket.write(tail);
        socket.uncork();
      },
    });
  });
  const decoded = await exchange.response.decode(payload);
  connection.requestQueue.maybeThrottle(decoded.clientSideThrottleTime);
  return decoded.value;
}

const resting = new WeakSet<ConnectionPool>();

/**
 * From its first answer on, a connection of kafkajs looks every millisecond whether requests wait,
 * also when none does. From here on it does so only while some do: one that is to wait looks again
 * by itself.
 */
export function restWithoutRequests(pool: ConnectionPool): void {
  if (resting.has(pool)) return;
  resting.add(pool);
  for (const { requestQueue } of pool.pool) {
    const schedule = requestQueue.scheduleCheckPendingRequests;
    requestQueue.scheduleCheckPendingRequests = () => {
      if (requestQueue.pending.length > 0) schedule.call(requestQueue);
    };
  }
}
