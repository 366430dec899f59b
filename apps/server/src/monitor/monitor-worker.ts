/** Entry of the monitor's worker thread: a local monitor behind the message port. */
import { parentPort, workerData } from 'node:worker_threads';
import { invariant, toWire } from '@weir/core';
import type { HistoryStore } from './history-store.ts';
import { localMonitor, type MonitorPort } from './monitor-port.ts';
import type { FromMonitor, MonitorSetup, Question, ToMonitor } from './monitor-protocol.ts';
import { openHistory } from './open-history.ts';

const port = parentPort;
invariant(port !== null, 'the monitor runs in a worker thread');
const send = (message: FromMonitor) => port.postMessage(message);
const storeFailed = (error: unknown) => send({ type: 'storeFailed', error: toWire(error) });
const store = openStore(workerData as MonitorSetup);
const monitor = localMonitor({
  ...(store === null ? {} : { store }),
  onStoreFailure: storeFailed,
});
monitor.listen((notice) => {
  const numbers = notice.type === 'tick' ? [notice.pack.single, notice.pack.double] : [];
  port.postMessage(
    { type: 'notice', notice } satisfies FromMonitor,
    numbers.map(({ buffer }) => buffer as ArrayBuffer),
  );
});

port.on('message', (message: ToMonitor) => {
  if (message.type === 'apply') {
    const { event } = message;
    monitor.apply(event);
    if (event.type === 'frame') send({ type: 'frameRead', jobId: event.jobId });
    return;
  }
  if (message.type === 'close') {
    void monitor.close().then(() => send({ type: 'closed' }));
    return;
  }
  const { id, question, values } = message;
  ask(question, values).then(
    (value) => send({ type: 'answer', id, value }),
    (error: unknown) => send({ type: 'failed', id, error: toWire(error) }),
  );
});

function ask<Q extends Question>(question: Q, values: Parameters<MonitorPort[Q]>) {
  const method = monitor[question] as (
    ...given: Parameters<MonitorPort[Q]>
  ) => ReturnType<MonitorPort[Question]>;
  return method(...values);
}

function openStore({ historyFile, quotaBytes }: MonitorSetup): HistoryStore | null {
  if (historyFile === null) return null;
  try {
    return openHistory(historyFile, quotaBytes, (path, error) => {
      send({ type: 'setAside', path, error: toWire(error) });
    });
  } catch (error) {
    storeFailed(error);
    return null;
  }
}
