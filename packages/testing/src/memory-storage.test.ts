import { WeirError } from '@weir/core';
import { describe, expect, it } from 'vitest';
import { MemoryStorage } from './memory-storage.ts';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

async function read(storage: MemoryStorage, path: string): Promise<string> {
  return new TextDecoder().decode(await storage.read(path));
}

describe('MemoryStorage', () => {
  it('loses in a crash what was not closed, and nothing else', async () => {
    const storage = new MemoryStorage();
    const closed = await storage.createWriter('chk-1/a');
    await closed.write(text('a'));
    await closed.close();
    await storage.publishIfAbsent('chk-1/_metadata', text('m'));
    const open = await storage.createWriter('chk-1/b');
    await open.write(text('b'));
    storage.crash();
    await expect(open.close()).rejects.toThrow(/not open/);
    expect(await storage.list('chk-1')).toEqual(['_metadata', 'a']);
    const later = await storage.createWriter('chk-1/b');
    await later.close();
    expect(await storage.exists('chk-1/b')).toBe(true);
  });

  it('keeps copies, publishes once, replaces, lists and deletes', async () => {
    const storage = new MemoryStorage();
    const bytes = text('one');
    expect(await storage.publishIfAbsent('f', bytes)).toBe(true);
    bytes[0] = 0;
    expect(await storage.publishIfAbsent('f', text('two'))).toBe(false);
    expect(await read(storage, 'f')).toBe('one');
    await storage.replace('/d/e/f', text('deep'));
    expect(await storage.list('')).toEqual(['d', 'f']);
    expect(await storage.exists('d')).toBe(true);
    await storage.delete('d');
    expect(storage.paths).toEqual(['f']);
    await expect(storage.read('gone')).rejects.toThrow(
      expect.objectContaining({ code: 'STORAGE_FAILED' }),
    );
  });

  it('stays below its root', async () => {
    const storage = new MemoryStorage('/data/jobs');
    await storage.replace('a', text('x'));
    expect(storage.paths).toEqual(['data/jobs/a']);
    expect(await read(storage, '/data/jobs/a')).toBe('x');
    for (const path of ['../b', '/data/other']) {
      await expect(storage.read(path)).rejects.toThrow(/outside/);
    }
  });

  it('fails where a fault is injected, without effect', async () => {
    const storage = new MemoryStorage();
    storage.fault = (operation, path) => {
      if (operation === 'publishIfAbsent') throw new WeirError('STORAGE_FAILED', `full: ${path}`);
    };
    await expect(storage.publishIfAbsent('f', text('x'))).rejects.toThrow('full: f');
    storage.fault = null;
    expect(await storage.exists('f')).toBe(false);
    await storage.replace('f', text('abc'));
    storage.damage('f', (bytes) => bytes.subarray(1));
    expect(await read(storage, 'f')).toBe('bc');
    storage.damage('f', () => null);
    expect(await storage.exists('f')).toBe(false);
  });
});
