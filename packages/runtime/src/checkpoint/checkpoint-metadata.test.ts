import { type StoragePort, WeirError } from '@weir/core';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  type CheckpointMetadata,
  readMetadata,
  restoreFor,
  unclaimedOperators,
  writeMetadata,
} from './checkpoint-metadata.ts';

let contents: Map<string, Uint8Array>;

const storage: StoragePort = {
  uri: 'file:///data/',
  createWriter: () => Promise.reject(new WeirError('STORAGE_FAILED', 'not here')),
  read: async (path) => contents.get(path) as Uint8Array,
  publishIfAbsent: async (path, bytes) => {
    if (contents.has(path)) return false;
    contents.set(path, bytes);
    return true;
  },
  replace: async () => undefined,
  exists: async (path) => contents.has(path),
  list: async (folder) => {
    const prefix = folder === '' ? '' : `${folder}/`;
    const inside = [...contents.keys()].filter((path) => path.startsWith(prefix));
    return [...new Set(inside.map((path) => path.slice(prefix.length).split('/')[0] as string))];
  },
  delete: async () => undefined,
};

const metadata: CheckpointMetadata = {
  checkpointId: 7,
  checkpointType: 'savepoint',
  jobId: '0'.repeat(32),
  jobName: 'Flüge',
  triggeredAtMs: 1,
  completedAtMs: 2,
  operators: [
    {
      operatorId: 'a'.repeat(32),
      uid: 'counts',
      name: 'Count',
      vertexId: 'v'.repeat(32),
      parallelism: 2,
      maxParallelism: 128,
      files: [
        { path: 'subtask-1', bytes: 20, subtask: 1 },
        { path: 'subtask-0', bytes: 10, subtask: 0 },
      ],
    },
    {
      operatorId: 'b'.repeat(32),
      uid: null,
      name: 'Map',
      vertexId: 'v'.repeat(32),
      parallelism: 2,
      maxParallelism: 128,
      files: [],
    },
  ],
};

beforeEach(() => {
  contents = new Map();
});

describe('metadata', () => {
  it('is read as it was written, by folder or by file, wherever it was moved', async () => {
    expect(await writeMetadata(storage, 'savepoint-1', metadata)).toBe(true);
    expect(await readMetadata(storage, 'savepoint-1')).toEqual(metadata);
    contents.set('moved/here/_metadata', contents.get('savepoint-1/_metadata') as Uint8Array);
    expect(await readMetadata(storage, 'moved/here/')).toEqual(metadata);
    expect(await readMetadata(storage, 'moved/here/_metadata')).toEqual(metadata);
  });

  it('is published once', async () => {
    expect(await writeMetadata(storage, 'chk-1', metadata)).toBe(true);
    expect(await writeMetadata(storage, 'chk-1', { ...metadata, checkpointId: 8 })).toBe(false);
    expect((await readMetadata(storage, 'chk-1')).checkpointId).toBe(7);
  });

  it('gives operators their files, in subtask order, below the folder that is asked for', () => {
    const wanted = ['a'.repeat(32), 'c'.repeat(32)];
    expect(restoreFor(metadata, '/moved/savepoint-1/_metadata', wanted)).toEqual({
      ['a'.repeat(32)]: [0, 1].map((subtask) => ({
        path: `/moved/savepoint-1/subtask-${subtask}`,
        bytes: (subtask + 1) * 10,
        subtask,
        parallelism: 2,
        maxParallelism: 128,
      })),
    });
  });

  it('says which state no operator takes; operators without state do not count', () => {
    expect(unclaimedOperators(metadata, []).map((operator) => operator.uid)).toEqual(['counts']);
    expect(unclaimedOperators(metadata, ['a'.repeat(32)])).toEqual([]);
  });

  it('names files only within its folder', () => {
    for (const path of ['/etc/passwd', '../chk-1/x', 'a/../../x', '']) {
      const operators = [{ ...metadata.operators[0]!, files: [{ path, bytes: 1, subtask: 0 }] }];
      expect(() => writeMetadata(storage, 'chk', { ...metadata, operators })).toThrow(/relative/);
    }
  });
});

describe('missing or damaged metadata', () => {
  const message = async (folder: string): Promise<string> => {
    const error = await readMetadata(storage, folder).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'WeirError' });
    return `${(error as WeirError).code} ${(error as WeirError).message}`;
  };

  it('is explained with what to do', async () => {
    expect(await message('nowhere')).toMatch(
      /^SAVEPOINT_NOT_FOUND .*at \/data\/nowhere: .*check the path/,
    );
    contents.set('chk-3/subtask-0', new Uint8Array(1));
    expect(await message('chk-3')).toMatch(/never completed; use an earlier one/);
    await writeMetadata(storage, 'job/chk-4', metadata);
    expect(await message('job')).toMatch(/did you mean job\/chk-4\?/);
  });

  it('is found at any byte', async () => {
    await writeMetadata(storage, 'chk', metadata);
    const whole = contents.get('chk/_metadata') as Uint8Array;
    for (let at = 0; at < whole.length; at++) {
      const damaged = whole.slice();
      damaged[at] = (damaged[at] as number) ^ 1;
      contents.set('chk/_metadata', damaged);
      expect(await message('chk')).toMatch(
        /^CHECKPOINT_FILE_CORRUPT \/data\/chk\/_metadata can't be used/,
      );
      contents.set('chk/_metadata', whole.slice(0, at));
      expect(await message('chk')).toMatch(/^CHECKPOINT_FILE_CORRUPT/);
    }
  });
});
