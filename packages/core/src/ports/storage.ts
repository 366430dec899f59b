/**
 * Where checkpoints, savepoints, artifacts and job records lie. One implementation per kind of
 * storage; paths are relative, with `/`, and never leave the storage's root.
 */
export interface StorageWriter {
  /** Appends; resolves when the bytes were handed to the storage (back-pressure). */
  write(bytes: Uint8Array): Promise<void>;
  /** Resolves once everything is durable: file and directory fsynced, or upload completed. */
  close(): Promise<void>;
  /** Discards what was written; never throws. */
  abort(): Promise<void>;
}

export interface StoragePort {
  /** Shown to users, e.g. `file:///data/.weir/checkpoints`. */
  readonly uri: string;
  createWriter(path: string): Promise<StorageWriter>;
  /** @throws WeirError STORAGE_FAILED when missing or unreadable. */
  read(path: string, offset?: number, length?: number): Promise<Uint8Array>;
  /** Writes the whole file durably unless the path exists already; false if it did. */
  publishIfAbsent(path: string, bytes: Uint8Array): Promise<boolean>;
  /** Replaces the whole file durably and atomically. */
  replace(path: string, bytes: Uint8Array): Promise<void>;
  exists(path: string): Promise<boolean>;
  /** Names directly below a folder, sorted; empty when the folder does not exist. */
  list(folder: string): Promise<string[]>;
  /** Deletes a file or a folder with all in it; nothing happens when it is missing. */
  delete(path: string): Promise<void>;
}
