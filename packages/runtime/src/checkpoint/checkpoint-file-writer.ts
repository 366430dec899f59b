/**
 * Writes one subtask's share of a checkpoint: lists and keyed state of all operators of its chain.
 *
 * Called by the task: `addOperator` per operator in the synchronous part, then in the background
 * either `drain(yieldTurn)` or `step()` again and again until it says true, then `close()`;
 * `abort()` on every other path.
 *
 * A file that fits the buffer is handed to the storage in one call, because on a busy thread every
 * answer that is awaited costs a turn of the event loop.
 *
 * Invariants: nothing is read from an operator's live state after `addOperator`; a keyed snapshot
 * is released as soon as it is drained, and on abort; `close` resolves only when the storage says
 * that file and folder are durable; a failed writer stays failed.
 */
import { invariant, type StoragePort, type StorageWriter } from '@weir/core';
import {
  encodeIndex,
  FILE_MAGIC,
  type KeyGroupSection,
  type OperatorSections,
  type Section,
} from './checkpoint-layout.ts';
import { checksum } from './crc.ts';
import type { SerializedList } from './operator-lists.ts';
import type { KeyedSnapshot } from './operator-state.ts';

const BUFFER_BYTES_FIRST = 4 * 1024;
const BUFFER_BYTES_MAX = 256 * 1024;
const ROWS_PER_STEP = 2_000;
/** Key groups come one by one, most of them small; a step takes as many as fill its share. */
const STEP_BYTES_PER_ROW = 32;

export interface OperatorSnapshot {
  readonly lists: readonly SerializedList[];
  /** Frozen keyed state; the writer drains and releases it. */
  readonly keyed: KeyedSnapshot | null;
}

interface Pending extends OperatorSnapshot {
  readonly operatorId: string;
}

export class CheckpointFileWriter {
  readonly path: string;
  readonly #storage: StoragePort;
  readonly #pending: Pending[] = [];
  readonly #operatorIds: string[] = [];
  readonly #written: OperatorSections[] = [];
  #writer: StorageWriter | null = null;
  #buffer = new Uint8Array(BUFFER_BYTES_FIRST);
  #buffered = 0;
  #position = 0;
  #groups: KeyGroupSection[] | null = null;
  #header: Section | null = null;
  #state: 'open' | 'closed' | 'aborted' = 'open';

  /** Nothing is created before the first step; `path` must not exist. */
  constructor(storage: StoragePort, path: string) {
    this.#storage = storage;
    this.path = path;
  }

  /** Operators added so far that have any state. */
  get operatorIds(): readonly string[] {
    return this.#operatorIds;
  }

  /** True when no operator had any state: the file need not be written. */
  get isEmpty(): boolean {
    return this.#operatorIds.length === 0;
  }

  /** An operator without lists and without keyed state takes no section. */
  addOperator(operatorId: string, snapshot: OperatorSnapshot): void {
    invariant(this.#state === 'open', 'operator added to a finished file', { operatorId });
    invariant(!this.#operatorIds.includes(operatorId), 'operator added twice', { operatorId });
    if (snapshot.lists.length === 0 && snapshot.keyed === null) return;
    this.#operatorIds.push(operatorId);
    this.#pending.push({ operatorId, ...snapshot });
  }

  /**
   * Serialises at most about `rowsMax` entries and hands full buffers to the storage; true when
   * everything was serialised. @throws WeirError STORAGE_FAILED; then `abort`.
   */
  async step(rowsMax = ROWS_PER_STEP): Promise<boolean> {
    invariant(this.#state === 'open', 'step after the end', { path: this.path });
    if (this.#position === 0) await this.#append(FILE_MAGIC);
    const endsAt = this.#position + rowsMax * STEP_BYTES_PER_ROW;
    while (this.#state === 'open' && this.#position < endsAt) {
      const pending = this.#pending[0];
      if (pending === undefined) return true;
      if (this.#groups === null) await this.#begin(pending);
      const result = await this.#stepKeyed(pending, rowsMax);
      if (result === 'spent') break;
      if (result === 'done') this.#finish(pending, await this.#appendLists(pending.lists));
    }
    return this.#pending.length === 0;
  }

  /** Serialises everything, giving the turn back between slices. */
  async drain(yieldTurn: () => Promise<void>, rowsMax = ROWS_PER_STEP): Promise<void> {
    while (!(await this.step(rowsMax))) await yieldTurn();
  }

  /** Durable when it resolves. Call after the last step. */
  async close(): Promise<{ readonly path: string; readonly bytes: number }> {
    invariant(this.#pending.length === 0, 'file closed before it was drained', { path: this.path });
    if (this.#position === 0) await this.#append(FILE_MAGIC);
    await this.#append(encodeIndex(this.#written, checksum));
    if (this.#writer === null) {
      await this.#storage.replace(this.path, this.#buffer.subarray(0, this.#buffered));
    } else {
      await this.#flush();
      await this.#writer.close();
    }
    if (this.#isAborted()) await this.#storage.delete(this.path);
    else this.#state = 'closed';
    return { path: this.path, bytes: this.#position };
  }

  /** Discards the file and releases all frozen state; never throws, may be called twice. */
  async abort(): Promise<void> {
    if (this.#state !== 'open') return;
    this.#state = 'aborted';
    for (const pending of this.#pending.splice(0)) pending.keyed?.release();
    await this.#writer?.abort();
  }

  async #begin(pending: Pending): Promise<void> {
    this.#groups = [];
    this.#header = pending.keyed === null ? null : await this.#appendSection(pending.keyed.header);
  }

  /** `spent`: much was looked at and nothing found, so the step ends without a byte. */
  async #stepKeyed(pending: Pending, rowsMax: number): Promise<'done' | 'more' | 'spent'> {
    if (pending.keyed === null) return 'done';
    const chunk = pending.keyed.next(rowsMax);
    if (chunk === null) return 'done';
    const groups = this.#groups as KeyGroupSection[];
    const last = groups.at(-1);
    const { keyGroup, bytes } = chunk;
    if (bytes.length === 0) return 'spent';
    if (last !== undefined && last.keyGroup === keyGroup) {
      const length = last.length + bytes.length;
      const crc = checksum(bytes, last.crc);
      groups[groups.length - 1] = { keyGroup, offset: last.offset, length, crc };
      await this.#append(bytes);
    } else {
      const previous = last?.keyGroup ?? -1;
      invariant(keyGroup > previous, 'key groups out of order', { keyGroup, previous });
      groups.push({ keyGroup, ...(await this.#appendSection(bytes)) });
    }
    return 'more';
  }

  async #appendLists(lists: readonly SerializedList[]): Promise<OperatorSections['lists']> {
    const sections = [];
    for (const { name, typeName, fingerprint, count, bytes } of lists) {
      const section = await this.#appendSection(bytes);
      sections.push({ name, typeName, fingerprint, count, ...section });
    }
    return sections;
  }

  #finish(pending: Pending, lists: OperatorSections['lists']): void {
    if (this.#state !== 'open') return;
    pending.keyed?.release();
    const { operatorId } = pending;
    const header = this.#header;
    const keyed = header === null ? null : { header, keyGroups: this.#groups ?? [] };
    this.#written.push({ operatorId, lists, keyed });
    this.#pending.shift();
    this.#groups = null;
    this.#header = null;
  }

  async #appendSection(bytes: Uint8Array): Promise<Section> {
    const offset = this.#position;
    await this.#append(bytes);
    return { offset, length: bytes.length, crc: checksum(bytes) };
  }

  async #append(bytes: Uint8Array): Promise<void> {
    this.#position += bytes.length;
    if (this.#buffered + bytes.length > BUFFER_BYTES_MAX) await this.#flush();
    if (bytes.length > BUFFER_BYTES_MAX) {
      await (await this.#openWriter()).write(bytes);
      return;
    }
    this.#reserve(this.#buffered + bytes.length);
    this.#buffer.set(bytes, this.#buffered);
    this.#buffered += bytes.length;
  }

  #reserve(bytes: number): void {
    let capacity = this.#buffer.length;
    if (bytes <= capacity) return;
    while (capacity < bytes) capacity *= 2;
    const grown = new Uint8Array(capacity);
    grown.set(this.#buffer.subarray(0, this.#buffered));
    this.#buffer = grown;
  }

  #isAborted(): boolean {
    return this.#state === 'aborted';
  }

  async #flush(): Promise<void> {
    if (this.#buffered === 0) return;
    const full = this.#buffer.subarray(0, this.#buffered);
    this.#buffered = 0;
    await (await this.#openWriter()).write(full);
  }

  async #openWriter(): Promise<StorageWriter> {
    if (this.#writer !== null) return this.#writer;
    const writer = await this.#storage.createWriter(this.path);
    this.#writer = writer;
    // Aborted while the file was being created: nobody else would remove it.
    if (this.#state === 'aborted') await writer.abort();
    return writer;
  }
}
