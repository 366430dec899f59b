/**
 * Writes records to the TaskManager's standard output, one line each. At least once: what was
 * printed after the last checkpoint is printed again after a failure.
 */
import { inspect } from 'node:util';
import type { Sink, SinkContext, SinkWriter } from '@weir/core';

/** `name:2> record` with a name, `2> record` without; no number at parallelism 1. */
export class PrintSink<T> implements Sink<T> {
  readonly committableType = null;
  readonly #identifier: string;
  readonly #print: (text: string) => void;

  constructor(identifier = '', print: (text: string) => void = writeToStdout) {
    this.#identifier = identifier;
    this.#print = print;
  }

  createWriter(context: SinkContext): SinkWriter<T, never> {
    const prefix = this.#prefix(context);
    let lines = '';
    const flush = async (): Promise<void> => {
      if (lines !== '') this.#print(lines);
      lines = '';
    };
    return {
      write: (record) => {
        // One write for all records of a batch.
        if (lines === '') queueMicrotask(flush);
        lines += `${prefix}${textOf(record)}\n`;
        return true;
      },
      flush,
      prepareCommit: async () => [],
      close: flush,
    };
  }

  #prefix(context: SinkContext): string {
    const { subtaskIndex, parallelism } = context.taskInfo;
    const subtask = parallelism > 1 ? String(subtaskIndex + 1) : '';
    const name = [this.#identifier, subtask].filter((part) => part !== '').join(':');
    return name === '' ? '' : `${name}> `;
  }
}

function textOf(record: unknown): string {
  if (typeof record === 'string') return record;
  return inspect(record, { breakLength: Number.POSITIVE_INFINITY, depth: 8 });
}

function writeToStdout(text: string): void {
  process.stdout.write(text);
}
