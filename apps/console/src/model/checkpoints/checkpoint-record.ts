/** A checkpoint that has ended, with the phases of every subtask, and what is read from it. */
import type { JobTopology } from '@weir/console-protocol';
import type { PastCheckpoints } from '@weir/flink-rest';
import {
  type PhaseName,
  type Phases,
  slowestFirst,
  subtaskRow,
  type SubtaskRow,
} from './checkpoint-phases.ts';
import type { Moment } from '../time/moment.ts';
import { vertexTitle } from '../graph/vertex-title.ts';

export type CheckpointRecord = PastCheckpoints['checkpoints'][number];

/** As many of the newest are kept; a strip shows sixty of them. */
export const RECORDS_MAX = 100;

/** One operator in one checkpoint. */
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

/** When it was over: completed or given up. Epoch ms. */
export function endOf(record: CheckpointRecord): number {
  if (record.status === 'FAILED' && record.failure_timestamp !== undefined) {
    return record.failure_timestamp;
  }
  return record.trigger_timestamp + Math.max(0, record.end_to_end_duration);
}

/** Those that belong to a moment: what had ended by then, or within the range. */
export function recordsAt(
  records: readonly CheckpointRecord[],
  moment: Moment,
): readonly CheckpointRecord[] {
  if (moment.kind === 'live') return records;
  const from = moment.kind === 'range' ? moment.from : 0;
  const to = moment.kind === 'range' ? moment.to : moment.at;
  return records.filter((record) => endOf(record) >= from && endOf(record) <= to);
}

/** Slowest operator first; empty where the record has no subtasks. */
export function operatorRows(
  record: CheckpointRecord,
  topology: JobTopology | null,
): OperatorRow[] {
  const rows = Object.entries(record.subtasks ?? {}).map(([vertexId, task]): OperatorRow => {
    const vertex = topology?.vertices.find(({ id }) => id === vertexId);
    return {
      vertexId,
      title: vertex === undefined ? vertexId.slice(0, 8) : vertexTitle(vertex),
      parallelism: task.num_subtasks,
      endToEndMs: task.num_acknowledged_subtasks === 0 ? null : task.end_to_end_duration,
      stateBytes: task.state_size,
      writtenBytes: task.checkpointed_size,
      acknowledged: task.num_acknowledged_subtasks,
      subtasks: task.num_subtasks,
      rows: slowestFirst(task.subtasks.map(subtaskRow)),
    };
  });
  return slowestOperatorFirst(rows);
}

/** Those that did not acknowledge stand above all others. */
export function slowestOperatorFirst(rows: readonly OperatorRow[]): OperatorRow[] {
  const open = ({ acknowledged, subtasks }: OperatorRow) => (acknowledged < subtasks ? 1 : 0);
  return [...rows].sort((a, b) => open(b) - open(a) || (b.endToEndMs ?? 0) - (a.endToEndMs ?? 0));
}

/** The longest of each phase over all subtasks; null where none is known. */
export function longestPhases(record: CheckpointRecord): Phases | null {
  const known = Object.values(record.subtasks ?? {})
    .flatMap((task) => task.subtasks.map((subtask) => subtaskRow(subtask).phases))
    .filter((phases) => phases !== null);
  if (known.length === 0) return null;
  const most = (name: PhaseName) => known.reduce((max, phases) => Math.max(max, phases[name]), 0);
  return {
    startDelay: most('startDelay'),
    alignment: most('alignment'),
    sync: most('sync'),
    async: most('async'),
  };
}
