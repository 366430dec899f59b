/**
 * An exactly-once sink of text files: one folder, a new file per subtask and checkpoint.
 *
 * A file is written under a hidden name, completed and fsynced before the checkpoint is
 * acknowledged, and renamed to its final name when the checkpoint is durable. Whoever reads the
 * visible files sees each record exactly once, whatever crashed in between.
 * Semantics: Flink's FileSink with OnCheckpointRollingPolicy and without buckets.
 */
import { resolve } from 'node:path';
import {
  type Committer,
  type Sink,
  type SinkContext,
  type SinkWriter,
  WeirError,
} from '@weir/core';
import {
  type CsvEncoderColumn,
  csvEncoder,
  jsonLinesEncoder,
  type LineEncoder,
} from '@weir/formats';
import { PartCommitter } from './part-committer.ts';
import { PartNames } from './part-names.ts';
import { PartWriter } from './part-writer.ts';
import { PENDING_PART_TYPE, type PendingPart } from './pending-part.ts';

export interface FileSinkOptions {
  /** Begins the names of all files. Two sinks into one folder need different ones. */
  readonly prefix?: string;
  /** A file that has grown to this many bytes is followed by another one. Default 128 MiB. */
  readonly partBytesMax?: number;
}

const PART_BYTES_MAX = 128 * 1024 * 1024;

/**
 * @example
 * const sink = FileSink.csv<Total>('out/totals', ['user', 'total']);
 * totals.sinkTo(sink); // out/totals/part-0-1-0.csv, part-1-1-0.csv, …
 */
export class FileSink<T> implements Sink<T, PendingPart> {
  readonly committableType = PENDING_PART_TYPE;
  readonly #folder: string;
  readonly #encoder: LineEncoder<T>;
  readonly #prefix: string;
  readonly #partBytesMax: number;
  /** Hidden files that writers of this very sink are writing now. */
  readonly #live = new Set<string>();

  private constructor(folder: string, encoder: LineEncoder<T>, options: FileSinkOptions) {
    const { prefix = 'part', partBytesMax = PART_BYTES_MAX } = options;
    if (!/^[A-Za-z0-9_]+$/.test(prefix)) {
      throw new WeirError(
        'ARGUMENT_INVALID',
        `"${prefix}" can't begin file names; use letters, digits and _ only`,
      );
    }
    this.#folder = resolve(folder);
    this.#encoder = encoder;
    this.#prefix = prefix;
    this.#partBytesMax = partBytesMax;
  }

  /** CSV lines, without a header unless `header` is true. */
  static csv<T>(
    folder: string,
    columns: readonly CsvEncoderColumn<T>[],
    options: FileSinkOptions & { readonly header?: boolean; readonly delimiter?: string } = {},
  ): FileSink<T> {
    return new FileSink(folder, csvEncoder<T>(columns, options), options);
  }

  /** One JSON object a line. */
  static jsonLines<T>(folder: string, options: FileSinkOptions = {}): FileSink<T> {
    return new FileSink(folder, jsonLinesEncoder<T>(), options);
  }

  /** Lines of any other kind. */
  static lines<T>(
    folder: string,
    encoder: LineEncoder<T>,
    options: FileSinkOptions = {},
  ): FileSink<T> {
    return new FileSink(folder, encoder, options);
  }

  async createWriter(context: SinkContext): Promise<SinkWriter<T, PendingPart>> {
    const writer = new PartWriter<T>({
      folder: this.#folder,
      encoder: this.#encoder,
      names: new PartNames(this.#prefix, context.jobId),
      partBytesMax: this.#partBytesMax,
      live: this.#live,
      context,
    });
    await writer.open();
    // A job that failed before its first checkpoint is not restored, but has left files, too.
    if (context.restoredCheckpointId === null) await this.#committer(context).discardUncommitted();
    return writer;
  }

  createCommitter(context: SinkContext): Committer<PendingPart> {
    return this.#committer(context);
  }

  #committer(context: SinkContext): PartCommitter {
    const names = new PartNames(this.#prefix, context.jobId);
    return new PartCommitter(this.#folder, names, this.#live, context);
  }
}
