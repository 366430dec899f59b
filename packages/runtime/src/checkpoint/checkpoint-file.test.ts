import {
  type ClockPort,
  hashKey,
  keyGroupRangeOf,
  type StoragePort,
  type StorageWriter,
  types,
  ValueStateDescriptor,
  WeirError,
} from '@weir/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { createHashMapKeyedStateBackend } from '../state/hashmap/hashmap-keyed-state-backend.ts';
import {
  createKeyedStateSource,
  createOperatorStateReader,
  openCheckpointFile,
} from './checkpoint-file.ts';
import { CheckpointFileWriter } from './checkpoint-file-writer.ts';
import { OperatorListBuffer, type SerializedList } from './operator-lists.ts';

/** As little of a storage as these files need. */
class Files implements StoragePort {
  readonly uri = 'memory:///';
  readonly whole = new Map<string, Uint8Array>();
  failing: 'create' | 'write' | 'close' | 'replace' | null = null;
  aborted = 0;

  async createWriter(path: string): Promise<StorageWriter> {
    this.#failIf('create');
    const chunks: Uint8Array[] = [];
    return {
      write: async (bytes) => {
        this.#failIf('write');
        chunks.push(bytes.slice());
      },
      close: async () => {
        this.#failIf('close');
        this.whole.set(path, Buffer.concat(chunks));
      },
      abort: async () => {
        this.aborted++;
      },
    };
  }

  async read(path: string, offset = 0, length?: number): Promise<Uint8Array> {
    const bytes = this.whole.get(path) ?? new Uint8Array(0);
    return bytes.slice(offset, length === undefined ? undefined : offset + length);
  }

  publishIfAbsent = async (): Promise<boolean> => false;
  replace = async (path: string, bytes: Uint8Array): Promise<void> => {
    this.#failIf('replace');
    this.whole.set(path, bytes.slice());
  };
  exists = async (path: string): Promise<boolean> => this.whole.has(path);
  list = async (): Promise<string[]> => [];
  delete = async (path: string): Promise<void> => {
    this.whole.delete(path);
  };

  #failIf(operation: Files['failing']): void {
    if (this.failing === operation) throw new WeirError('STORAGE_FAILED', `no ${operation}`);
  }
}

const clock: ClockPort = { nowMs: () => 0, monotonicMs: () => 0 };
const yieldTurn = async (): Promise<void> => undefined;
let files: Files;

beforeEach(() => {
  files = new Files();
});

function lists(...values: string[]): readonly SerializedList[] {
  const buffer = new OperatorListBuffer();
  buffer.writeList('names', types.string(), values);
  return buffer.lists;
}

function backendOf(subtask: number, parallelism: number) {
  const keyGroupRange = keyGroupRangeOf(subtask, parallelism, 128);
  return createHashMapKeyedStateBackend({ keyGroupRange, maxParallelism: 128, clock });
}

async function writeFile(
  path: string,
  ...values: string[]
): Promise<{ path: string; bytes: number }> {
  const writer = new CheckpointFileWriter(files, path);
  writer.addOperator('op', { lists: lists(...values), keyed: null });
  await writer.drain(yieldTurn);
  return writer.close();
}

describe('a checkpoint file', () => {
  it('gives each operator its lists: all of them, or a subtask its share', async () => {
    const opened = [
      await openCheckpointFile(files, await writeFile('chk-1/0', 'a', 'b', 'c')),
      await openCheckpointFile(files, await writeFile('chk-1/1', 'd', 'e')),
    ];
    const reader = await createOperatorStateReader(opened, 'op', 1, 2);
    expect(reader.readUnion('names', types.string())).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(reader.readShare('names', types.string())).toEqual(['b', 'd']);
    expect(reader.readUnion('other', types.string())).toEqual([]);
    expect(() => reader.readUnion('names', types.f64())).toThrow(
      expect.objectContaining({
        code: 'STATE_INCOMPATIBLE',
        message: expect.stringMatching(/'names' was written as string.*read as f64/),
      }),
    );
    const stranger = await createOperatorStateReader(opened, 'another', 0, 1);
    expect(stranger.readUnion('names', types.string())).toEqual([]);
  });

  it('leaves shares where they were while the parallelism stays', async () => {
    const opened = [
      await openCheckpointFile(files, await writeFile('chk-2/0', 'a', 'b', 'c')),
      await openCheckpointFile(files, await writeFile('chk-2/2', 'd', 'e')),
    ];
    const writers = [0, 2].map((subtask) => ({ subtask, parallelism: 3 }));
    const shareOf = async (subtask: number, parallelism: number) => {
      const reader = await createOperatorStateReader(opened, 'op', subtask, parallelism, writers);
      return reader.readShare('names', types.string());
    };
    expect(await shareOf(0, 3)).toEqual(['a', 'b', 'c']);
    expect(await shareOf(1, 3)).toEqual([]);
    expect(await shareOf(2, 3)).toEqual(['d', 'e']);
    expect(await shareOf(1, 2)).toEqual(['b', 'd']);
  });

  it('carries keyed state from 3 subtasks to 2, and 2 to 5', async () => {
    const descriptor = () => new ValueStateDescriptor('s', types.i32());
    const keys = Array.from({ length: 3_000 }, (_, i) => i);
    let generation = await Promise.all([0, 1, 2].map((subtask) => rescale(subtask, 3, [], keys)));
    for (const parallelism of [2, 5]) {
      const before = await Promise.all(generation.map((file) => openCheckpointFile(files, file)));
      const subtasks = Array.from({ length: parallelism }, (_, subtask) => subtask);
      generation = await Promise.all(
        subtasks.map((subtask) => rescale(subtask, parallelism, before, [])),
      );
    }
    const last = await Promise.all(generation.map((file) => openCheckpointFile(files, file)));
    const whole = backendOf(0, 1);
    await whole.restore(await createKeyedStateSource(last, 'op', whole.keyGroupRange));
    const state = whole.getState(descriptor());
    expect(whole.stats().entries).toBe(keys.length);
    for (const key of keys) {
      whole.setCurrentKey(key, hashKey(key));
      expect(state.value()).toBe(key * 2);
    }

    async function rescale(
      subtask: number,
      parallelism: number,
      from: Awaited<ReturnType<typeof openCheckpointFile>>[],
      newKeys: readonly number[],
    ) {
      const backend = backendOf(subtask, parallelism);
      await backend.restore(await createKeyedStateSource(from, 'op', backend.keyGroupRange));
      const state = backend.getState(descriptor());
      for (const key of newKeys) {
        try {
          backend.setCurrentKey(key, hashKey(key));
        } catch {
          continue;
        }
        state.update(key * 2);
      }
      const writer = new CheckpointFileWriter(files, `${parallelism}/${subtask}`);
      writer.addOperator('op', { lists: [], keyed: backend.snapshot() });
      await writer.drain(yieldTurn, 100);
      return writer.close();
    }
  });

  it('holds many operators, large values, and gives turns back', async () => {
    const writer = new CheckpointFileWriter(files, 'big');
    const big = 'x'.repeat(700_000);
    for (let i = 0; i < 2_000; i++) {
      writer.addOperator(`op ${i}`, { lists: lists(`${i}`, i === 7 ? big : ''), keyed: null });
    }
    writer.addOperator('stateless', { lists: [], keyed: null });
    expect(writer.operatorIds).toHaveLength(2_000);
    let turns = 0;
    await writer.drain(async () => {
      turns++;
    }, 10);
    expect(turns).toBeGreaterThan(20);
    const file = await openCheckpointFile(files, await writer.close());
    expect(file.operator('stateless')).toBeNull();
    const reader = await createOperatorStateReader([file], 'op 7', 0, 1);
    expect(reader.readUnion('names', types.string())).toEqual(['7', big]);
  });

  it('is not needed when there is no state', () => {
    const writer = new CheckpointFileWriter(files, 'none');
    writer.addOperator('stateless', { lists: [], keyed: null });
    expect(writer.isEmpty).toBe(true);
  });

  it('does not change with the list that was written', async () => {
    const buffer = new OperatorListBuffer();
    const list = [{ offset: 1 }];
    buffer.writeList('offsets', types.any(), list);
    list[0]!.offset = 2;
    const writer = new CheckpointFileWriter(files, 'f');
    writer.addOperator('op', { lists: buffer.lists, keyed: null });
    await writer.drain(yieldTurn);
    const file = await openCheckpointFile(files, await writer.close());
    const reader = await createOperatorStateReader([file], 'op', 0, 1);
    expect(reader.readUnion('offsets', types.any())).toEqual([{ offset: 1 }]);
    expect(() => buffer.writeList('offsets', types.any(), [])).toThrow(/written twice/);
  });
});

describe('damage', () => {
  const corrupt = (path: string) =>
    expect.objectContaining({
      code: 'CHECKPOINT_FILE_CORRUPT',
      message: expect.stringMatching(new RegExp(`${path}.*earlier checkpoint or a savepoint`)),
    });

  it('is found at any byte, and when any number of bytes is missing', async () => {
    const file = await writeFile('chk-1/0', 'some', 'values');
    const whole = files.whole.get(file.path) as Uint8Array;
    const readAll = async (size: number): Promise<void> => {
      const opened = await openCheckpointFile(files, { path: file.path, bytes: size });
      const reader = await createOperatorStateReader([opened], 'op', 0, 1);
      reader.readUnion('names', types.string());
    };
    await readAll(file.bytes);
    // The eight bytes in front are for people; everything behind is covered.
    for (let at = 8; at < whole.length; at++) {
      const damaged = whole.slice();
      damaged[at] = (damaged[at] as number) ^ 0x10;
      files.whole.set(file.path, damaged);
      await expect(readAll(file.bytes)).rejects.toThrow(corrupt('chk-1/0'));
    }
    for (let size = 0; size < whole.length; size++) {
      files.whole.set(file.path, whole.slice(0, size));
      await expect(readAll(file.bytes)).rejects.toThrow(corrupt('chk-1/0'));
      await expect(readAll(size)).rejects.toThrow(corrupt('chk-1/0'));
    }
  });
});

describe('a small file', () => {
  it('with many key groups takes one step and one call of the storage', async () => {
    const backend = backendOf(0, 1);
    const state = backend.getState(new ValueStateDescriptor('s', types.i32()));
    for (let key = 0; key < 200; key++) {
      backend.setCurrentKey(key, hashKey(key));
      state.update(key);
    }
    const writer = new CheckpointFileWriter(files, 'f');
    writer.addOperator('op', { lists: lists('a'), keyed: backend.snapshot() });
    files.failing = 'create';
    expect(await writer.step()).toBe(true);
    const file = await openCheckpointFile(files, await writer.close());
    expect(file.operator('op')).not.toBeNull();
  });

  it('that is aborted while the storage takes it is deleted', async () => {
    const writer = new CheckpointFileWriter(files, 'f');
    writer.addOperator('op', { lists: lists('a'), keyed: null });
    await writer.drain(yieldTurn);
    const closing = writer.close();
    await writer.abort();
    await closing;
    expect([...files.whole.keys()]).toEqual([]);
  });

  it('that the storage refuses fails', async () => {
    files.failing = 'replace';
    await expect(writeFile('f', 'a')).rejects.toThrow(
      expect.objectContaining({ code: 'STORAGE_FAILED' }),
    );
  });
});

describe('a failing storage', () => {
  it.each(['create', 'write', 'close'] as const)('on %s leaves nothing frozen', async (failing) => {
    const backend = backendOf(0, 1);
    const state = backend.getState(new ValueStateDescriptor('s', types.string()));
    for (let key = 0; key < 1_000; key++) {
      backend.setCurrentKey(key, hashKey(key));
      state.update('x'.repeat(1_000));
    }
    files.failing = failing;
    const writer = new CheckpointFileWriter(files, 'f');
    writer.addOperator('op', { lists: [], keyed: backend.snapshot() });
    const write = async (): Promise<void> => {
      await writer.drain(yieldTurn);
      await writer.close();
    };
    await expect(write()).rejects.toThrow(expect.objectContaining({ code: 'STORAGE_FAILED' }));
    await writer.abort();
    await writer.abort();
    expect(files.aborted).toBe(failing === 'create' ? 0 : 1);
    expect(files.whole.size).toBe(0);
    expect(() => backend.snapshot().release()).not.toThrow();
  });
});
