/** Branded identifiers: two numbers or strings that must not be mixed up have different types. */
import type { RandomPort } from './ports/time.ts';

declare const brand: unique symbol;
type Branded<T, Name extends string> = T & { readonly [brand]: Name };

/** 32 lowercase hex digits. */
export type JobId = Branded<string, 'JobId'>;
/** 32 lowercase hex digits, equal for equal topologies: never a key without the job's id. */
export type VertexId = Branded<string, 'VertexId'>;
/** 32 lowercase hex digits, derived from the operator's uid or from its position. */
export type OperatorId = Branded<string, 'OperatorId'>;
/** Positive, increasing within a job, shared by checkpoints and savepoints. */
export type CheckpointId = Branded<number, 'CheckpointId'>;
export type KeyGroup = Branded<number, 'KeyGroup'>;
export type SubtaskIndex = Branded<number, 'SubtaskIndex'>;
/** Milliseconds since the epoch in event time. */
export type EventTimeMs = number;

/** Flink's Long.MIN_VALUE: a record without timestamp, a watermark that has not begun. */
export const MIN_TIMESTAMP = -(2 ** 63);
/** Flink's Watermark.MAX_WATERMARK (2^63 - 1, in a double 2^63): no record follows. */
export const MAX_WATERMARK = 2 ** 63;

export function newId<T extends JobId | VertexId | OperatorId>(random: RandomPort): T {
  return random.hex(32) as T;
}

export function isId(text: string): boolean {
  return /^[0-9a-f]{32}$/.test(text);
}
