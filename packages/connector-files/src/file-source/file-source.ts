/**
 * A source of files: CSV, JSON lines, Parquet. A split is a file, or a row group of a Parquet
 * file; its position is a byte offset or a row, so that a restored job goes on in the middle.
 */
import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import {
  type DurationLike,
  hashString,
  murmurHash,
  type Source,
  type SourceContext,
  type SourceReader,
  type TypeInformation,
  toMs,
  WeirError,
} from '@weir/core';
import type { LineFormat } from '@weir/formats';
import { FileSourceReader } from './file-source-reader.ts';
import { FILE_SPLIT_TYPE, type FileSplit } from './file-split.ts';
import { type FileReadFormat, lineFiles, parquetFiles } from './record-blocks.ts';

interface FileSourceOptions<T> {
  readonly paths: readonly string[];
  readonly format: FileReadFormat<T>;
  readonly type: TypeInformation<T> | null;
  readonly discoveryIntervalMs: number | null;
}

/**
 * @example
 * const format = csvFormat({ user: 'string', amount: 'number' });
 * const payments = FileSource.lines('data/payments', format);
 * env.fromSource(payments, WatermarkStrategy.noWatermarks(), 'payments');
 */
export class FileSource<T> implements Source<T, FileSplit> {
  readonly splitType = FILE_SPLIT_TYPE;
  readonly sequentialSplits = true;
  readonly #options: FileSourceOptions<T>;

  private constructor(options: FileSourceOptions<T>) {
    this.#options = options;
  }

  /** Text files; each path is a file, or a folder whose visible files are read. */
  static lines<T>(paths: string | readonly string[], format: LineFormat<T>): FileSource<T> {
    return FileSource.of(paths, lineFiles(format));
  }

  /** Parquet files; records are objects with the given columns. */
  static parquet<T>(
    paths: string | readonly string[],
    columns: readonly (keyof T & string)[],
  ): FileSource<T> {
    return FileSource.of(paths, parquetFiles<T>(columns));
  }

  /** Files of any other kind. */
  static of<T>(paths: string | readonly string[], format: FileReadFormat<T>): FileSource<T> {
    const list = typeof paths === 'string' ? [paths] : paths;
    if (list.length === 0) {
      throw new WeirError('ARGUMENT_INVALID', 'a file source needs at least one path');
    }
    const absolute = list.map((path) => resolve(path));
    return new FileSource({ paths: absolute, format, type: null, discoveryIntervalMs: null });
  }

  /** The source never ends: its folders are looked through for new files this often. */
  monitorContinuously(interval: DurationLike): FileSource<T> {
    return new FileSource({ ...this.#options, discoveryIntervalMs: toMs(interval) });
  }

  /** The records' type, which then needs no `returns()`. */
  withType(type: TypeInformation<T>): FileSource<T> {
    return new FileSource({ ...this.#options, type });
  }

  get boundedness(): 'BOUNDED' | 'CONTINUOUS_UNBOUNDED' {
    return this.discoveryIntervalMs === null ? 'BOUNDED' : 'CONTINUOUS_UNBOUNDED';
  }

  get producedType(): TypeInformation<T> | null {
    return this.#options.type;
  }

  get discoveryIntervalMs(): number | null {
    return this.#options.discoveryIntervalMs;
  }

  /** @throws WeirError SOURCE_FAILED when a path does not exist. */
  async discoverSplits(): Promise<readonly FileSplit[]> {
    const splits: FileSplit[] = [];
    for (const path of await filesOf(this.#options.paths)) {
      for (const part of await this.#options.format.partsOf(path)) {
        const splitId = `${path}#${part.rowGroup}`;
        splits.push({ ...part, splitId, position: 0, finished: false });
      }
    }
    return splits;
  }

  ownerOf(split: FileSplit, parallelism: number): number {
    // Neighbouring row groups go to different subtasks.
    return (murmurHash(hashString(split.path)) + split.rowGroup) % parallelism;
  }

  createReader(context: SourceContext): SourceReader<T, FileSplit> {
    const bounded = this.boundedness === 'BOUNDED';
    return new FileSourceReader(this.#options.format, bounded, context);
  }
}

async function filesOf(paths: readonly string[]): Promise<string[]> {
  const files: string[] = [];
  for (const path of paths) {
    const found = await stat(path).catch((cause: Error) => {
      throw new WeirError('SOURCE_FAILED', `${path} can't be read: ${cause.message}`, { cause });
    });
    if (!found.isDirectory()) {
      files.push(path);
      continue;
    }
    for (const entry of await readdir(path, { withFileTypes: true })) {
      // Hidden files belong to whoever is still writing them.
      if (entry.isFile() && !/^[._]/.test(entry.name)) files.push(join(path, entry.name));
    }
  }
  return files.sort();
}
