/** A job's shape and its events in the words of the console's stream. */
import type { JobEvent, JobTopology } from '@weir/console-protocol';
import type { WireError } from '@weir/core';
import type { CheckpointView, ExceptionView, JobMasterEvent, JobView } from '@weir/runtime';
import { bytesOf, isSavepoint } from './flink/checkpoint-figures.ts';
import { errorName, failedOperator, firstCause, stackText } from './flink/exception-text.ts';
import { withoutSecrets } from './flink/redaction.ts';

/** Characters of a stack in an event. */
const STACK_MAX = 8192;
/** Of each message in it, so that a long one leaves room for the frames. */
const MESSAGE_MAX = 1000;

export function topologyOf(view: JobView): JobTopology {
  const { graph, jobId, attempt, timestamps } = view;
  return {
    jobId,
    name: graph.name,
    startedAt: timestamps.INITIALIZING ?? timestamps.CREATED ?? graph.submittedAtMs,
    attempt,
    vertices: graph.vertices.map((vertex) => ({
      id: vertex.id,
      name: vertex.name,
      parallelism: vertex.parallelism,
      maxParallelism: vertex.maxParallelism,
      slotSharingGroup: vertex.slotSharingGroup,
      operators: vertex.operators.map(({ id, name, operatorType, role, callSite, origin }) => ({
        id,
        name,
        operatorType,
        role,
        callSite,
        origin,
      })),
    })),
    edges: graph.edges.map(({ index, source, target, strategy, outputTag }) => ({
      index,
      source,
      target,
      strategy,
      outputTag,
    })),
  };
}

/** Null for what has a channel of its own (metrics, logs) or is too fine to tell. */
export function jobEventOf(event: JobMasterEvent): JobEvent | null {
  switch (event.type) {
    case 'status': {
      const kind = event.status === 'RESTARTING' ? 'restart' : 'state';
      return { t: event.atMs, kind, text: event.status, subject: event.status };
    }
    case 'checkpoint':
      return checkpointEvent(event.checkpoint);
    case 'restored': {
      const text = `Restored from checkpoint ${event.checkpointId}`;
      return { t: event.atMs, kind: 'restart', text, subject: String(event.checkpointId) };
    }
    case 'exception':
      return exceptionEvent(event.exception, event.follows);
    default:
      return null;
  }
}

function exceptionEvent(exception: ExceptionView, follows: boolean): JobEvent {
  const { error, taskName, atMs, vertexId, subtask } = exception;
  const message = withoutSecrets(explained(error)).slice(0, STACK_MAX);
  const text = taskName === null ? message : `${taskName}: ${message}`;
  const stack = stackText(error, MESSAGE_MAX);
  const cut = stack.length > STACK_MAX ? `${stack.slice(0, STACK_MAX)}…` : stack;
  const subject = errorName(error);
  const operator = failedOperator(error);
  const where = { vertexId, subtask, ...(operator === null ? {} : { operator }) };
  return { t: atMs, kind: 'exception', text, subject, ...where, stack: cut, follows };
}

/** A message that says only what was made of a failure says what that was, too. */
function explained(error: WireError): string {
  const { message } = error;
  const [cause = ''] = firstCause(error).message.split('\n', 1);
  return message.includes(cause) ? message : `${message}. Cause: ${cause}`;
}

function checkpointEvent(checkpoint: CheckpointView): JobEvent {
  const { id, status, type, triggeredAtMs, completedAtMs, failedAtMs, latestAckAtMs } = checkpoint;
  const savepoint = isSavepoint(type);
  const what = `${savepoint ? 'Savepoint' : 'Checkpoint'} ${id}`;
  const about = {
    kind: savepoint ? ('savepoint' as const) : ('checkpoint' as const),
    subject: String(id),
    ...(savepoint ? { path: checkpoint.path } : {}),
    ...(type === 'stop' ? { ending: 'stopped' as const } : {}),
    ...(type === 'drain' ? { ending: 'drained' as const } : {}),
  };
  if (status === 'COMPLETED') {
    const t = completedAtMs ?? latestAckAtMs;
    const durationMs = t - triggeredAtMs;
    const text = `${what} completed in ${durationMs} ms`;
    const bytes = bytesOf(checkpoint).state;
    return { t, ...about, text, outcome: 'completed', durationMs, bytes };
  }
  if (status === 'FAILED') {
    const t = failedAtMs ?? latestAckAtMs;
    const why = checkpoint.failure ?? 'unknown reason';
    const text = `${what} failed: ${why}`;
    // Only who let it expire is to blame: else all that had not answered yet are silent.
    const missing = /\bexpired\b/.test(why) ? unacknowledged(checkpoint) : {};
    return { t, ...about, text, outcome: 'failed', durationMs: t - triggeredAtMs, ...missing };
  }
  return { t: triggeredAtMs, ...about, text: `${what} in progress`, outcome: 'running' };
}

/** The first subtask that never answered, if one is to blame. */
function unacknowledged({ tasks }: CheckpointView): Pick<JobEvent, 'vertexId' | 'subtask'> {
  for (const { vertexId, subtasks } of tasks) {
    const silent = subtasks.find(({ ackAtMs }) => ackAtMs === null);
    if (silent !== undefined) return { vertexId, subtask: silent.subtask };
  }
  return {};
}
