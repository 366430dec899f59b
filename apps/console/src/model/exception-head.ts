/** The first line of an exception, taken apart: name, message, operator, subtask. */
import type { ExceptionInfo } from '@weir/flink-rest';

export interface ExceptionHead {
  readonly name: string;
  readonly message: string;
  readonly operator: string | null;
  readonly subtask: number | null;
}

/** Flink names a task `operator (3/8)`, with `- execution #2` behind it. */
export function exceptionHead(info: ExceptionInfo): ExceptionHead {
  const { exceptionName, stacktrace, taskName } = info;
  const line = stacktrace.split('\n')[0]?.trim() ?? '';
  const message = line.startsWith(exceptionName)
    ? line.slice(exceptionName.length).replace(/^:\s*/, '')
    : line;
  const task = /^(.*?)\s*\((\d+)\/\d+\)/.exec(taskName ?? '');
  return {
    name: exceptionName.split('.').at(-1) ?? exceptionName,
    message,
    operator: task?.[1] ?? taskName ?? null,
    subtask: task?.[2] === undefined ? null : Number(task[2]) - 1,
  };
}
