/**
 * The monitor in its worker thread, from the main thread. A monitor that dies takes its history with
 * it but no job: open questions are answered with nothing, and the failure is reported once.
 */
import { Worker } from 'node:worker_threads';
import type { JobHistory, JobSnapshot } from '@weir/console-protocol';
import { engineEntry } from '../engine-resolution.ts';
import type { MonitorNotice, MonitorPort } from './monitor-port.ts';
import type { FromMonitor, ToMonitor } from './monitor-protocol.ts';

/** @param onFailure told once if the worker dies. */
export function workerMonitor(onFailure: (error: unknown) => void): MonitorPort {
  const worker = new Worker(engineEntry('monitor'), { name: 'weir-monitor' });
  const open = new Map<number, (value: JobSnapshot | JobHistory | null) => void>();
  let notify: (notice: MonitorNotice) => void = () => {};
  let nextId = 1;
  let alive = true;
  const end = () => {
    alive = false;
    for (const resolve of open.values()) resolve(null);
    open.clear();
  };
  worker.unref();
  worker.on('error', (error) => {
    end();
    onFailure(error);
  });
  worker.on('exit', end);
  worker.on('message', (message: FromMonitor) => {
    if (message.type === 'notice') {
      notify(message.notice);
      return;
    }
    open.get(message.id)?.(message.value);
    open.delete(message.id);
  });
  const send = (message: ToMonitor) => worker.postMessage(message);
  const ask = (question: (id: number) => ToMonitor) =>
    new Promise<JobSnapshot | JobHistory | null>((resolve) => {
      if (!alive) {
        resolve(null);
        return;
      }
      const id = nextId++;
      open.set(id, resolve);
      send(question(id));
    });
  return {
    apply: (event) => {
      if (alive) send({ type: 'apply', event });
    },
    listen: (listener) => {
      notify = listener;
    },
    snapshot: (jobId) =>
      ask((id) => ({ type: 'snapshot', id, jobId })) as Promise<JobSnapshot | null>,
    history: (jobId, from, to) =>
      ask((id) => ({ type: 'history', id, jobId, from, to })) as Promise<JobHistory | null>,
    close: async () => {
      end();
      await worker.terminate();
    },
  };
}
