/**
 * Details of what happened to a job, as they are kept beyond the JobMaster's own memory: every
 * checkpoint that ended, every restore, every exception with what failed beside it.
 */
import type { StoredRecord } from '@weir/monitor';
import type { CheckpointView, ExceptionView, JobMasterEvent, JobView } from '@weir/runtime';
import type { MonitorPort } from '../monitor/monitor-port.ts';

export type RestoredView = NonNullable<JobView['checkpoints']['restored']>;

/** @param view the job after the event. */
export function recordOf(event: JobMasterEvent, view: JobView): StoredRecord | null {
  switch (event.type) {
    case 'checkpoint': {
      const { id, status, completedAtMs, failedAtMs, latestAckAtMs } = event.checkpoint;
      if (status === 'IN_PROGRESS') return null;
      const t = completedAtMs ?? failedAtMs ?? latestAckAtMs;
      return { kind: 'checkpoint', id: String(id), t, body: JSON.stringify(event.checkpoint) };
    }
    case 'restored': {
      const { restored } = view.checkpoints;
      if (restored === null) return null;
      const { atMs: t } = restored;
      return { kind: 'restored', id: String(t), t, body: JSON.stringify(restored) };
    }
    case 'exception': {
      // The root cause, to which what follows is added: it is then kept anew.
      const root = view.exceptions[0] ?? event.exception;
      const { atMs: t } = root;
      return { kind: 'exception', id: String(t), t, body: JSON.stringify(root) };
    }
    default:
      return null;
  }
}

export interface PastRange {
  readonly from: number;
  readonly to: number;
  readonly limit: number;
}

export class JobRecords {
  readonly #monitor: MonitorPort;

  constructor(monitor: MonitorPort) {
    this.#monitor = monitor;
  }

  async checkpoint(jobId: string, id: number): Promise<CheckpointView | null> {
    const record = await this.#monitor.record(jobId, 'checkpoint', String(id));
    return record === null ? null : (JSON.parse(record.body) as CheckpointView);
  }

  /** Those that ended in the range, newest first. */
  checkpoints(jobId: string, range: PastRange): Promise<CheckpointView[]> {
    return this.#read(jobId, 'checkpoint', range);
  }

  restored(jobId: string, range: PastRange): Promise<RestoredView[]> {
    return this.#read(jobId, 'restored', range);
  }

  exceptions(jobId: string, range: PastRange): Promise<ExceptionView[]> {
    return this.#read(jobId, 'exception', range);
  }

  async #read<View>(jobId: string, kind: StoredRecord['kind'], range: PastRange): Promise<View[]> {
    const records = (await this.#monitor.records(jobId, { kind, ...range })) ?? [];
    return records.map(({ body }) => JSON.parse(body) as View);
  }
}
