/** Approximates the bytes of a state from every 32nd value that is written to it. */
const EVERY = 32;
const WEIGHT = 0.1;
/** Map slot, entry object and key, roughly. */
const ROW_OVERHEAD_BYTES = 96;
const DEPTH_MAX = 4;
const ITEMS_MAX = 16;

export class SizeSample {
  #writes = 0;
  #averageBytes = 0;

  note(value: unknown): void {
    if (this.#writes++ % EVERY !== 0) return;
    const bytes = approximateBytes(value, 0);
    const first = this.#writes === 1;
    this.#averageBytes = first ? bytes : this.#averageBytes * (1 - WEIGHT) + bytes * WEIGHT;
  }

  total(rows: number): number {
    return Math.round(rows * (this.#averageBytes + ROW_OVERHEAD_BYTES));
  }
}

function approximateBytes(value: unknown, depth: number): number {
  if (typeof value === 'string') return 16 + value.length;
  if (typeof value !== 'object' || value === null) return 8;
  if (depth >= DEPTH_MAX) return 32;
  if (ArrayBuffer.isView(value)) return 64 + value.byteLength;
  if (value instanceof Map || value instanceof Set) {
    return 64 + ofMany([...value.keys()], depth) + ofMany([...value.values()], depth);
  }
  if (Array.isArray(value)) return 16 + ofMany(value, depth);
  return 24 + ofMany(Object.values(value), depth);
}

function ofMany(items: readonly unknown[], depth: number): number {
  const seen = Math.min(items.length, ITEMS_MAX);
  let bytes = 0;
  for (let i = 0; i < seen; i++) bytes += 8 + approximateBytes(items[i], depth + 1);
  return seen === 0 ? 0 : (bytes / seen) * items.length;
}
