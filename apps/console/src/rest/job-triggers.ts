/**
 * Operations on a job that take a while: trigger, then ask until they are over.
 *
 * Each is idempotent by its own trigger id, so that sending it again after a lost answer does not
 * do it twice.
 */
import { type FailureCause, errorMessage } from '@weir/flink-rest';
import { flink } from './flink-client.ts';

const POLL_MS = 400;

export type Outcome =
  | { readonly ok: true; readonly path: string | null; readonly checkpointId: number | null }
  | { readonly ok: false; readonly reason: string };

export interface Savepoint {
  /** Empty = the server's own directory. */
  readonly directory: string;
  readonly format: 'CANONICAL' | 'NATIVE';
}

/** @throws FlinkRestError when the request itself is refused. */
export async function triggerSavepoint(jobId: string, request: Savepoint): Promise<Outcome> {
  const id = newTriggerId();
  const answer = await flink.call('savepointTrigger', {
    params: { jobid: jobId },
    body: { ...directory('target-directory', request), formatType: request.format, triggerId: id },
  });
  return savepointOutcome(jobId, answer['request-id']);
}

/** @throws FlinkRestError when the request itself is refused. */
export async function triggerStop(
  jobId: string,
  request: Savepoint & { readonly drain: boolean },
): Promise<Outcome> {
  const { drain, format: formatType } = request;
  const answer = await flink.call('stop', {
    params: { jobid: jobId },
    body: {
      ...directory('targetDirectory', request),
      drain,
      formatType,
      triggerId: newTriggerId(),
    },
  });
  return savepointOutcome(jobId, answer['request-id']);
}

/** @throws FlinkRestError when the request itself is refused. */
export async function triggerCheckpoint(jobId: string): Promise<Outcome> {
  const answer = await flink.call('checkpointTrigger', {
    params: { jobid: jobId },
    body: { triggerId: newTriggerId() },
  });
  const triggerid = answer['request-id'];
  for (;;) {
    const { status, operation } = await flink.call('checkpointTriggerStatus', {
      params: { jobid: jobId, triggerid },
    });
    if (status.id === 'COMPLETED') {
      const cause = operation?.failureCause ?? null;
      if (cause !== null) return { ok: false, reason: reasonOf(cause) };
      return { ok: true, path: null, checkpointId: operation?.checkpointId ?? null };
    }
    await pause();
  }
}

/** @throws FlinkRestError when the request is refused. */
export async function cancelJob(jobId: string): Promise<void> {
  await flink.call('jobCancel', { params: { jobid: jobId }, query: { mode: 'cancel' } });
}

async function savepointOutcome(jobId: string, triggerid: string): Promise<Outcome> {
  for (;;) {
    const { status, operation } = await flink.call('savepointStatus', {
      params: { jobid: jobId, triggerid },
    });
    if (status.id === 'COMPLETED') {
      const cause = operation?.['failure-cause'] ?? null;
      if (cause !== null) return { ok: false, reason: reasonOf(cause) };
      return { ok: true, path: operation?.location ?? null, checkpointId: null };
    }
    await pause();
  }
}

function reasonOf(cause: FailureCause): string {
  const message = errorMessage([cause['stack-trace']]);
  return message === '' ? cause.class : message;
}

function directory<K extends string>(key: K, { directory: path }: Savepoint) {
  const trimmed = path.trim();
  return (trimmed === '' ? {} : { [key]: trimmed }) as { readonly [P in K]?: string };
}

function newTriggerId(): string {
  return crypto.randomUUID().replaceAll('-', '');
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, POLL_MS));
}
