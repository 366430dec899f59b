/** The figures that are kept of each subtask, in the order in which a row of the history has them. */
import type { JobTopology, SubtaskMetric } from '@weir/console-protocol';
import type { NumberKind } from './number-code.ts';

type Kept = Exclude<SubtaskMetric, 'idle'>;

/** `idle` is what is left of 1. */
export const SUBTASK_COLUMNS: readonly {
  readonly metric: Kept;
  readonly kind: Exclude<NumberKind, 'exact' | 'index'>;
  /** Where several columns become one: their mean, or the last that is known. */
  readonly merged: 'mean' | 'last';
}[] = [
  { metric: 'busy', kind: 'ratio', merged: 'mean' },
  { metric: 'queued', kind: 'ratio', merged: 'mean' },
  { metric: 'external', kind: 'ratio', merged: 'mean' },
  { metric: 'backpressured', kind: 'ratio', merged: 'mean' },
  { metric: 'recordsIn', kind: 'rate', merged: 'mean' },
  { metric: 'recordsOut', kind: 'rate', merged: 'mean' },
  { metric: 'watermarkLag', kind: 'amount', merged: 'last' },
  { metric: 'stateBytes', kind: 'amount', merged: 'last' },
  { metric: 'pendingRecords', kind: 'amount', merged: 'last' },
];

export const SUBTASK_COLUMN = Object.fromEntries(
  SUBTASK_COLUMNS.map(({ metric }, column) => [metric, column]),
) as Readonly<Record<Kept, number>>;

/** A vertex in a row of subtasks: its codes are column by column, subtask by subtask, from `at`. */
export interface VertexPlace {
  readonly id: string;
  readonly parallelism: number;
  readonly at: number;
  readonly width: number;
}

/** In the order of the topology. */
export function placesOf(vertices: readonly { id: string; parallelism: number }[]): VertexPlace[] {
  let at = 0;
  return vertices.map(({ id, parallelism }) => {
    const width = SUBTASK_COLUMNS.length * parallelism;
    const place = { id, parallelism, at, width };
    at += width;
    return place;
  });
}

export function subtasksOf({ vertices }: JobTopology): number {
  return vertices.reduce((sum, { parallelism }) => sum + parallelism, 0);
}
