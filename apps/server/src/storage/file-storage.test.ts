import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileStorage } from './file-storage.ts';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
let root: string;
let storage: FileStorage;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'weir-storage-'));
  storage = new FileStorage(root);
});

afterEach(() => rm(root, { recursive: true, force: true }));

async function read(path: string, offset?: number, length?: number): Promise<string> {
  return new TextDecoder().decode(await storage.read(path, offset, length));
}

describe('FileStorage', () => {
  it('shows a file only once it is closed', async () => {
    const writer = await storage.createWriter('jobs/a/chk-1/0');
    await writer.write(text('first '));
    await writer.write(text('second'));
    expect(await storage.exists('jobs/a/chk-1/0')).toBe(false);
    expect(await storage.list('jobs/a/chk-1')).toEqual([]);
    await writer.close();
    expect(await storage.list('jobs/a/chk-1')).toEqual(['0']);
    expect(await read('jobs/a/chk-1/0')).toBe('first second');
    expect(await read('jobs/a/chk-1/0', 6, 3)).toBe('sec');
    expect(await read('jobs/a/chk-1/0', 6)).toBe('second');
    expect(await read('jobs/a/chk-1/0', 9, 100)).toBe('ond');
    await expect(writer.write(text('x'))).rejects.toThrow(/is closed/);
  });

  it('leaves nothing of an aborted file', async () => {
    const writer = await storage.createWriter('chk-1/0');
    await writer.write(text('x'));
    await writer.abort();
    await writer.abort();
    expect(await readdir(join(root, 'chk-1'))).toEqual([]);
    await expect(writer.close()).rejects.toThrow(/is aborted/);
  });

  it('publishes once, also when many try at the same time', async () => {
    const attempts = Array.from({ length: 8 }, (_, i) =>
      storage.publishIfAbsent('chk-1/_metadata', text(`attempt ${i}`)),
    );
    const results = await Promise.all(attempts);
    expect(results.filter(Boolean)).toHaveLength(1);
    expect(await read('chk-1/_metadata')).toBe(`attempt ${results.indexOf(true)}`);
    expect(await readdir(join(root, 'chk-1'))).toEqual(['_metadata']);
  });

  it('replaces a file as a whole', async () => {
    await storage.replace('job.json', text('one, which is longer'));
    await storage.replace('job.json', text('two'));
    expect(await read('job.json')).toBe('two');
    expect(await readdir(root)).toEqual(['job.json']);
  });

  it('lists, and deletes files and folders, missing ones too', async () => {
    await storage.replace('b/x', text(''));
    await storage.replace('b/c/y', text(''));
    await storage.replace('a', text(''));
    expect(await storage.list('')).toEqual(['a', 'b']);
    expect(await storage.list('b')).toEqual(['c', 'x']);
    expect(await storage.list('missing')).toEqual([]);
    expect(await storage.exists('b/c')).toBe(true);
    await storage.delete('b');
    await storage.delete('b');
    expect(await storage.list('')).toEqual(['a']);
  });

  it('accepts absolute paths below the root, and no path above it', async () => {
    await storage.replace('a/x', text('x'));
    expect(await read(join(root, 'a/x'))).toBe('x');
    for (const path of ['../x', 'a/../../x', '/etc/hostname', `${root}-beside/x`]) {
      await expect(storage.read(path)).rejects.toThrow(
        expect.objectContaining({
          code: 'ARGUMENT_INVALID',
          message: expect.stringContaining('outside'),
        }),
      );
    }
    await expect(storage.delete('a/..')).rejects.toThrow(/outside/);
    await storage.replace('..odd/x', text('x'));
    expect(await storage.list('..odd')).toEqual(['x']);
  });

  it('ends where the system lets nobody make a folder', async () => {
    const nowhere = new FileStorage('/proc/weir');
    await expect(nowhere.createWriter('savepoint-1/0')).rejects.toThrow(/savepoint-1/);
  });

  it('says what is wrong and what to do', async () => {
    await expect(storage.read('missing')).rejects.toThrow(
      expect.objectContaining({
        code: 'STORAGE_FAILED',
        message: `can't read ${join(root, 'missing')}: there is no such file; check the path`,
      }),
    );
    await writeFile(join(root, 'file'), '');
    await expect(storage.createWriter('file/below')).rejects.toThrow(
      expect.objectContaining({ code: 'STORAGE_FAILED' }),
    );
    await expect(storage.read('.')).rejects.toThrow(/it is a folder/);
  });
});
