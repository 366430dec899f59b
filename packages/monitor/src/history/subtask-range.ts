/** An answer about the subtasks of a vertex: the resolution that fits, thinned to few columns. */
import type { JobSubtasks, SubtaskMetric } from '@weir/console-protocol';
import { SERIES, SUBTASK_SERIES } from './history-storage.ts';
import { chosenStep } from './chosen-step.ts';
import { decodeNumber, resolutionOf } from './number-code.ts';
import type { SubtaskRows } from './subtask-block.ts';
import { SUBTASK_COLUMN, SUBTASK_COLUMNS } from './subtask-columns.ts';
import type { SubtaskHistory } from './subtask-history.ts';

export interface SubtaskRequest {
  readonly vertexId: string;
  readonly from: number;
  readonly to: number;
  /** Null = all. */
  readonly metrics: readonly SubtaskMetric[] | null;
  readonly columns: number;
}

const COLUMNS_MAX = 600;
/** Numbers in an answer, about. */
const CELLS_MAX = 400_000;
const COLUMNS_MIN = 20;

/** @param parallelism of the vertex now, for a bound on the answer. */
export function subtaskRange(
  history: SubtaskHistory,
  parallelism: number,
  request: SubtaskRequest,
): JobSubtasks {
  const { vertexId, from, to } = request;
  const metrics = request.metrics ?? [...SUBTASK_COLUMNS.map(({ metric }) => metric), 'idle'];
  const fitting = Math.floor(CELLS_MAX / (parallelism * Math.max(1, metrics.length)));
  const columns = Math.min(request.columns, COLUMNS_MAX, Math.max(COLUMNS_MIN, fitting));
  const series = chosenSeries(history, request, columns);
  const { stepMs } = SERIES[series]!;
  const found = history.range(series, vertexId, from, to);
  const span = spanOf(found, stepMs);
  const step = stepMs * Math.max(1, Math.ceil(span / stepMs / columns));
  const merged = mergeColumns(found, step);
  const subtasks = Math.max(0, ...found.map((block) => block.parallelism));
  return {
    vertexId,
    from,
    to,
    step,
    times: merged.map(({ t }) => t),
    subtasks,
    resolution: resolutionOf(Math.max(0, ...found.flatMap(({ codeErrors }) => codeErrors))),
    metrics: Object.fromEntries(
      metrics.flatMap((metric) => {
        const rows = rowsOf(metric, merged, subtasks);
        return rows.some((row) => row.some((value) => value !== null)) ? [[metric, rows]] : [];
      }),
    ),
  };
}

function chosenSeries(
  history: SubtaskHistory,
  { vertexId, from, to }: SubtaskRequest,
  columns: number,
): number {
  const steps = SUBTASK_SERIES.map((series) => ({
    step: SERIES[series].stepMs,
    first: history.firstIn(series, vertexId, from, to),
  }));
  const ends = SUBTASK_SERIES.map((series) => history.last(series, vertexId) ?? from);
  const step = chosenStep(steps, Math.min(to, Math.max(...ends) + 1), columns);
  return SUBTASK_SERIES.find((series) => SERIES[series].stepMs === step) ?? SUBTASK_SERIES[0];
}

function spanOf(blocks: readonly SubtaskRows[], stepMs: number): number {
  const [first, last] = [blocks[0]?.times[0], blocks.at(-1)?.times.at(-1)];
  return first === undefined || last === undefined ? 0 : last - first + stepMs;
}

/** Columns by time; of a merged one, for every code a number. */
interface Column {
  readonly t: number;
  readonly parallelism: number;
  readonly rows: readonly Int16Array[];
}

function mergeColumns(blocks: readonly SubtaskRows[], step: number): Column[] {
  const columns: { t: number; parallelism: number; rows: Int16Array[] }[] = [];
  for (const { parallelism, times, rows } of blocks) {
    times.forEach((t, i) => {
      const last = columns.at(-1);
      const same =
        last !== undefined &&
        last.parallelism === parallelism &&
        Math.floor(last.t / step) === Math.floor(t / step);
      if (same) last.rows.push(rows[i]!);
      else columns.push({ t, parallelism, rows: [rows[i]!] });
    });
  }
  return columns;
}

function rowsOf(
  metric: SubtaskMetric,
  columns: readonly Column[],
  subtasks: number,
): (number | null)[][] {
  return Array.from({ length: subtasks }, (_, subtask) =>
    columns.map((column) =>
      subtask >= column.parallelism ? null : figureOf(metric, column, subtask),
    ),
  );
}

function figureOf(metric: SubtaskMetric, column: Column, subtask: number): number | null {
  if (metric === 'idle') {
    const busy = figureOf('busy', column, subtask);
    const held = figureOf('backpressured', column, subtask);
    if (busy === null || held === null) return null;
    return Math.max(0, Math.round((1 - busy - held) * 10_000) / 10_000);
  }
  const at = SUBTASK_COLUMN[metric] * column.parallelism + subtask;
  const { kind, merged } = SUBTASK_COLUMNS[SUBTASK_COLUMN[metric]]!;
  if (column.rows.length === 1) return decodeNumber(kind, column.rows[0]![at]!);
  let sum = 0;
  let known = 0;
  let last: number | null = null;
  for (const row of column.rows) {
    const value = decodeNumber(kind, row[at]!);
    if (value === null) continue;
    last = value;
    sum += value;
    known++;
  }
  if (merged === 'last' || last === null) return last;
  return Math.round((sum / known) * 10_000) / 10_000;
}
