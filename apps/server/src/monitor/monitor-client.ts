/**
 * The monitor in its worker thread, from the main thread. A monitor that dies takes its history
 * with it but no job: open questions are answered with nothing, and the failure is reported once.
 */
import { Worker } from 'node:worker_threads';
import { fromWire, HISTORY_QUOTA } from '@weir/core';
import { engineEntry, engineEnvironment } from '../engine-resolution.ts';
import { FrameGate } from './frame-gate.ts';
import type { MonitorNotice, MonitorPort } from './monitor-port.ts';
import type { FromMonitor, MonitorSetup, Question, ToMonitor } from './monitor-protocol.ts';

export interface WorkerMonitorOptions {
  /** Null = history in memory only. */
  readonly historyFile: string | null;
  readonly quotaBytes?: number;
  /** Told once if the worker dies, and once if history can no longer be stored. */
  readonly onFailure: (text: string, error: unknown) => void;
}

interface Open {
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}
const CLOSE_MS_MAX = 5000;

export function workerMonitor(options: WorkerMonitorOptions): MonitorPort {
  const { historyFile, quotaBytes = HISTORY_QUOTA.defaultValue, onFailure } = options;
  const workerData: MonitorSetup = { historyFile, quotaBytes };
  const worker = new Worker(engineEntry('monitor'), {
    name: 'weir-monitor',
    env: engineEnvironment(),
    workerData,
  });
  const open = new Map<number, Open>();
  let notify: (notice: MonitorNotice) => void = () => {};
  let closed: () => void = () => {};
  let nextId = 1;
  let alive = true;
  const send = (message: ToMonitor) => worker.postMessage(message);
  const gate = new FrameGate((event) => send({ type: 'apply', event }));
  const end = () => {
    alive = false;
    gate.clear();
    for (const { resolve } of open.values()) resolve(null as never);
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
    else if (message.type === 'frameRead') gate.read(message.jobId);
    else if (message.type === 'closed') closed();
    else if (message.type === 'storeFailed') {
      onFailure('history is kept in memory only', fromWire(message.error));
    } else if (message.type === 'setAside') {
      const text = `the history could not be read and is now ${message.path}; a new one begins`;
      onFailure(text, fromWire(message.error));
    } else {
      const asked = open.get(message.id);
      open.delete(message.id);
      if (message.type === 'answer') asked?.resolve(message.value as never);
      else asked?.reject(fromWire(message.error));
    }
  });
  const ask =
    <Q extends Question>(question: Q) =>
    (...values: Parameters<MonitorPort[Q]>): ReturnType<MonitorPort[Q]> => {
      const answer = new Promise((resolve, reject) => {
        if (!alive) {
          resolve(null);
          return;
        }
        const id = nextId++;
        open.set(id, { resolve, reject });
        send({ type: 'ask', id, question, values });
      });
      return answer as ReturnType<MonitorPort[Q]>;
    };
  return {
    apply: (event) => {
      if (alive) gate.apply(event);
    },
    listen: (listener) => {
      notify = listener;
    },
    snapshot: ask('snapshot'),
    history: ask('history'),
    subtasks: ask('subtasks'),
    records: ask('records'),
    record: ask('record'),
    size: ask('size'),
    setQuota: ask('setQuota'),
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
