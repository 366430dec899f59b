/** What both baselines with a second thread have in common: batches posted as messages. */
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import type { Order } from '../workload/orders.ts';

export const BATCH_RECORDS = 1000;
/** So many batches may be under way, or memory runs over where the receiver is slower. */
const BATCHES_IN_FLIGHT_MAX = 16;

/** Runs the same file as a second thread, which calls `receiveOrders`. */
export class OrderSender {
  readonly #worker: Worker;
  #inFlight = 0;
  #resume: (() => void) | null = null;

  constructor(file: string) {
    this.#worker = new Worker(file, { argv: process.argv.slice(2) });
    this.#worker.on('message', () => {
      this.#inFlight--;
      this.#resume?.();
    });
  }

  async send(orders: readonly Order[]): Promise<void> {
    while (this.#inFlight >= BATCHES_IN_FLIGHT_MAX) {
      await new Promise<void>((resolve) => {
        this.#resume = resolve;
      });
    }
    this.#inFlight++;
    this.#worker.postMessage(orders);
  }

  /** Tells the receiver that this was all, and waits for its end. */
  async end(): Promise<void> {
    const ended = new Promise((resolve) => this.#worker.once('exit', resolve));
    this.#worker.postMessage(null);
    await ended;
  }
}

export const isReceiver = !isMainThread;

export function receiveOrders(each: (order: Order) => void, end: () => void): void {
  const port = parentPort!;
  port.on('message', (orders: readonly Order[] | null) => {
    if (orders === null) {
      end();
      port.close();
      return;
    }
    for (const order of orders) each(order);
    port.postMessage('taken');
  });
}
