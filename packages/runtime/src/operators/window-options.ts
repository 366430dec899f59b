/** How a window operator is described: who calls `windowFactory` fills these in. */
import type {
  AggregateFunction,
  KeySelector,
  OutputTag,
  ProcessWindowFunction,
  ReduceFunction,
  TypeInformation,
} from '@weir/core';
import type { TimeDomain } from '../state/keyed-state-backend.ts';

export interface TumblingAssigner {
  readonly kind: 'tumbling';
  readonly timeDomain: TimeDomain;
  readonly sizeMs: number;
  readonly offsetMs: number;
}

/** What is kept per window, and what becomes of it when the window fires. */
export type WindowFunction<T, K, A, V, R> =
  | {
      readonly kind: 'reduce';
      readonly reduce: ReduceFunction<T>;
      /** Type of the records; null = self-describing. */
      readonly accumulatorType: TypeInformation<T> | null;
      /** Null = the reduced record itself is emitted. */
      readonly process: ProcessWindowFunction<T, R, K> | null;
    }
  | {
      readonly kind: 'aggregate';
      readonly aggregate: AggregateFunction<T, A, V>;
      readonly accumulatorType: TypeInformation<A> | null;
      /** Null = the aggregate's result is emitted. */
      readonly process: ProcessWindowFunction<V, R, K> | null;
    }
  | {
      readonly kind: 'process';
      readonly process: ProcessWindowFunction<T, R, K>;
      /** Type of the records, all of which are kept; null = self-describing. */
      readonly accumulatorType: TypeInformation<T> | null;
    };

export interface WindowOptions<T, K, A = unknown, V = unknown, R = unknown> {
  readonly assigner: TumblingAssigner;
  readonly keySelector: KeySelector<T, K>;
  /** Null = self-describing. */
  readonly keyType: TypeInformation<K> | null;
  readonly allowedLatenessMs: number;
  /** Where late records go; null = dropped and counted in numLateRecordsDropped. */
  readonly lateTag: OutputTag<T> | null;
  readonly function: WindowFunction<T, K, A, V, R>;
}
