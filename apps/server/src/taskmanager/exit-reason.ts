/** Says in words why a TaskManager's process ended, from what the system and its stderr tell. */
import { toWire, WeirError } from '@weir/core';
import type { TaskManagerExit } from '@weir/runtime';

const STDERR_LINES_SHOWN = 12;

/** `stopped` = the server itself ended it; `place` = where it was seen last, ` in map "parse"`. */
export function exitOf(
  code: number | null,
  signal: string | null,
  stderr: string,
  stopped: boolean,
  place = '',
): TaskManagerExit {
  const reason = stopped ? 'stopped by the server' : reasonOf(code, signal, stderr);
  const clean = stopped || (code === 0 && signal === null);
  return { code, signal, reason, error: clean ? null : toWire(lost(reason, stderr, place)) };
}

function reasonOf(code: number | null, signal: string | null, stderr: string): string {
  if (/heap out of memory|heap limit|Array buffer allocation failed/i.test(stderr)) {
    return 'ran out of heap';
  }
  if (signal === 'SIGKILL') {
    return 'killed (SIGKILL), by someone or by the system because memory ran out';
  }
  if (signal === 'SIGSEGV' || signal === 'SIGBUS' || signal === 'SIGILL') {
    return `crashed (${signal}), most likely in native code`;
  }
  if (signal !== null) return `killed (${signal})`;
  return code === 0 ? 'ended' : `ended with exit code ${code}`;
}

function lost(reason: string, stderr: string, place: string): WeirError {
  const lines = stderr.trimEnd().split('\n').slice(-STDERR_LINES_SHOWN);
  const advice =
    reason === 'ran out of heap'
      ? '; keep less in the job’s own variables, raise the parallelism, or give slots more with ' +
        'taskmanager.memory.task.heap.size'
      : '';
  const what = `the TaskManager ${reason.startsWith('killed') ? 'was ' : ''}${reason}`;
  const seen = place === '' ? '' : `; it was seen${place}`;
  const error = new WeirError('TASK_MANAGER_LOST', `${what}${seen}${advice}`, {
    retryable: true,
    context: { reason },
  });
  if (stderr !== '') error.stack = `${error.name}: ${error.message}\n${lines.join('\n')}`;
  return error;
}
