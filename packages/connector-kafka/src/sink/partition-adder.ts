/**
 * Adds partitions to a transaction before their first batch is sent: those that are asked for while
 * a request is on its way go together in the next one.
 */
import type { TopicPartition } from '../protocol/api.ts';
import type { TransactionIdentity } from '../protocol/transaction-apis.ts';
import type { TransactionCalls } from './transaction-calls.ts';

export class PartitionAdder {
  readonly #calls: TransactionCalls;
  readonly #transaction: TransactionIdentity;
  readonly #added = new Map<string, Promise<void>>();
  #waiting: TopicPartition[] = [];
  #next: Promise<void> | null = null;
  #last: Promise<void> = Promise.resolve();
  #first: TopicPartition | null = null;

  constructor(calls: TransactionCalls, transaction: TransactionIdentity) {
    this.#calls = calls;
    this.#transaction = transaction;
  }

  /** Null while the transaction has nothing; a transaction that has must be ended. */
  get first(): TopicPartition | null {
    return this.#first;
  }

  add(topic: string, partition: number): Promise<void> {
    const key = `${topic}-${partition}`;
    const known = this.#added.get(key);
    if (known !== undefined) return known;
    this.#first ??= { topic, partition };
    this.#waiting.push({ topic, partition });
    this.#next ??= this.#send();
    this.#added.set(key, this.#next);
    return this.#next;
  }

  #send(): Promise<void> {
    const before = this.#last;
    this.#last = (async () => {
      await before;
      const partitions = this.#waiting;
      this.#waiting = [];
      this.#next = null;
      await this.#calls.addPartitions(this.#transaction, partitions);
    })();
    return this.#last;
  }
}
