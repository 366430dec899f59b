/**
 * Writes one subtask's part files. `write` only appends to memory; bytes go to the file in the
 * background, one piece after the other.
 *
 * Invariants: at most `PENDING_BYTES_MAX` and one record wait in memory; pieces are written in
 * order; a file is complete, fsynced and listed in a durable folder before it is a committable;
 * after a failure nothing is acknowledged any more.
 */
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { type EventTimeMs, type SinkContext, type SinkWriter, WeirError } from '@weir/core';
import type { LineEncoder } from '@weir/formats';
import { renameIn, syncFolder } from './durable-folder.ts';
import type { PendingPart } from './pending-part.ts';
import type { PartNames } from './part-names.ts';

const PIECE_CHARACTERS = 64 * 1024;
const PENDING_BYTES_MAX = 4 * 1024 * 1024;

export interface PartWriterOptions<T> {
  readonly folder: string;
  readonly encoder: LineEncoder<T>;
  readonly names: PartNames;
  readonly partBytesMax: number;
  /** Names being written, kept up to date for the committer. */
  readonly live: Set<string>;
  readonly context: SinkContext;
}

interface OpenPart {
  readonly handle: FileHandle;
  readonly name: string;
  readonly serial: number;
  bytes: number;
}

interface CompletePart {
  readonly name: string;
  readonly serial: number;
  readonly bytes: number;
}

export class PartWriter<T> implements SinkWriter<T, PendingPart> {
  readonly #options: PartWriterOptions<T>;
  #text = '';
  /** The background work, one piece after the other; never rejects. */
  #work: Promise<void> = Promise.resolve();
  #pendingBytes = 0;
  #isFull = false;
  #failure: { readonly error: unknown } | null = null;
  #part: OpenPart | null = null;
  #complete: CompletePart[] = [];
  #serial = 0;

  constructor(options: PartWriterOptions<T>) {
    this.#options = options;
  }

  async open(): Promise<void> {
    const { folder } = this.#options;
    try {
      await mkdir(folder, { recursive: true });
    } catch (cause) {
      throw failed(folder, 'be created', cause);
    }
  }

  write(record: T, _timestampMs: EventTimeMs): boolean {
    this.#throwFailure();
    if (this.#pendingBytes >= PENDING_BYTES_MAX) {
      this.#isFull = true;
      return false;
    }
    this.#text += `${this.#options.encoder.encode(record)}\n`;
    if (this.#text.length >= PIECE_CHARACTERS) this.#handOver();
    return true;
  }

  async flush(): Promise<void> {
    this.#handOver();
    await this.#work;
    this.#throwFailure();
  }

  async prepareCommit(checkpointId: number): Promise<readonly PendingPart[]> {
    this.#enqueue(() => this.#completePart());
    await this.#work;
    this.#throwFailure();
    const { folder, names, encoder, context, live } = this.#options;
    const subtask = context.taskInfo.subtaskIndex;
    const parts: PendingPart[] = [];
    for (const [number, { name, serial, bytes }] of this.#complete.entries()) {
      const pendingName = names.pending(subtask, serial, checkpointId);
      const finalName = names.committed(subtask, checkpointId, number, encoder.extension);
      await renameIn(folder, name, pendingName);
      live.delete(name);
      parts.push({ folder, pendingName, finalName, bytes });
    }
    if (parts.length > 0) await syncFolder(folder);
    this.#complete = [];
    return parts;
  }

  /** What was not committed stays behind hidden; the next attempt removes it. */
  async close(): Promise<void> {
    await this.#work;
    const part = this.#part;
    this.#part = null;
    await part?.handle.close();
  }

  #handOver(): void {
    if (this.#text === '') return;
    const bytes = Buffer.from(this.#text);
    this.#text = '';
    this.#pendingBytes += bytes.length;
    this.#enqueue(() => this.#append(bytes));
  }

  #enqueue(step: () => Promise<void>): void {
    this.#work = this.#work.then(async () => {
      if (this.#failure !== null) return;
      try {
        await step();
      } catch (cause) {
        // Thrown by whatever the task calls next, on its own stack.
        this.#failure = { error: failed(this.#options.folder, 'be written to', cause) };
        this.#options.context.wakeUp();
      }
    });
  }

  async #append(bytes: Buffer): Promise<void> {
    const part = this.#part ?? (await this.#openPart());
    await part.handle.writeFile(bytes);
    part.bytes += bytes.length;
    this.#pendingBytes -= bytes.length;
    if (part.bytes >= this.#options.partBytesMax) await this.#completePart();
    if (this.#isFull && this.#pendingBytes <= PENDING_BYTES_MAX / 2) {
      this.#isFull = false;
      this.#options.context.wakeUp();
    }
  }

  async #openPart(): Promise<OpenPart> {
    const { folder, names, encoder, context, live } = this.#options;
    for (;;) {
      const serial = this.#serial++;
      const name = names.inProgress(context.taskInfo.subtaskIndex, serial);
      live.add(name);
      try {
        const handle = await open(join(folder, name), 'wx');
        const part: OpenPart = { handle, name, serial, bytes: 0 };
        this.#part = part;
        if (encoder.header !== null) await handle.writeFile(`${encoder.header}\n`);
        return part;
      } catch (error) {
        live.delete(name);
        // A leftover that could not be removed; the next number will do.
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
    }
  }

  async #completePart(): Promise<void> {
    const part = this.#part;
    if (part === null) return;
    await part.handle.sync();
    await part.handle.close();
    this.#part = null;
    const { name, serial, bytes } = part;
    this.#complete.push({ name, serial, bytes });
  }

  #throwFailure(): void {
    if (this.#failure !== null) throw this.#failure.error;
  }
}

function failed(folder: string, what: string, cause: unknown): WeirError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new WeirError('SINK_FAILED', `${folder} can't ${what}: ${why}`, {
    cause,
    retryable: true,
  });
}
