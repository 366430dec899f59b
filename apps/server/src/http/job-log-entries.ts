/** What the server itself has to say in a job's log: states, failures, what users did. */
import type { JobEvent } from '@weir/console-protocol';
import type { LogEntry } from '@weir/runtime';

/** Null for what happens all the time. */
export function logEntryOf(event: JobEvent): LogEntry | null {
  const { t, kind, text, outcome, vertexId = null, subtask = null } = event;
  const entry = (level: LogEntry['level'], words = text): LogEntry => {
    return { atMs: t, level, text: words, vertexId, subtask };
  };
  switch (kind) {
    case 'exception':
      return entry('error', event.subject === null ? text : `${event.subject} ${text}`);
    case 'checkpoint':
      return outcome === 'failed' ? entry('warn') : null;
    case 'savepoint':
      return outcome === 'running' ? null : entry(outcome === 'failed' ? 'warn' : 'info');
    case 'action':
      return entry(outcome === 'failed' ? 'warn' : 'info', `${text} (${event.actor ?? 'rest'})`);
    case 'state':
      return entry(text === 'FAILED' || text === 'SUSPENDED' ? 'error' : 'info');
    case 'restart':
      return entry(text === 'RESTARTING' ? 'warn' : 'info');
    default:
      return null;
  }
}
