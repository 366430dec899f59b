/**
 * A way to the inspectors of this process's worker threads, from the main thread. It works while
 * they run and while they hang; nothing listens on a port.
 *
 * Life: made when something is to be looked at, `close`d right after: a thread that nobody looks
 * at has no session.
 */
import { Session } from 'node:inspector';
import { setTimeout as delay } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';

const ATTACH_MS_MAX = 1000;

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
}

export class WorkerInspector {
  readonly #session = new Session();
  readonly #links = new Map<string, InspectorLink>();
  readonly #byThread = new Map<number, PromiseWithResolvers<InspectorLink>>();

  constructor() {
    const session = this.#session;
    session.connect();
    session.on('NodeWorker.attachedToWorker', ({ params: { sessionId, workerInfo } }) => {
      const link = new InspectorLink((message) => {
        session.post('NodeWorker.sendMessageToWorker', { sessionId, message });
      });
      this.#links.set(sessionId, link);
      this.#attached(threadIdIn(workerInfo.title)).resolve(link);
    });
    session.on('NodeWorker.receivedMessageFromWorker', ({ params: { sessionId, message } }) => {
      this.#links.get(sessionId)?.receive(JSON.parse(message) as Message);
    });
    session.on('NodeWorker.detachedFromWorker', ({ params: { sessionId } }) => {
      this.#links.delete(sessionId);
    });
    session.post('NodeWorker.enable', { waitForDebuggerOnStart: false });
  }

  /** Null for a thread that has ended or cannot be reached. */
  async link(worker: Worker): Promise<InspectorLink | null> {
    const { promise } = this.#attached(worker.threadId);
    return Promise.race([promise, delay(ATTACH_MS_MAX, null, { ref: false })]);
  }

  close(): void {
    this.#session.disconnect();
    this.#links.clear();
  }

  #attached(threadId: number): PromiseWithResolvers<InspectorLink> {
    const known = this.#byThread.get(threadId);
    if (known !== undefined) return known;
    const attached = Promise.withResolvers<InspectorLink>();
    this.#byThread.set(threadId, attached);
    return attached;
  }
}

/** `[worker 3] slot-0`; the worker's id there is but a count of the attachments. */
function threadIdIn(title: string): number {
  return Number(/^\[worker (\d+)\]/.exec(title)?.[1]);
}

/** One thread's inspector. */
export class InspectorLink {
  readonly #send: (message: string) => void;
  readonly #answers = new Map<number, (result: unknown) => void>();
  readonly #listeners = new Map<string, (params: unknown) => void>();
  #id = 0;

  constructor(send: (message: string) => void) {
    this.#send = send;
  }

  /** Resolves with the result, undefined if it was refused; never for a thread that is gone. */
  call(method: string, params: object = {}): Promise<unknown> {
    const id = ++this.#id;
    const { promise, resolve } = Promise.withResolvers<unknown>();
    this.#answers.set(id, resolve);
    this.#send(JSON.stringify({ id, method, params }));
    return promise;
  }

  /** One listener an event. */
  on(event: string, listener: (params: unknown) => void): void {
    this.#listeners.set(event, listener);
  }

  receive({ id, method, params, result }: Message): void {
    if (method !== undefined) this.#listeners.get(method)?.(params);
    if (id === undefined) return;
    this.#answers.get(id)?.(result);
    this.#answers.delete(id);
  }
}
