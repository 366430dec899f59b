/** Entry of the monitor's worker thread: a local monitor behind the message port. */
import { parentPort } from 'node:worker_threads';
import { invariant } from '@weir/core';
import { localMonitor } from './monitor-port.ts';
import type { FromMonitor, ToMonitor } from './monitor-protocol.ts';

const port = parentPort;
invariant(port !== null, 'the monitor runs in a worker thread');
const send = (message: FromMonitor) => port.postMessage(message);
const monitor = localMonitor();
monitor.listen((notice) => send({ type: 'notice', notice }));

port.on('message', (message: ToMonitor) => {
  if (message.type === 'apply') {
    monitor.apply(message.event);
    return;
  }
  const { id, jobId } = message;
  const answer =
    message.type === 'snapshot'
      ? monitor.snapshot(jobId)
      : monitor.history(jobId, message.from, message.to);
  void answer.then((value) => send({ type: 'answer', id, value }));
});
