/**
 * The bytes of keyed state, the same for every backend and parallelism.
 *
 * Header: version, then one description per state or timer queue. Key group: sections one after
 * another, each `index of the description · namespace · length of rows (4) · rows`. A state may
 * have many sections in a key group; their rows simply add up. Rows by kind, times only with TTL:
 *   value   time? · key · value
 *   list    key · (1 · time? · element)* · 0
 *   map     key · (1 · time? · user key · value)* · 0
 *   timers  timestamp · key · namespace
 */
import { DataInput, DataOutput, WeirError } from '@weir/core';
import { readNamespace, writeNamespace } from './namespaces.ts';

const HEADER_VERSION = 1;

export type RowKind = 'value' | 'list' | 'map' | 'eventTimers' | 'processingTimers';

export interface TypeDescription {
  readonly typeName: string;
  readonly fingerprint: string;
}

export interface StateDescription {
  readonly kind: RowKind;
  readonly name: string;
  readonly key: TypeDescription;
  /** Value and list: one type; map: user key and value; timers: namespace. */
  readonly types: readonly TypeDescription[];
  /** Rows carry the time of writing. */
  readonly timed: boolean;
}

export function encodeHeader(descriptions: readonly StateDescription[]): Uint8Array {
  const output = new DataOutput();
  output.writeVarint(HEADER_VERSION);
  output.writeVarint(descriptions.length);
  for (const { kind, name, key, types, timed } of descriptions) {
    output.writeString(kind);
    output.writeString(name);
    writeType(key, output);
    output.writeVarint(types.length);
    for (const type of types) writeType(type, output);
    output.writeBoolean(timed);
  }
  return output.toBytes();
}

/** @throws WeirError CHECKPOINT_FILE_CORRUPT */
export function decodeHeader(bytes: Uint8Array): readonly StateDescription[] {
  const input = new DataInput(bytes);
  const version = input.readVarint();
  if (version !== HEADER_VERSION) {
    throw new WeirError(
      'CHECKPOINT_FILE_CORRUPT',
      `keyed state has format version ${version}, this Weir reads ${HEADER_VERSION}; ` +
        'restore it with the version that wrote it',
    );
  }
  const descriptions: StateDescription[] = [];
  for (let left = input.readVarint(); left > 0; left--) {
    const kind = input.readString() as RowKind;
    const name = input.readString();
    const key = readType(input);
    const types: TypeDescription[] = [];
    for (let count = input.readVarint(); count > 0; count--) types.push(readType(input));
    descriptions.push({ kind, name, key, types, timed: input.readBoolean() });
  }
  return descriptions;
}

/** Writes sections into a chunk; rows go straight to `output` between `begin` and `end`. */
export class SectionWriter {
  readonly output: DataOutput;
  #lengthAt = -1;

  constructor(output: DataOutput) {
    this.output = output;
  }

  begin(index: number, namespace: unknown): void {
    this.end();
    this.output.writeVarint(index);
    writeNamespace(namespace, this.output);
    this.#lengthAt = this.output.position;
    this.output.writeInt32(0);
  }

  end(): void {
    if (this.#lengthAt < 0) return;
    this.output.patchInt32(this.#lengthAt, this.output.position - this.#lengthAt - 4);
    this.#lengthAt = -1;
  }

  /** A section as it was read, under another index. */
  copy(index: number, body: Uint8Array): void {
    this.end();
    this.output.writeVarint(index);
    this.output.writeRaw(body);
  }
}

/** One section of a key group; `body` is everything behind the index. */
export interface RawSection {
  readonly index: number;
  readonly body: Uint8Array;
}

export function* splitSections(bytes: Uint8Array): Generator<RawSection> {
  const input = new DataInput(bytes);
  while (input.remaining > 0) {
    const index = input.readVarint();
    const start = input.position;
    readNamespace(input);
    input.readRaw(input.readInt32());
    yield { index, body: bytes.subarray(start, input.position) };
  }
}

/** Calls back for each row of a section's body; the callback reads exactly one. */
export function readRows(
  body: Uint8Array,
  readRow: (input: DataInput, namespace: unknown) => void,
): void {
  const input = new DataInput(body);
  const namespace = readNamespace(input);
  input.readInt32();
  while (input.remaining > 0) readRow(input, namespace);
}

function writeType(type: TypeDescription, output: DataOutput): void {
  output.writeString(type.typeName);
  output.writeString(type.fingerprint);
}

function readType(input: DataInput): TypeDescription {
  const typeName = input.readString();
  return { typeName, fingerprint: input.readString() };
}
