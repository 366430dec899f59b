import type { AsyncFunction, AsyncOptions } from '@weir/core';
import type { DataStream, SingleOutputStreamOperator } from './data-stream.ts';

/**
 * Flink's spelling of `stream.asyncMap(fn, options)`.
 * @example AsyncDataStream.unorderedWait(flights, new Lookup(), { timeout: 30_000, capacity: 20 })
 */
export const AsyncDataStream = {
  orderedWait: <T, R>(
    stream: DataStream<T>,
    fn: AsyncFunction<T, R>,
    options: AsyncOptions = {},
  ): SingleOutputStreamOperator<R> => stream.asyncMap(fn, { ...options, mode: 'ordered' }),

  unorderedWait: <T, R>(
    stream: DataStream<T>,
    fn: AsyncFunction<T, R>,
    options: AsyncOptions = {},
  ): SingleOutputStreamOperator<R> => stream.asyncMap(fn, { ...options, mode: 'unordered' }),
};
