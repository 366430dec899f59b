/** The first line of an exception, taken apart: name, message with its cause, operator, subtask. */
import type { ExceptionInfo } from '@weir/flink-rest';

export interface ExceptionHead {
  readonly name: string;
  readonly message: string;
  /** Without its cause. */
  readonly ownMessage: string;
  /** What came first, below what was made of it: `RangeError: …`; null = the head says it. */
  readonly cause: string | null;
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
  const cause = firstCause(stacktrace);
  const task = /^(.*?)\s*\((\d+)\/\d+\)/.exec(taskName ?? '');
  return {
    name: exceptionName.split('.').at(-1) ?? exceptionName,
    message: cause === null || message.includes(cause) ? message : `${message} Cause: ${cause}`,
    ownMessage: message,
    cause: causeLine(stacktrace),
    operator: info.failureLabels?.operator ?? task?.[1] ?? taskName ?? null,
    subtask: task?.[2] === undefined ? null : Number(task[2]) - 1,
  };
}

/**
 * The message of what came first, without the class: the last `Caused by` of a stack. What the
 * operating system calls a thing is left to the one who explained it. Null = the head says it.
 */
export function firstCause(stacktrace: string): string | null {
  return causeLine(stacktrace)?.replace(/^[\w.$]+:\s+/, '') ?? null;
}

function causeLine(stacktrace: string): string | null {
  const causes = stacktrace
    .split('\n')
    .filter((line) => line.startsWith('Caused by: '))
    .map((line) => line.slice('Caused by: '.length).trim());
  const explained = causes.filter((cause) => !/^Error: E[A-Z]+: /.test(cause));
  return explained.at(-1) || null;
}
