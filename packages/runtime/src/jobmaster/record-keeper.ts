/**
 * Writes the job record, one write at a time. A save asked for while another one runs waits for
 * it and then writes what is true by then, together with all that asked meanwhile.
 */
import type { TimerPort } from '@weir/core';
import type { JobRecord } from './ports.ts';

const RETRY_MS = 1000;

export interface RecordKeeperPorts {
  readonly timers: TimerPort;
  readonly write: (record: JobRecord) => Promise<void>;
  readonly read: () => JobRecord;
  readonly onFailure: (error: unknown) => void;
}

export class RecordKeeper {
  readonly #ports: RecordKeeperPorts;
  #last: Promise<void> = Promise.resolve();
  #waiting: Promise<void> | null = null;
  #closed = false;

  constructor(ports: RecordKeeperPorts) {
    this.#ports = ports;
  }

  /** Resolves when a record as it is now, or newer, is durable. Rejects as the write does. */
  save(): Promise<void> {
    if (this.#waiting !== null) return this.#waiting;
    const mine = this.#last.then(() => {
      this.#waiting = null;
      return this.#ports.write(this.#ports.read());
    });
    this.#waiting = mine;
    this.#last = mine.catch(() => {});
    return mine;
  }

  /** As `save`, but tries until it succeeds; resolves early only when closed. */
  async persist(): Promise<void> {
    while (!this.#closed) {
      try {
        await this.save();
        return;
      } catch (error) {
        this.#ports.onFailure(error);
        await new Promise<void>((resolve) => this.#ports.timers.schedule(RETRY_MS, resolve));
      }
    }
  }

  /** No more retries; resolves when the write that runs has ended. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#last;
  }
}
