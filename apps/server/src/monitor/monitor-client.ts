/**
 * The monitor in its worker thread, from the main thread. A monitor that dies takes its history
 * with it but no job: open questions are answered with nothing, and the failure is reported once.
 */
import { Worker } from 'node:worker_threads';
import type { JobHistory } from '@weir/console-protocol';
import { fromWire } from '@weir/core';
import type { PackedSnapshot } from '@weir/monitor';
import { engineEntry, engineEnvironment } from '../engine-resolution.ts';
import { QUOTA_BYTES_DEFAULT } from './history-store.ts';
import type { MonitorNotice, MonitorPort } from './monitor-port.ts';
import type { FromMonitor, MonitorSetup, ToMonitor } from './monitor-protocol.ts';

export interface WorkerMonitorOptions {
  /** Null = history in memory only. */
  readonly historyFile: string | null;
  readonly quotaBytes?: number;
  /** Told once if the worker dies, and once if history can no longer be stored. */
  readonly onFailure: (text: string, error: unknown) => void;
}

type Answer = PackedSnapshot | JobHistory | null;
const CLOSE_MS_MAX = 5000;

export function workerMonitor(options: WorkerMonitorOptions): MonitorPort {
  const { historyFile, quotaBytes = QUOTA_BYTES_DEFAULT, onFailure } = options;
  const workerData: MonitorSetup = { historyFile, quotaBytes };
  const worker = new Worker(engineEntry('monitor'), {
    name: 'weir-monitor',
    env: engineEnvironment(),
    workerData,
  });
  const open = new Map<number, (value: Answer) => void>();
  let notify: (notice: MonitorNotice) => void = () => {};
  let closed: () => void = () => {};
  let nextId = 1;
  let alive = true;
  const end = () => {
    alive = false;
    for (const resolve of open.values()) resolve(null);
    open.clear();
    closed();
  };
  worker.unref();
  worker.on('error', (error) => {
    end();
    onFailure('the monitor has died; the console has no live figures and no history', error);
  });
  worker.on('exit', end);
  worker.on('message', (message: FromMonitor) => {
    if (message.type === 'notice') notify(message.notice);
    else if (message.type === 'closed') closed();
    else if (message.type === 'storeFailed') {
      onFailure('history is kept in memory only', fromWire(message.error));
    } else {
      open.get(message.id)?.(message.value);
      open.delete(message.id);
    }
  });
  const send = (message: ToMonitor) => worker.postMessage(message);
  const ask = (question: (id: number) => ToMonitor) =>
    new Promise<Answer>((resolve) => {
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
      ask((id) => ({ type: 'snapshot', id, jobId })) as Promise<PackedSnapshot | null>,
    history: (jobId, from, to) =>
      ask((id) => ({ type: 'history', id, jobId, from, to })) as Promise<JobHistory | null>,
    async close() {
      if (!alive) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, CLOSE_MS_MAX);
        closed = () => {
          clearTimeout(timer);
          resolve();
        };
        send({ type: 'close' });
      });
      closed = () => {};
      end();
      await worker.terminate();
    },
  };
}
