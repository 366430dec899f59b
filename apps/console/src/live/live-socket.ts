/**
 * The WebSocket to the server: subscriptions by topic, reconnecting with back-off and jitter.
 *
 * Every message is validated before anybody sees it. After a lost connection each topic is
 * subscribed again with the last sequence number it saw. Invariants: one socket at a time; a topic
 * is subscribed once however many readers it has; a message out of order is dropped.
 */
import {
  decodeJobMessage,
  type ServerMessage,
  shapeOf,
  textMessage,
  type TickShape,
} from '@weir/console-protocol';

export type ConnectionPhase = 'connecting' | 'live' | 'reconnecting';

export interface Connection {
  readonly phase: ConnectionPhase;
  /** When the last message came, epoch ms of this browser; null before the first. */
  readonly lastMessageAt: number | null;
  readonly retryAt: number | null;
}

export interface SocketLike {
  send(data: string): void;
  close(): void;
  onopen: (() => void) | null;
  onclose: (() => void) | null;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
}

export interface SocketPorts {
  open(): SocketLike;
  now(): number;
  /** The server sent a message at `t`, epoch ms by its own clock. */
  heard(t: number): void;
  /** Uniform in [0, 1). */
  random(): number;
  after(ms: number, callback: () => void): void;
  /** The server runs another build than this page. */
  reload(): void;
  report(message: string): void;
}

export interface SocketReader {
  message(message: ServerMessage): void;
  connection(connection: Connection): void;
}

const RETRY_FIRST_MS = 500;
const RETRY_MAX_MS = 15_000;

export class LiveSocket {
  readonly #ports: SocketPorts;
  readonly #reader: SocketReader;
  readonly #readers = new Map<string, number>();
  readonly #lastSeq = new Map<string, number>();
  /** By job: where the numbers of its ticks lie. */
  readonly #shapes = new Map<string, TickShape>();
  #socket: SocketLike | null = null;
  #open = false;
  #attempt = 0;
  #build: string | null = null;
  #waiting = 0;
  #connection: Connection = { phase: 'connecting', lastMessageAt: null, retryAt: null };

  constructor(ports: SocketPorts, reader: SocketReader) {
    this.#ports = ports;
    this.#reader = reader;
  }

  get connection(): Connection {
    return this.#connection;
  }

  /** Connects; called once, and again by the user's "Retry". */
  connect(): void {
    if (this.#socket !== null) return;
    this.#waiting++;
    const socket = this.#ports.open();
    this.#socket = socket;
    socket.onopen = () => {
      this.#open = true;
      this.#attempt = 0;
      for (const topic of this.#readers.keys()) this.#subscribe(topic);
    };
    socket.onmessage = (event) => this.#receive(event.data);
    socket.onclose = () => this.#lost();
  }

  /** Subscribes a reader to a topic; the returned function takes it back. */
  subscribe(topic: string): () => void {
    const readers = this.#readers.get(topic) ?? 0;
    this.#readers.set(topic, readers + 1);
    if (readers === 0 && this.#open) this.#subscribe(topic);
    let released = false;
    return () => {
      if (released) return;
      released = true;
      this.#release(topic);
    };
  }

  /** Forgets what was seen of a topic: the next subscription starts with a snapshot. */
  forget(topic: string): void {
    this.#lastSeq.delete(topic);
    this.#shapes.delete(topic.slice('job/'.length));
  }

  /** Delay before attempt `n` (1 = first retry): doubles up to 15 s, between half and all of it. */
  static retryDelayMs(attempt: number, random: number): number {
    const ceiling = Math.min(RETRY_MAX_MS, RETRY_FIRST_MS * 2 ** (attempt - 1));
    return Math.round(ceiling * (0.5 + random / 2));
  }

  #release(topic: string): void {
    const readers = this.#readers.get(topic) ?? 0;
    if (readers > 1) {
      this.#readers.set(topic, readers - 1);
      return;
    }
    this.#readers.delete(topic);
    if (this.#open) this.#socket?.send(JSON.stringify({ op: 'unsubscribe', topic }));
  }

  #subscribe(topic: string): void {
    const since = this.#lastSeq.get(topic) ?? null;
    this.#socket?.send(JSON.stringify({ op: 'subscribe', topic, since }));
  }

  #receive(data: unknown): void {
    const message = this.#parse(data);
    if (message === null) {
      this.#ports.report('A message from the server was not understood and was left out.');
      return;
    }
    if (message.op === 'hello') this.#ports.heard(message.serverTime);
    if (message.op === 'jobs') this.#ports.heard(message.data.t);
    this.#state({ phase: 'live', lastMessageAt: this.#ports.now(), retryAt: null });
    if (message.op === 'hello') {
      if (this.#build !== null && this.#build !== message.build) this.#ports.reload();
      this.#build = message.build;
      return;
    }
    if (message.op === 'error') {
      this.#ports.report(message.message);
      return;
    }
    if (message.op !== 'job.gone' && !this.#isNext(message)) return;
    this.#reader.message(message);
  }

  #parse(data: unknown): ServerMessage | null {
    if (!(data instanceof ArrayBuffer)) return parseText(data);
    const message = decodeJobMessage(data, (jobId) => this.#shapes.get(jobId) ?? null);
    const topology = message?.data.topology ?? null;
    if (message !== null && topology !== null) this.#shapes.set(message.jobId, shapeOf(topology));
    return message;
  }

  /** Snapshots are always taken; a delta only if it is newer than what was seen. */
  #isNext(message: Exclude<ServerMessage, { op: 'hello' | 'error' | 'job.gone' }>): boolean {
    const topic = message.op === 'jobs' ? 'jobs' : `job/${message.jobId}`;
    const last = this.#lastSeq.get(topic);
    if (message.op === 'job.delta' && last !== undefined && message.seq <= last) return false;
    this.#lastSeq.set(topic, message.seq);
    return true;
  }

  #lost(): void {
    this.#socket = null;
    this.#open = false;
    this.#attempt++;
    const delay = LiveSocket.retryDelayMs(this.#attempt, this.#ports.random());
    const waiting = this.#waiting;
    this.#ports.after(delay, () => {
      if (waiting === this.#waiting) this.connect();
    });
    const { lastMessageAt } = this.#connection;
    const phase = lastMessageAt === null ? 'connecting' : 'reconnecting';
    this.#state({ phase, lastMessageAt, retryAt: this.#ports.now() + delay });
  }

  #state(connection: Connection): void {
    this.#connection = connection;
    this.#reader.connection(connection);
  }
}

function parseText(data: unknown): ServerMessage | null {
  if (typeof data !== 'string') return null;
  try {
    const result = textMessage.safeParse(JSON.parse(data));
    return result.success ? result.data : null;
  } catch {
    return null;
  }
}
