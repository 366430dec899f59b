/** What can go wrong in an operator, each switched on by the case when its time has come. */
import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type Collector,
  type KeyedProcessContext,
  type KeyedProcessFunction,
  type MapState,
  MapStateDescriptor,
  type RuntimeContext,
  type Sink,
  type SinkContext,
  type SinkWriter,
} from '@weir/core';
import type { Item } from './supply.ts';

const LOOK_MS = 50;
const REMEMBERED = 200;

/** Goes wrong as soon as the file exists. */
export class Switch {
  isOn = false;
  #onAtMs = 0;

  constructor(file: string) {
    if (file === '') return;
    const timer = setInterval(() => {
      this.isOn = existsSync(file);
      this.#onAtMs = performance.now();
      if (this.isOn) clearInterval(timer);
    }, LOOK_MS);
    timer.unref();
  }

  get onForMs(): number {
    return this.isOn ? performance.now() - this.#onAtMs : 0;
  }
}

/** Computes for so long. */
export function burn(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

/** A target that takes a batch, then none until it has worked it off. */
export class SlowStore implements Sink<Item> {
  readonly committableType = null;
  readonly #batch: number;
  readonly #writeMs: () => number;
  readonly #flushMs: () => number;

  constructor(batch: number, writeMs: () => number, flushMs: () => number = () => 0) {
    this.#batch = batch;
    this.#writeMs = writeMs;
    this.#flushMs = flushMs;
  }

  createWriter(context: SinkContext): SinkWriter<Item, never> {
    let taken = 0;
    let isFull = false;
    return {
      write: () => {
        if (isFull) return false;
        taken++;
        const writeMs = this.#writeMs() * this.#batch;
        if (taken < this.#batch || writeMs === 0) return true;
        taken = 0;
        isFull = true;
        context.timers.schedule(writeMs, () => {
          isFull = false;
          context.wakeUp();
        });
        return true;
      },
      flush: async () => {
        const flushMs = this.#flushMs();
        if (flushMs > 0) await delay(flushMs);
      },
      prepareCommit: async () => [],
      close() {},
    };
  }
}

/** Keeps much alive and allocates more and more, so that the collector has to go through it all. */
export class Hoarder {
  readonly #kept: object[];
  #next = 0;

  constructor(kept: number) {
    this.#kept = Array.from({ length: kept }, (_, at) => piece(at));
  }

  /** Replaces what is kept, piece by piece, for so long. */
  replaceFor(ms: number): void {
    const end = performance.now() + ms;
    while (performance.now() < end) {
      for (let i = 0; i < 100; i++) {
        this.#kept[this.#next] = piece(i);
        this.#next = (this.#next + 1) % this.#kept.length;
      }
    }
  }
}

/** Has a map per key with keys of two fields, and looks one after the other up for so long. */
export class Rememberer implements KeyedProcessFunction<number, Item, Item> {
  readonly #forMs: () => number;
  readonly #places = Array.from({ length: REMEMBERED }, (_, n) => ({ shop: n, shelf: n % 7 }));
  #stock: MapState<Place, number> | null = null;

  constructor(forMs: () => number) {
    this.#forMs = forMs;
  }

  open(context: RuntimeContext): void {
    this.#stock = context.getMapState(new MapStateDescriptor('stock'));
  }

  processElement(item: Item, _context: KeyedProcessContext<number>, out: Collector<Item>): void {
    const stock = this.#stock!;
    if (stock.isEmpty()) for (const place of this.#places) stock.put(place, 1);
    const end = performance.now() + this.#forMs();
    let sum = 0;
    while (performance.now() < end) {
      for (const place of this.#places) sum += stock.get(place) ?? 0;
    }
    out.collect({ key: item.key, n: sum });
  }
}

interface Place {
  readonly shop: number;
  readonly shelf: number;
}

function piece(n: number): object {
  return { n, name: `piece ${n}`, parts: [n, n + 1, { of: n }, [n]] };
}
