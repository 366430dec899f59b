/**
 * The durable storage as one process reaches it: operations take their time, fail when the seed
 * says so, and end with the process. A crash falls before or after an operation's effect.
 */
import { type StoragePort, type StorageWriter, WeirError } from '@weir/core';
import type { MemoryStorage, StorageOperation } from '../memory-storage.ts';
import { never, type SimulatedProcess } from './simulated-process.ts';

export interface StorageWeather {
  latencyMs(): number;
  fails(operation: StorageOperation, path: string): boolean;
  /** Right after an effect, before the process learns of it; may kill the process. */
  happened(operation: StorageOperation, path: string): void;
}

export class ProcessStorage implements StoragePort {
  readonly uri: string;
  readonly #storage: MemoryStorage;
  readonly #root: string;
  readonly #process: SimulatedProcess;
  readonly #weather: StorageWeather;

  constructor(
    storage: MemoryStorage,
    root: string,
    process: SimulatedProcess,
    weather: StorageWeather,
  ) {
    this.uri = `memory://${root}`;
    this.#storage = storage;
    this.#root = root;
    this.#process = process;
    this.#weather = weather;
  }

  async createWriter(path: string): Promise<StorageWriter> {
    const full = this.#at(path);
    const writer = await this.#do('createWriter', path, () => this.#storage.createWriter(full));
    return {
      write: (bytes) => this.#do('write', path, () => writer.write(bytes)),
      close: () => this.#do('close', path, () => writer.close()),
      abort: () => writer.abort(),
    };
  }

  read(path: string, offset?: number, length?: number): Promise<Uint8Array> {
    return this.#do('read', path, () => this.#storage.read(this.#at(path), offset, length));
  }

  publishIfAbsent(path: string, bytes: Uint8Array): Promise<boolean> {
    const publish = () => this.#storage.publishIfAbsent(this.#at(path), bytes);
    return this.#do('publishIfAbsent', path, publish);
  }

  replace(path: string, bytes: Uint8Array): Promise<void> {
    return this.#do('replace', path, () => this.#storage.replace(this.#at(path), bytes));
  }

  exists(path: string): Promise<boolean> {
    return this.#do('exists', path, () => this.#storage.exists(this.#at(path)));
  }

  list(folder: string): Promise<string[]> {
    return this.#do('list', folder, () => this.#storage.list(this.#at(folder)));
  }

  delete(path: string): Promise<void> {
    return this.#do('delete', path, () => this.#storage.delete(this.#at(path)));
  }

  async #do<T>(operation: StorageOperation, path: string, run: () => Promise<T>): Promise<T> {
    await this.#process.pause(this.#weather.latencyMs());
    if (!this.#process.isAlive) return never();
    if (this.#weather.fails(operation, path)) {
      throw new WeirError('STORAGE_FAILED', `injected: ${operation} of ${path}`);
    }
    const result = await run();
    this.#weather.happened(operation, this.#at(path));
    if (!this.#process.isAlive) return never();
    await this.#process.pause(this.#weather.latencyMs());
    return result;
  }

  #at(path: string): string {
    return path === '' ? this.#root : `${this.#root}/${path}`;
  }
}
