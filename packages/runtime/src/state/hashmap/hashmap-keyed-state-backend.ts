import {
  type ClockPort,
  InvariantError,
  type KeyGroupRange,
  type TypeInformation,
} from '@weir/core';
import type { KeyedStateBackend } from '../keyed-state-backend.ts';

export interface HashMapBackendOptions {
  readonly keyGroupRange: KeyGroupRange;
  readonly maxParallelism: number;
  /** For state TTL: processing time. */
  readonly clock: ClockPort;
  /** How keys are written; null = self-describing. */
  readonly keyType?: TypeInformation<unknown> | null;
}

/** Keyed state in the heap of the slot's thread. */
export function createHashMapKeyedStateBackend(options: HashMapBackendOptions): KeyedStateBackend {
  throw new InvariantError('not there yet', { maxParallelism: options.maxParallelism });
}
