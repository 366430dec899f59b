/**
 * How connectors that carry bytes make records of them, and bytes of records. Flink's names; the
 * formats are in `@weir/formats`, and anybody may write another.
 */
import type { TypeInformation } from './types/type-information.ts';

export interface DeserializationSchema<T> {
  /** The records' type, which then needs no `returns()`; null = not known. */
  readonly producedType: TypeInformation<T> | null;
  /**
   * One record; null = these bytes hold none. The bytes are the caller's: copy what is kept.
   * @throws anything for bytes that can't be read; the connector adds where they stood.
   */
  deserialize(bytes: Uint8Array): T | null;
  /**
   * Null when `deserialize` can take these bytes now; else resolves when it can, e.g. when their
   * schema was fetched.
   */
  prepare?(bytes: Uint8Array): Promise<void> | null;
  /** The same out of `bytes[start, end)`, which spares callers a view for each record. */
  deserializeRange?(bytes: Uint8Array, start: number, end: number): T | null;
}

export interface SerializationSchema<T> {
  /** Before the first record. */
  open?(): Promise<void>;
  /** Bytes, or text that is written as UTF-8; null where the outside system knows "nothing". */
  serialize(record: T): Uint8Array | string | null;
}
