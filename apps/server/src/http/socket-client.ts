/**
 * One viewer at the WebSocket: its topics, and what it has not been sent yet.
 *
 * A viewer that reads too slowly is sent nothing more while its send buffer is above a mark; what
 * comes meanwhile is merged into one delta a topic, so that it loses ticks in between but no event,
 * and costs bounded memory. One that is far behind or does not answer pings is dropped.
 */
import type { TextMessage } from '@weir/console-protocol';
import type { WebSocket } from 'ws';
import { mergeDeltas, type NumberedDelta, numberedDelta } from './topic.ts';

/** Above this the socket gets nothing more until it has read. */
export const BUFFERED_BYTES_HIGH = 1_048_576;
const BUFFERED_BYTES_MAX = 64 * 1_048_576;

export type ViewerSocket = Pick<WebSocket, 'bufferedAmount' | 'ping' | 'send' | 'terminate'>;

interface Subscription {
  /** False until the snapshot was sent; deltas then are part of it. */
  live: boolean;
  pending: NumberedDelta | null;
}

export class SocketClient {
  readonly #socket: ViewerSocket;
  readonly #subscriptions = new Map<string, Subscription>();
  #jobsPending: string | null = null;
  #answered = true;

  constructor(socket: ViewerSocket) {
    this.#socket = socket;
  }

  get topics(): number {
    return this.#subscriptions.size;
  }

  /** A token that tells whether the subscription is still the same when the snapshot comes. */
  subscribe(topic: string): object {
    const subscription = { live: false, pending: null };
    this.#subscriptions.set(topic, subscription);
    return subscription;
  }

  unsubscribe(topic: string): void {
    this.#subscriptions.delete(topic);
  }

  has(topic: string): boolean {
    return this.#subscriptions.has(topic);
  }

  /** One of the topics of the jobs list. */
  get hasJobs(): boolean {
    return this.has('jobs') || this.has('jobs/states');
  }

  /** Sends what the subscription begins with, and lets deltas follow. */
  begin(topic: string, token: object, messages: readonly (TextMessage | Uint8Array)[]): void {
    const subscription = this.#subscriptions.get(topic);
    if (subscription === undefined || subscription !== token) return;
    for (const message of messages) this.send(message);
    subscription.live = true;
  }

  delta(topic: string, jobId: string, numbered: NumberedDelta): void {
    const subscription = this.#subscriptions.get(topic);
    if (subscription === undefined || !subscription.live) return;
    const { pending } = subscription;
    const next =
      pending === null
        ? numbered
        : numberedDelta(jobId, numbered.seq, mergeDeltas(pending.delta, numbered.delta));
    subscription.pending = this.#slow ? next : null;
    if (subscription.pending === null) this.send(next.message());
  }

  /**
   * The jobs list is a whole each time, so a slow viewer gets the newest only.
   * @param message as JSON, which is the same for all viewers.
   */
  jobs(message: string): void {
    this.#jobsPending = this.#slow ? message : null;
    if (this.#jobsPending === null) this.send(message);
  }

  /** Sends what was held back, once there is room. Called once a second. */
  flush(): void {
    if (this.#slow) return;
    for (const subscription of this.#subscriptions.values()) {
      const { pending } = subscription;
      if (pending === null) continue;
      subscription.pending = null;
      this.send(pending.message());
    }
    if (this.#jobsPending !== null && this.hasJobs) this.jobs(this.#jobsPending);
  }

  /** @param message a text is sent as it is. */
  send(message: TextMessage | string | Uint8Array): void {
    const whole = typeof message === 'string' || message instanceof Uint8Array;
    this.#socket.send(whole ? message : JSON.stringify(message));
    if (this.#socket.bufferedAmount > BUFFERED_BYTES_MAX) this.#socket.terminate();
  }

  pong(): void {
    this.#answered = true;
  }

  /** Ends the connection when the last ping was not answered. */
  checkAlive(): void {
    if (!this.#answered) {
      this.#socket.terminate();
      return;
    }
    this.#answered = false;
    this.#socket.ping();
  }

  get #slow(): boolean {
    return this.#socket.bufferedAmount > BUFFERED_BYTES_HIGH;
  }
}
