/** The sentence above a checkpoint: what took the time, by its last acknowledging subtask. */
import type { Checkpoint } from '@weir/flink-rest';
import { isSlow } from './checkpoint-history.ts';
import { largestPhase, type PhaseName, type SubtaskRow } from './checkpoint-phases.ts';
import { durationFigure, figureText } from './figures.ts';

export interface OperatorRow {
  readonly vertexId: string;
  readonly title: string;
  readonly parallelism: number;
  readonly endToEndMs: number | null;
  readonly stateBytes: number;
  readonly writtenBytes: number;
  readonly acknowledged: number;
  readonly subtasks: number;
  /** Slowest first; empty until they are read. */
  readonly rows: readonly SubtaskRow[];
}

export interface Reading {
  readonly lead: string;
  readonly rest: string;
}

const BECAUSE: Readonly<Record<PhaseName, (title: string, time: string) => string>> = {
  startDelay: (title, time) => `the barrier took ${time} to reach ${title} through full channels`,
  alignment: (title, time) => `${title} waited ${time} for the barriers of its other inputs`,
  sync: (title, time) => `${title} stood still for ${time} while it copied its state`,
  async: (title, time) => `${title} took ${time} to write its state`,
};

/** Null while nothing is known beyond the numbers. */
export function checkpointReading(
  item: Checkpoint,
  operators: readonly OperatorRow[],
  usual: number | null,
): Reading | null {
  if (item.status === 'FAILED') {
    return { lead: 'Failed', rest: item.failure_message ?? 'The server gave no reason.' };
  }
  const waiting = operators.filter((row) => row.acknowledged < row.subtasks);
  if (item.status === 'IN_PROGRESS') {
    const names = waiting.slice(0, 3).map(({ title }) => title);
    const rest = names.length === 0 ? 'being completed.' : `waiting for ${names.join(', ')}.`;
    return { lead: 'In progress', rest };
  }
  const last = [...operators].sort((a, b) => (b.endToEndMs ?? 0) - (a.endToEndMs ?? 0))[0];
  const phases = last?.rows[0]?.phases;
  if (last === undefined || phases === null || phases === undefined) return null;
  const { name, ms } = largestPhase(phases);
  const because = BECAUSE[name](last.title, figureText(durationFigure(ms)));
  const share = Math.min(100, Math.round((ms / Math.max(1, item.end_to_end_duration)) * 100));
  const slow = isSlow(item.end_to_end_duration, usual);
  const usually = usual === null ? '' : `; usually ${figureText(durationFigure(usual))} in all`;
  return {
    lead: slow ? `Slow because ${because}` : `Mostly ${because}`.replace('Mostly the', 'The'),
    rest: `(${share}\u202f%)${slow ? usually : '; as usual'}.`,
  };
}
