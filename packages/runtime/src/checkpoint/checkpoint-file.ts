/**
 * Reads checkpoint files: opens them by their index, checks every section's CRC, and gives an
 * operator its lists and its key groups at any parallelism.
 * Called by the task before operators open.
 */
import {
  DataInput,
  type KeyGroupRange,
  type StoragePort,
  type TypeInformation,
  WeirError,
} from '@weir/core';
import type { StateFile } from '../taskmanager/protocol.ts';
import {
  CHECKPOINT_FILE_VERSION,
  decodeIndex,
  END_MAGIC,
  FILE_MAGIC,
  type ListSection,
  type OperatorSections,
  type Section,
  TRAILER_BYTES,
} from './checkpoint-layout.ts';
import { checksum } from './crc.ts';
import { shownLocation } from './shown-location.ts';
import type { KeyedStatePart, KeyedStateSource, OperatorStateReader } from './operator-state.ts';

const TAIL_BYTES = 64 * 1024;

/** A checkpoint file whose index was read and checked. */
export class CheckpointFile {
  readonly path: string;
  readonly operators: readonly OperatorSections[];
  readonly #storage: StoragePort;

  constructor(storage: StoragePort, path: string, operators: readonly OperatorSections[]) {
    this.#storage = storage;
    this.path = path;
    this.operators = operators;
  }

  operator(operatorId: string): OperatorSections | null {
    return this.operators.find((operator) => operator.operatorId === operatorId) ?? null;
  }

  /** @throws WeirError CHECKPOINT_FILE_CORRUPT when the bytes are not what was written. */
  async readSection(section: Section): Promise<Uint8Array> {
    const bytes = await readExactly(this.#storage, this.path, section.offset, section.length);
    if (checksum(bytes) !== section.crc) {
      throw corrupt(
        this.#storage,
        this.path,
        `the section at byte ${section.offset} has a wrong checksum`,
      );
    }
    return bytes;
  }
}

/**
 * Opens a file by its last bytes. `file.bytes` is the size that the metadata recorded.
 * @throws WeirError CHECKPOINT_FILE_CORRUPT, STORAGE_FAILED
 */
export async function openCheckpointFile(
  storage: StoragePort,
  file: Pick<StateFile, 'path' | 'bytes'>,
): Promise<CheckpointFile> {
  const { path, bytes: size } = file;
  if (size < FILE_MAGIC.length + TRAILER_BYTES)
    throw corrupt(storage, path, `it has only ${size} bytes`);
  if (!(await storage.exists(path))) throw corrupt(storage, path, 'there is no such file');
  const start = Math.max(0, size - TAIL_BYTES);
  const tail = await readExactly(storage, path, start, size - start);
  const trailer = new DataInput(tail, tail.length - TRAILER_BYTES);
  const length = trailer.readInt32();
  const crc = trailer.readInt32() >>> 0;
  if (!sameBytes(trailer.readRaw(END_MAGIC.length), END_MAGIC)) {
    throw corrupt(storage, path, 'it does not end like a checkpoint file');
  }
  const indexStart = size - TRAILER_BYTES - length;
  if (length <= 0 || indexStart < FILE_MAGIC.length)
    throw corrupt(storage, path, 'its index is damaged');
  const index =
    indexStart >= start
      ? tail.subarray(indexStart - start, indexStart - start + length)
      : await readExactly(storage, path, indexStart, length);
  if (checksum(index) !== crc) throw corrupt(storage, path, 'its index has a wrong checksum');
  const { version, operators } = decodeIndex(index);
  if (version !== CHECKPOINT_FILE_VERSION) {
    throw new WeirError(
      'CHECKPOINT_FILE_CORRUPT',
      `${shownLocation(storage, path)} has format version ${version}; this Weir reads version ` +
        `${CHECKPOINT_FILE_VERSION}. Restore it with the version that wrote it`,
    );
  }
  return new CheckpointFile(storage, path, operators);
}

/** Which subtask wrote a file, and of how many. */
export type FileWriter = Pick<StateFile, 'subtask' | 'parallelism'>;

/**
 * Lists of one operator out of all its files, which must be in subtask order. `writers`, one per
 * file, let subtasks keep their own shares where the parallelism has not changed; as in Flink,
 * because what one subtask had in flight must not be overtaken by what it reads next.
 * @throws WeirError CHECKPOINT_FILE_CORRUPT, STORAGE_FAILED; on read STATE_INCOMPATIBLE
 */
export async function createOperatorStateReader(
  files: readonly CheckpointFile[],
  operatorId: string,
  subtask: number,
  parallelism: number,
  writers: readonly FileWriter[] = [],
): Promise<OperatorStateReader> {
  const lists = new Map<string, LoadedList[]>();
  for (const [at, file] of files.entries()) {
    for (const section of file.operator(operatorId)?.lists ?? []) {
      const bytes = await file.readSection(section);
      const loaded = { section, bytes, path: file.path, writer: writers[at]?.subtask ?? -1 };
      const parts = lists.get(section.name);
      if (parts === undefined) lists.set(section.name, [loaded]);
      else parts.push(loaded);
    }
  }
  const readUnion = <T>(name: string, type: TypeInformation<T>): readonly T[] =>
    (lists.get(name) ?? []).flatMap((list) => decodeList(list, type));
  const keepsShares =
    writers.length > 0 && writers.every((writer) => writer.parallelism === parallelism);
  const readOwn = <T>(name: string, type: TypeInformation<T>): readonly T[] | null => {
    if (!keepsShares) return null;
    const own = (lists.get(name) ?? []).filter(({ writer }) => writer === subtask);
    return own.flatMap((list) => decodeList(list, type));
  };
  const readShare = <T>(name: string, type: TypeInformation<T>): readonly T[] =>
    readOwn(name, type) ??
    readUnion(name, type).filter((_, position) => position % parallelism === subtask);
  return { readUnion, readShare, readOwn };
}

/** Key groups of one operator that lie in `range`, out of whatever files hold them. */
export async function createKeyedStateSource(
  files: readonly CheckpointFile[],
  operatorId: string,
  range: KeyGroupRange,
): Promise<KeyedStateSource> {
  const parts: KeyedStatePart[] = [];
  for (const file of files) {
    const keyed = file.operator(operatorId)?.keyed ?? null;
    if (keyed === null) continue;
    const owned = new Map<number, Section>();
    for (const section of keyed.keyGroups) {
      const { keyGroup } = section;
      if (keyGroup >= range.start && keyGroup <= range.end) owned.set(keyGroup, section);
    }
    if (owned.size === 0) continue;
    const header = await file.readSection(keyed.header);
    const read = (keyGroup: number): Promise<Uint8Array> => {
      const section = owned.get(keyGroup);
      if (section === undefined) return Promise.resolve(new Uint8Array(0));
      return file.readSection(section);
    };
    parts.push({ header, keyGroups: [...owned.keys()], read });
  }
  return { parts };
}

interface LoadedList {
  readonly section: ListSection;
  readonly bytes: Uint8Array;
  readonly path: string;
  /** Subtask, -1 = not known. */
  readonly writer: number;
}

function decodeList<T>(list: LoadedList, type: TypeInformation<T>): T[] {
  const { section } = list;
  const compatibility = type.compatibleWith(section.fingerprint);
  if (compatibility.kind === 'incompatible') {
    throw new WeirError(
      'STATE_INCOMPATIBLE',
      `operator state '${section.name}' was written as ${section.typeName} and can't be read ` +
        `as ${type.typeName}: ${compatibility.reason}. Keep the old type, or give the state a ` +
        'new name to start it empty',
      { context: { state: section.name, written: section.typeName, asked: type.typeName } },
    );
  }
  const reader = compatibility.kind === 'migrate' ? compatibility.reader : type;
  const input = new DataInput(list.bytes);
  const values: T[] = [];
  for (let left = section.count; left > 0; left--) values.push(reader.deserialize(input));
  return values;
}

async function readExactly(
  storage: StoragePort,
  path: string,
  offset: number,
  length: number,
): Promise<Uint8Array> {
  const bytes = await storage.read(path, offset, length);
  if (bytes.length === length) return bytes;
  throw corrupt(
    storage,
    path,
    `bytes ${offset} to ${offset + length} were asked for, ${bytes.length} read`,
  );
}

function corrupt(storage: StoragePort, path: string, what: string): WeirError {
  return new WeirError(
    'CHECKPOINT_FILE_CORRUPT',
    `${shownLocation(storage, path)} is cut short, damaged or missing: ${what}. ` +
      'Restore from an earlier checkpoint or a savepoint, and check the disk it lies on',
    { context: { path } },
  );
}

function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, at) => byte === right[at]);
}
