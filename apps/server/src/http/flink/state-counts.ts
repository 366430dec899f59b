/** Execution and job states as Flink counts, times and aggregates them. */
import { executionState, type FlinkExecutionState, jobStatus } from '@weir/flink-rest';
import {
  type ExecutionState,
  type JobStatus,
  type JobView,
  type SubtaskView,
  TERMINAL_STATUS,
} from '@weir/runtime';

const EXECUTION_STATES = executionState.options;
const JOB_STATES: readonly JobStatus[] = jobStatus.options;

const ENDED: ReadonlySet<ExecutionState> = new Set(['FINISHED', 'CANCELED', 'FAILED']);

/** Every state with its count, 0 included. */
export function countStates(states: Iterable<ExecutionState>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const state of EXECUTION_STATES) counts[state] = 0;
  for (const state of states) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}

/** The same in lower case with `total`, as the overview has it. */
export function taskTotals(view: JobView): Record<string, number> {
  const states = view.vertices.flatMap((vertex) => vertex.subtasks.map((one) => one.state));
  const totals: Record<string, number> = { total: states.length };
  for (const [state, count] of Object.entries(countStates(states))) {
    totals[state.toLowerCase()] = count;
  }
  return totals;
}

/** FAILED > CANCELING > CANCELED > INITIALIZING > RUNNING > FINISHED (all) > CREATED. */
export function vertexState(subtasks: readonly SubtaskView[]): FlinkExecutionState {
  const states = new Set(subtasks.map((one) => one.state));
  for (const state of ['FAILED', 'CANCELING', 'CANCELED', 'INITIALIZING', 'RUNNING'] as const) {
    if (states.has(state)) return state;
  }
  if (!states.has('FINISHED')) return 'CREATED';
  return states.size === 1 ? 'FINISHED' : 'RUNNING';
}

export interface Times {
  readonly start: number;
  /** -1 until it has ended. */
  readonly end: number;
  readonly duration: number;
}

/** A subtask starts when it is deployed. */
export function subtaskTimes(subtask: SubtaskView, nowMs: number): Times {
  const start = subtask.timestamps.DEPLOYING ?? -1;
  const end = ENDED.has(subtask.state) ? (subtask.timestamps[subtask.state] ?? -1) : -1;
  return { start, end, duration: start < 0 ? -1 : (end < 0 ? nowMs : end) - start };
}

export function vertexTimes(subtasks: readonly SubtaskView[], nowMs: number): Times {
  const times = subtasks.map((subtask) => subtaskTimes(subtask, nowMs));
  const starts = times.map((one) => one.start).filter((start) => start >= 0);
  const start = starts.length === 0 ? -1 : Math.min(...starts);
  const ended = times.length > 0 && times.every((one) => one.end >= 0);
  const end = ended ? Math.max(...times.map((one) => one.end)) : -1;
  return { start, end, duration: start < 0 ? -1 : (end < 0 ? nowMs : end) - start };
}

export function jobTimes(view: JobView, nowMs: number): Times {
  const { timestamps, status } = view;
  const start = timestamps.INITIALIZING ?? timestamps.CREATED ?? view.graph.submittedAtMs;
  const end = TERMINAL_STATUS.has(status) ? (timestamps[status] ?? -1) : -1;
  return { start, end, duration: (end < 0 ? nowMs : end) - start };
}

/** 0 for a status that was never entered. */
export function jobTimestamps(view: JobView): Record<string, number> {
  return Object.fromEntries(JOB_STATES.map((state) => [state, view.timestamps[state] ?? 0]));
}

export function subtaskTimestamps(subtask: SubtaskView): Record<string, number> {
  const times = subtask.timestamps as Readonly<Record<string, number | undefined>>;
  return Object.fromEntries(EXECUTION_STATES.map((state) => [state, times[state] ?? 0]));
}

/** How long the subtask was in each state it has been in, ms; the present one counts to now. */
export function statusDurations(subtask: SubtaskView, nowMs: number): Record<string, number> {
  const entered = Object.entries(subtask.timestamps)
    .filter((entry): entry is [string, number] => entry[1] !== undefined)
    .sort(([, left], [, right]) => left - right);
  const durations: Record<string, number> = {};
  entered.forEach(([state, at], position) => {
    if (ENDED.has(state as ExecutionState)) return;
    const next = entered[position + 1]?.[1] ?? nowMs;
    durations[state] = Math.max(0, next - at);
  });
  return durations;
}
