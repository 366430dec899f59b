/** Entry of the monitor's worker thread: a local monitor behind the message port. */
import { parentPort, workerData } from 'node:worker_threads';
import { invariant, toWire } from '@weir/core';
import { HistoryStore } from './history-store.ts';
import { localMonitor } from './monitor-port.ts';
import type { FromMonitor, MonitorSetup, ToMonitor } from './monitor-protocol.ts';

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
    monitor.apply(message.event);
    return;
  }
  if (message.type === 'close') {
    void monitor.close().then(() => send({ type: 'closed' }));
    return;
  }
  const { id, jobId } = message;
  const answer =
    message.type === 'snapshot'
      ? monitor.snapshot(jobId)
      : monitor.history(jobId, message.from, message.to);
  void answer.then((value) => send({ type: 'answer', id, value }));
});

function openStore({ historyFile, quotaBytes }: MonitorSetup): HistoryStore | null {
  if (historyFile === null) return null;
  try {
    return new HistoryStore(historyFile, quotaBytes);
  } catch (error) {
    storeFailed(error);
    return null;
  }
}
