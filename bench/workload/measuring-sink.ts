/** A sink that keeps nothing and reports what its job measured once the input has ended. */
import type { ColumnarBatch, Sink, SinkWriter } from '@weir/core';
import { type Measurement, report, Stopwatch } from './measurement.ts';

/** Looks at records and knows the result at the end. */
export interface Meter<T> {
  record(record: T): void;
  columns(batch: ColumnarBatch): void;
  readonly result: Measurement;
}

export class MeasuringSink<T> implements Sink<T> {
  readonly committableType = null;
  readonly #file: string;
  readonly #createMeter: () => Meter<T>;

  constructor(file: string, createMeter: () => Meter<T>) {
    this.#file = file;
    this.#createMeter = createMeter;
  }

  createWriter(): SinkWriter<T, never> {
    const meter = this.#createMeter();
    const file = this.#file;
    return {
      write(record) {
        meter.record(record);
        return true;
      },
      writeColumns(batch) {
        meter.columns(batch);
        return true;
      },
      async flush(endOfInput) {
        if (endOfInput) report(file, meter.result);
      },
      prepareCommit: async () => [],
      close() {},
    };
  }
}

/** Throughput of the records that reach the sink, but for the first, `warmUp` of them. */
export function throughputSink<T>(
  file: string,
  records: number,
  warmUp = Math.floor(records / 5),
): MeasuringSink<T> {
  return new MeasuringSink<T>(file, () => {
    const watch = new Stopwatch(warmUp, records);
    return {
      record: () => watch.add(1),
      columns: (batch) => watch.add(batch.selection?.length ?? batch.count),
      get result() {
        return watch.result;
      },
    };
  });
}
