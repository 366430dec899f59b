/** A job's shape and its events in the words of the console's stream. */
import type { JobEvent, JobTopology } from '@weir/console-protocol';
import type { CheckpointView, JobMasterEvent, JobView } from '@weir/runtime';
import { isSavepoint } from './flink/checkpoint-figures.ts';

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
    case 'exception': {
      const { error, taskName, atMs } = event.exception;
      const text = taskName === null ? error.message : `${taskName}: ${error.message}`;
      return { t: atMs, kind: 'exception', text, subject: error.code ?? error.name };
    }
    default:
      return null;
  }
}

function checkpointEvent(checkpoint: CheckpointView): JobEvent {
  const { id, status, type, triggeredAtMs, completedAtMs, failedAtMs, latestAckAtMs } = checkpoint;
  const savepoint = isSavepoint(type);
  const what = `${savepoint ? 'Savepoint' : 'Checkpoint'} ${id}`;
  const kind = savepoint ? 'savepoint' : 'checkpoint';
  const subject = String(id);
  if (status === 'COMPLETED') {
    const t = completedAtMs ?? latestAckAtMs;
    return { t, kind, text: `${what} completed in ${t - triggeredAtMs} ms`, subject };
  }
  if (status === 'FAILED') {
    const why = checkpoint.failure ?? 'unknown reason';
    return { t: failedAtMs ?? latestAckAtMs, kind, text: `${what} failed: ${why}`, subject };
  }
  return { t: triggeredAtMs, kind, text: `${what} in progress`, subject };
}
