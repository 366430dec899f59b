import type { Sink, SinkWriter } from '@weir/core';

/** Takes every record and keeps none: for measuring what comes before it. */
export class BlackholeSink<T> implements Sink<T> {
  readonly committableType = null;

  createWriter(): SinkWriter<T, never> {
    return {
      write: () => true,
      writeColumns: () => true,
      flush: async () => {},
      prepareCommit: async () => [],
      close() {},
    };
  }
}
