/**
 * Memory of built-in keyed operators: 4 KiB pages, each owned by one key group, in one
 * WebAssembly memory that grows in place. Used by `paged-table.ts`, one per operator and subtask.
 *
 * A snapshot freezes all pages in one pass over their state bytes. The first write to a frozen
 * page copies it into a recycled side buffer, so the frozen content can be read until it has been
 * written out, while the operator goes on.
 *
 * Invariants: a page belongs to one key group for ever; page 0 is never handed out, so address 0
 * means "none"; a frozen page is not written before `protect` has copied it; side buffers are
 * returned when their page was read, at the latest by `thaw`.
 */
import { invariant, WeirError } from '@weir/core';

export const PAGE_BYTES = 4096;
const WASM_PAGE_BYTES = 65_536;
const GROW_WASM_PAGES = 16;
const MEMORY_WASM_PAGES_MAX = 65_536;

/** The part of WebAssembly.Memory that is used; TypeScript knows it only beside a browser's DOM. */
interface GrowingMemory {
  readonly buffer: SharedArrayBuffer;
  grow(wasmPages: number): number;
}

const { Memory } = (
  globalThis as unknown as {
    WebAssembly: {
      Memory: new (limits: { initial: number; maximum: number; shared: true }) => GrowingMemory;
    };
  }
).WebAssembly;

const LIVE = 0;
const FROZEN = 1;
const COPIED = 2;

export class PageMemory {
  readonly #memory: GrowingMemory;
  #bytes: Uint8Array;
  #doubles: Float64Array;
  #states = new Uint8Array(GROW_WASM_PAGES * (WASM_PAGE_BYTES / PAGE_BYTES));
  #sideOf = new Map<number, Uint8Array>();
  readonly #sideFree: Uint8Array[] = [];
  #pagesUsed = 1;
  #frozen = false;

  constructor(pagesMax = MEMORY_WASM_PAGES_MAX) {
    this.#memory = new Memory({
      initial: GROW_WASM_PAGES,
      maximum: pagesMax,
      shared: true,
    });
    this.#bytes = new Uint8Array(this.#memory.buffer);
    this.#doubles = new Float64Array(this.#memory.buffer);
  }

  /** All of memory; replaced when it grows, so take it anew after each `allocate`. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  get doubles(): Float64Array {
    return this.#doubles;
  }

  get bytesUsed(): number {
    return this.#pagesUsed * PAGE_BYTES;
  }

  /** True from `freeze` to `thaw`: writers must call `protect` first. */
  get isFrozen(): boolean {
    return this.#frozen;
  }

  /** Number of a new, zeroed page. @throws WeirError TASK_FAILED at 4 GiB. */
  allocate(): number {
    const page = this.#pagesUsed++;
    if (this.#pagesUsed * PAGE_BYTES > this.#bytes.length) this.#grow();
    this.#states[page] = LIVE;
    return page;
  }

  /** From now on the content of every page used so far is kept for `readFrozen`. */
  freeze(): void {
    invariant(!this.#frozen, 'one snapshot at a time');
    this.#states.fill(FROZEN, 1, this.#pagesUsed);
    this.#frozen = true;
  }

  /** Before a write to `page` while frozen: keeps its old content. */
  protect(page: number): void {
    if (this.#states[page] !== FROZEN) return;
    const side = this.#sideFree.pop() ?? new Uint8Array(PAGE_BYTES);
    const start = page * PAGE_BYTES;
    side.set(this.#bytes.subarray(start, start + PAGE_BYTES));
    this.#sideOf.set(page, side);
    this.#states[page] = COPIED;
  }

  /** Copies the frozen content of a page into `target`; once per page and freeze. */
  readFrozen(page: number, length: number, target: Uint8Array, at: number): void {
    const side = this.#sideOf.get(page);
    if (side !== undefined) {
      target.set(side.subarray(0, length), at);
      this.#sideOf.delete(page);
      this.#sideFree.push(side);
    } else {
      invariant(this.#states[page] === FROZEN, 'a frozen page is read once', { page });
      const start = page * PAGE_BYTES;
      target.set(this.#bytes.subarray(start, start + length), at);
    }
    this.#states[page] = LIVE;
  }

  /** Ends the snapshot, read to the end or not. */
  thaw(): void {
    for (const side of this.#sideOf.values()) this.#sideFree.push(side);
    this.#sideOf = new Map();
    this.#states.fill(LIVE, 0, this.#pagesUsed);
    this.#frozen = false;
  }

  #grow(): void {
    const pages = this.#memory.buffer.byteLength / WASM_PAGE_BYTES;
    const more = Math.max(GROW_WASM_PAGES, Math.floor(pages / 8));
    try {
      this.#memory.grow(more);
    } catch (cause) {
      throw new WeirError(
        'TASK_FAILED',
        `the state of one subtask has reached ${this.bytesUsed} bytes and cannot grow; ` +
          'raise the parallelism so that each subtask holds fewer keys',
        { cause },
      );
    }
    this.#bytes = new Uint8Array(this.#memory.buffer);
    this.#doubles = new Float64Array(this.#memory.buffer);
    const states = new Uint8Array(this.#bytes.length / PAGE_BYTES);
    states.set(this.#states);
    this.#states = states;
  }
}
