/** Namespaces as map keys and as bytes. Windows (`start`, `end`) are by far the most frequent. */
import { type DataInput, type DataOutput, type TimeWindow, types } from '@weir/core';
import { type CanonicalKey, canonicalKey } from './canonical-key.ts';

const SLOTS = 256;
const SLOT_SHIFT = 24;

/** Remembers the texts of recent windows, so that none is made per record. */
export class CanonicalNamespaces {
  readonly #starts = new Float64Array(SLOTS).fill(Number.NaN);
  readonly #ends = new Float64Array(SLOTS).fill(Number.NaN);
  readonly #texts: CanonicalKey[] = new Array<CanonicalKey>(SLOTS).fill(undefined);

  canonical(namespace: unknown): CanonicalKey {
    if (!isWindow(namespace)) return canonicalKey(namespace);
    const { start, end } = namespace;
    const mixed = Math.imul(start / 500, 0x9e3779b1) + Math.imul(end / 500, 0x85ebca6b);
    const slot = mixed >>> SLOT_SHIFT;
    if (this.#starts[slot] === start && this.#ends[slot] === end) return this.#texts[slot];
    const text = canonicalKey({ start, end });
    this.#starts[slot] = start;
    this.#ends[slot] = end;
    this.#texts[slot] = text;
    return text;
  }
}

const PLAIN = 0;
const WINDOW = 1;
const OTHER = 2;
const any = types.any();

export function writeNamespace(namespace: unknown, output: DataOutput): void {
  if (namespace === 0) {
    output.writeUint8(PLAIN);
  } else if (isWindow(namespace)) {
    output.writeUint8(WINDOW);
    output.writeFloat64(namespace.start);
    output.writeFloat64(namespace.end);
  } else {
    output.writeUint8(OTHER);
    any.serialize(namespace, output);
  }
}

export function readNamespace(input: DataInput): unknown {
  const kind = input.readUint8();
  if (kind === PLAIN) return 0;
  if (kind === OTHER) return any.deserialize(input);
  const start = input.readFloat64();
  return { start, end: input.readFloat64() };
}

function isWindow(namespace: unknown): namespace is TimeWindow {
  if (typeof namespace !== 'object' || namespace === null) return false;
  const { start, end } = namespace as { readonly start?: unknown; readonly end?: unknown };
  if (typeof start !== 'number' || typeof end !== 'number') return false;
  let fields = 0;
  for (const _ in namespace) fields++;
  return fields === 2;
}
