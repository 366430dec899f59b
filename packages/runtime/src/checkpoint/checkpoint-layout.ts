/**
 * The layout of a checkpoint file: one file per subtask and checkpoint.
 *
 *   magic (8) · sections … · index · length of index (4) · CRC of index (4) · end magic (8)
 *
 * Sections are operators' lists, keyed headers and key groups; the index says where each lies and
 * what its CRC is. Written front to back, read from the back. Used by the writer and the reader.
 */
import { DataInput, DataOutput } from '@weir/core';

export const CHECKPOINT_FILE_VERSION = 1;
export const FILE_MAGIC = new TextEncoder().encode('WEIRCKP1');
export const END_MAGIC = new TextEncoder().encode('WEIREND1');
/** Length of index, CRC of index, end magic. */
export const TRAILER_BYTES = 16;

export interface Section {
  readonly offset: number;
  readonly length: number;
  readonly crc: number;
}

export interface ListSection extends Section {
  readonly name: string;
  readonly typeName: string;
  readonly fingerprint: string;
  readonly count: number;
}

export interface KeyGroupSection extends Section {
  readonly keyGroup: number;
}

export interface OperatorSections {
  readonly operatorId: string;
  readonly lists: readonly ListSection[];
  readonly keyed: {
    readonly header: Section;
    /** Ascending by key group. */
    readonly keyGroups: readonly KeyGroupSection[];
  } | null;
}

/** Index and trailer, as they stand at the end of a file. */
export function encodeIndex(
  operators: readonly OperatorSections[],
  checksum: (bytes: Uint8Array) => number,
): Uint8Array {
  const output = new DataOutput(1024);
  output.writeVarint(CHECKPOINT_FILE_VERSION);
  output.writeVarint(operators.length);
  for (const operator of operators) writeOperator(output, operator);
  const length = output.position;
  const crc = checksum(output.bytes());
  output.writeInt32(length);
  output.writeInt32(crc | 0);
  output.writeRaw(END_MAGIC);
  return output.toBytes();
}

/** @throws WeirError CHECKPOINT_FILE_CORRUPT (without the file's name) when cut short. */
export function decodeIndex(bytes: Uint8Array): {
  readonly version: number;
  readonly operators: readonly OperatorSections[];
} {
  const input = new DataInput(bytes);
  const version = input.readVarint();
  if (version !== CHECKPOINT_FILE_VERSION) return { version, operators: [] };
  const operators = readMany(input, readOperator);
  return { version, operators };
}

function writeOperator(output: DataOutput, operator: OperatorSections): void {
  output.writeString(operator.operatorId);
  output.writeVarint(operator.lists.length);
  for (const list of operator.lists) {
    output.writeString(list.name);
    output.writeString(list.typeName);
    output.writeString(list.fingerprint);
    output.writeVarint(list.count);
    writeSection(output, list);
  }
  output.writeBoolean(operator.keyed !== null);
  if (operator.keyed === null) return;
  writeSection(output, operator.keyed.header);
  output.writeVarint(operator.keyed.keyGroups.length);
  for (const group of operator.keyed.keyGroups) {
    output.writeVarint(group.keyGroup);
    writeSection(output, group);
  }
}

function readOperator(input: DataInput): OperatorSections {
  const operatorId = input.readString();
  const lists = readMany(input, (from) => ({
    name: from.readString(),
    typeName: from.readString(),
    fingerprint: from.readString(),
    count: from.readVarint(),
    ...readSection(from),
  }));
  if (!input.readBoolean()) return { operatorId, lists, keyed: null };
  const header = readSection(input);
  const keyGroups = readMany(input, (from) => ({
    keyGroup: from.readVarint(),
    ...readSection(from),
  }));
  return { operatorId, lists, keyed: { header, keyGroups } };
}

function readMany<T>(input: DataInput, read: (input: DataInput) => T): T[] {
  const many: T[] = [];
  for (let left = input.readVarint(); left > 0; left--) many.push(read(input));
  return many;
}

function writeSection(output: DataOutput, section: Section): void {
  output.writeVarint(section.offset);
  output.writeVarint(section.length);
  output.writeInt32(section.crc | 0);
}

function readSection(input: DataInput): Section {
  const offset = input.readVarint();
  const length = input.readVarint();
  return { offset, length, crc: input.readInt32() >>> 0 };
}
