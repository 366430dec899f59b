/**
 * A storage in memory with the crash semantics of a disk, for tests and the simulator.
 *
 * Invariants: what `close`, `publishIfAbsent` and `replace` resolved for survives `crash()`; what a
 * writer that was not closed has written does not; after a crash, old writers fail. Faults are
 * injected by a hook that is asked before every operation.
 */
import { type StoragePort, type StorageWriter, WeirError } from '@weir/core';

export type StorageOperation =
  | 'createWriter'
  | 'write'
  | 'close'
  | 'read'
  | 'publishIfAbsent'
  | 'replace'
  | 'exists'
  | 'list'
  | 'delete';

/**
 * Called before each operation. Throw, or reject, to make it fail with no effect; a promise delays
 * it. Null = no faults.
 */
export type StorageFault = (operation: StorageOperation, path: string) => void | Promise<void>;

export class MemoryStorage implements StoragePort {
  readonly uri: string;
  fault: StorageFault | null = null;
  readonly #root: string;
  readonly #files: Map<string, Uint8Array>;
  readonly #crashes: { count: number };

  /** `root` is the folder that paths are relative to; absolute paths below it are accepted. */
  constructor(root = '/') {
    this.#root = segments(root).join('/');
    this.uri = `memory:///${this.#root}`;
    this.#files = new Map();
    this.#crashes = { count: 0 };
  }

  /** Paths of all durable files, sorted. */
  get paths(): readonly string[] {
    return [...this.#files.keys()].sort();
  }

  /** Would be there after a crash. */
  isDurable(path: string): boolean {
    return this.#files.has(this.#resolve(path));
  }

  /** The process dies: everything that is not durable is lost, open writers fail from now on. */
  crash(): void {
    this.#crashes.count++;
  }

  /** Overwrites a durable file behind everybody's back; null deletes it. */
  damage(path: string, change: (bytes: Uint8Array) => Uint8Array | null): void {
    const full = this.#resolve(path);
    const changed = change(this.#file(full).slice());
    if (changed === null) this.#files.delete(full);
    else this.#files.set(full, changed);
  }

  async createWriter(path: string): Promise<StorageWriter> {
    const full = this.#resolve(path);
    await this.fault?.('createWriter', full);
    return new MemoryWriter(this, full, this.#files, this.#crashes);
  }

  async read(path: string, offset = 0, length?: number): Promise<Uint8Array> {
    const full = this.#resolve(path);
    await this.fault?.('read', full);
    const end = length === undefined ? undefined : offset + length;
    return this.#file(full).slice(offset, end);
  }

  async publishIfAbsent(path: string, bytes: Uint8Array): Promise<boolean> {
    const full = this.#resolve(path);
    const copied = bytes.slice();
    await this.fault?.('publishIfAbsent', full);
    if (this.#files.has(full)) return false;
    this.#files.set(full, copied);
    return true;
  }

  async replace(path: string, bytes: Uint8Array): Promise<void> {
    const full = this.#resolve(path);
    const copied = bytes.slice();
    await this.fault?.('replace', full);
    this.#files.set(full, copied);
  }

  async exists(path: string): Promise<boolean> {
    const full = this.#resolve(path);
    await this.fault?.('exists', full);
    if (this.#files.has(full)) return true;
    return this.#files.keys().some((file) => file.startsWith(below(full)));
  }

  async list(folder: string): Promise<string[]> {
    const full = this.#resolve(folder);
    await this.fault?.('list', full);
    const prefix = below(full);
    const names = new Set<string>();
    for (const file of this.#files.keys()) {
      if (file.startsWith(prefix)) names.add(file.slice(prefix.length).split('/', 1)[0] as string);
    }
    return [...names].sort();
  }

  async delete(path: string): Promise<void> {
    const full = this.#resolve(path);
    await this.fault?.('delete', full);
    this.#files.delete(full);
    for (const file of this.#files.keys()) {
      if (file.startsWith(below(full))) this.#files.delete(file);
    }
  }

  #file(full: string): Uint8Array {
    const bytes = this.#files.get(full);
    if (bytes !== undefined) return bytes;
    throw failed(`there is no file ${full} in ${this.uri}; check the path`);
  }

  #resolve(path: string): string {
    const parts = segments(path);
    if (parts.includes('..')) throw outside(path, this.uri);
    if (this.#root === '') return parts.join('/');
    const joined = parts.join('/');
    if (!path.startsWith('/')) return joined === '' ? this.#root : `${this.#root}/${joined}`;
    if (joined === this.#root || joined.startsWith(`${this.#root}/`)) return joined;
    throw outside(path, this.uri);
  }
}

class MemoryWriter implements StorageWriter {
  readonly #storage: MemoryStorage;
  readonly #path: string;
  readonly #files: Map<string, Uint8Array>;
  readonly #crashes: { readonly count: number };
  readonly #born: number;
  #chunks: Uint8Array[] | null = [];

  constructor(
    storage: MemoryStorage,
    path: string,
    files: Map<string, Uint8Array>,
    crashes: { readonly count: number },
  ) {
    this.#storage = storage;
    this.#path = path;
    this.#files = files;
    this.#crashes = crashes;
    this.#born = crashes.count;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#requireOpen().push(bytes.slice());
    await this.#storage.fault?.('write', this.#path);
  }

  async close(): Promise<void> {
    await this.#storage.fault?.('close', this.#path);
    const chunks = this.#requireOpen();
    const whole = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
    let at = 0;
    for (const chunk of chunks) {
      whole.set(chunk, at);
      at += chunk.length;
    }
    this.#chunks = null;
    this.#files.set(this.#path, whole);
  }

  async abort(): Promise<void> {
    this.#chunks = null;
  }

  #requireOpen(): Uint8Array[] {
    if (this.#chunks !== null && this.#crashes.count === this.#born) return this.#chunks;
    throw failed(`${this.#path} is not open for writing any more; write it again`);
  }
}

function segments(path: string): string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.');
}

function below(full: string): string {
  return full === '' ? '' : `${full}/`;
}

function failed(message: string): WeirError {
  return new WeirError('STORAGE_FAILED', message);
}

function outside(path: string, uri: string): WeirError {
  return new WeirError('ARGUMENT_INVALID', `'${path}' lies outside of ${uri}; use a path below it`);
}
