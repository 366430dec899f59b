/**
 * `_metadata`: what makes a folder of state files a checkpoint or a savepoint. Written last, by
 * the coordinator, once every subtask's file is durable; a folder without it is no checkpoint.
 *
 * Self-contained and relocatable: files are named relative to the folder, so it may be moved or
 * copied. Layout: magic (8) · version (4) · length (4) · CRC of the text (4) · JSON text.
 * Meaning as Flink's CheckpointMetadata.
 */
import { DataInput, DataOutput, type StoragePort, WeirError } from '@weir/core';
import type { CheckpointType } from '../operators/output-buffer.ts';
import type { StateFile } from '../taskmanager/protocol.ts';
import { checksum } from './crc.ts';
import { shownLocation } from './shown-location.ts';

export const METADATA_FILE = '_metadata';
const VERSION = 1;
const MAGIC = new TextEncoder().encode('WEIRMETA');
const ENVELOPE_BYTES = MAGIC.length + 12;

export interface CheckpointMetadata {
  readonly checkpointId: number;
  readonly checkpointType: CheckpointType;
  readonly jobId: string;
  readonly jobName: string;
  readonly triggeredAtMs: number;
  readonly completedAtMs: number;
  readonly operators: readonly OperatorMetadata[];
}

export interface OperatorMetadata {
  readonly operatorId: string;
  /** Null when the user gave none. */
  readonly uid: string | null;
  readonly name: string;
  readonly vertexId: string;
  readonly parallelism: number;
  readonly maxParallelism: number;
  /** Files that hold a section of this operator, in subtask order. */
  readonly files: readonly OperatorFile[];
}

export interface OperatorFile {
  /** Relative to the metadata's folder. */
  readonly path: string;
  readonly bytes: number;
  readonly subtask: number;
}

/**
 * Publishes the metadata durably; the checkpoint exists from here on. False when the folder had
 * metadata already. @throws WeirError STORAGE_FAILED, ARGUMENT_INVALID for a path that leaves the
 * folder.
 */
export function writeMetadata(
  storage: StoragePort,
  folder: string,
  metadata: CheckpointMetadata,
): Promise<boolean> {
  for (const operator of metadata.operators) {
    for (const file of operator.files) requireRelative(file.path);
  }
  return storage.publishIfAbsent(join(folder, METADATA_FILE), encodeMetadata(metadata));
}

/**
 * Reads a checkpoint's or savepoint's metadata; `folder` may also name the `_metadata` file.
 * @throws WeirError SAVEPOINT_NOT_FOUND, CHECKPOINT_FILE_CORRUPT, STORAGE_FAILED
 */
export async function readMetadata(
  storage: StoragePort,
  folder: string,
): Promise<CheckpointMetadata> {
  const path = join(metadataFolder(folder), METADATA_FILE);
  if (!(await storage.exists(path))) throw await notFound(storage, metadataFolder(folder));
  return decodeMetadata(await storage.read(path), shownLocation(storage, path));
}

/** The folder itself, whether the user named it or its `_metadata` file. */
export function metadataFolder(folderOrFile: string): string {
  const trimmed = folderOrFile.replace(/\/+$/, '');
  if (trimmed === METADATA_FILE) return '';
  const suffix = `/${METADATA_FILE}`;
  return trimmed.endsWith(suffix) ? trimmed.slice(0, -suffix.length) : trimmed;
}

/**
 * State files by operator id, for those of `operatorIds` that the checkpoint holds; `folder` is
 * put before each path, so it must be the form that tasks understand (absolute).
 */
export function restoreFor(
  metadata: CheckpointMetadata,
  folder: string,
  operatorIds: Iterable<string>,
): Record<string, StateFile[]> {
  const wanted = new Set(operatorIds);
  const root = metadataFolder(folder);
  const restore: Record<string, StateFile[]> = {};
  for (const operator of metadata.operators) {
    if (!wanted.has(operator.operatorId)) continue;
    const { parallelism, maxParallelism } = operator;
    restore[operator.operatorId] = operator.files
      .map(({ path, bytes, subtask }) => ({
        path: join(root, path),
        bytes,
        subtask,
        parallelism,
        maxParallelism,
      }))
      .sort((left, right) => left.subtask - right.subtask);
  }
  return restore;
}

/** Operators whose state no operator of the new job takes; `allowNonRestoredState` ignores them. */
export function unclaimedOperators(
  metadata: CheckpointMetadata,
  operatorIds: Iterable<string>,
): readonly OperatorMetadata[] {
  const known = new Set(operatorIds);
  return metadata.operators.filter(
    (operator) => operator.files.length > 0 && !known.has(operator.operatorId),
  );
}

export function encodeMetadata(metadata: CheckpointMetadata): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(metadata, null, 1));
  const output = new DataOutput(text.length + ENVELOPE_BYTES);
  output.writeRaw(MAGIC);
  output.writeInt32(VERSION);
  output.writeInt32(text.length);
  output.writeInt32(checksum(text) | 0);
  output.writeRaw(text);
  return output.toBytes();
}

/** @throws WeirError CHECKPOINT_FILE_CORRUPT naming `path`. */
export function decodeMetadata(bytes: Uint8Array, path: string): CheckpointMetadata {
  if (bytes.length < ENVELOPE_BYTES) throw corrupt(path, `it has only ${bytes.length} bytes`);
  const input = new DataInput(bytes);
  const magic = input.readRaw(MAGIC.length);
  if (!magic.every((byte, at) => byte === MAGIC[at])) {
    throw corrupt(path, 'it is not a metadata file of Weir');
  }
  const version = input.readInt32();
  if (version !== VERSION) {
    throw corrupt(path, `its format version is ${version}, this Weir reads ${VERSION}`);
  }
  const length = input.readInt32();
  const crc = input.readInt32() >>> 0;
  if (length !== input.remaining) throw corrupt(path, 'it is cut short');
  const text = input.readRaw(length);
  if (checksum(text) !== crc) throw corrupt(path, 'its checksum is wrong');
  return JSON.parse(new TextDecoder().decode(text)) as CheckpointMetadata;
}

async function notFound(storage: StoragePort, folder: string): Promise<WeirError> {
  const inside = await storage.list(folder);
  const below = inside.filter((name) => /^(chk|savepoint)-/.test(name));
  const where = shownLocation(storage, folder);
  let hint = 'the folder does not exist or is empty; check the path';
  if (below.length > 0) hint = `did you mean ${join(folder, below.at(-1) as string)}?`;
  else if (inside.length > 0) {
    hint =
      'it holds files but no _metadata, so the checkpoint was never completed; ' +
      'use an earlier one';
  }
  return new WeirError('SAVEPOINT_NOT_FOUND', `no checkpoint or savepoint at ${where}: ${hint}`, {
    context: { folder },
  });
}

function requireRelative(path: string): void {
  if (path !== '' && !path.startsWith('/') && !path.split('/').includes('..')) return;
  throw new WeirError(
    'ARGUMENT_INVALID',
    `state file '${path}' must be named relative to the checkpoint's folder`,
  );
}

function join(folder: string, name: string): string {
  return folder === '' ? name : `${folder.replace(/\/+$/, '')}/${name}`;
}

function corrupt(path: string, what: string): WeirError {
  return new WeirError(
    'CHECKPOINT_FILE_CORRUPT',
    `${path} can't be used: ${what}. Restore from an earlier checkpoint or a savepoint`,
    { context: { path } },
  );
}
