/** One slot of `two-threads.test.ts`: a task that sends and a task that receives, in real life. */
import { parentPort, workerData } from 'node:worker_threads';
import type { AtomicsPort, ObjectBatch } from '@weir/core';
import type { JobEdge } from '@weir/graph';
import type { ExchangePlan } from './exchange-plan.ts';
import { SlotExchange } from './slot-exchange.ts';

interface Row {
  readonly source: number;
  readonly sequence: number;
  readonly name: string;
}

const { plan, slot, edges, rows } = workerData as {
  plan: ExchangePlan;
  slot: number;
  edges: readonly JobEdge[];
  rows: number;
};
const BATCH_ROWS = 500;

const atomics: AtomicsPort = {
  load: (cells, index) => Atomics.load(cells, index),
  store: (cells, index, value) => void Atomics.store(cells, index, value),
  add: (cells, index, value) => Atomics.add(cells, index, value),
  notify: (cells, index) => void Atomics.notify(cells, index),
  waitAsync: (cells, index, expected) => {
    const result = Atomics.waitAsync(cells as Int32Array<SharedArrayBuffer>, index, expected);
    return result.async ? result.value : null;
  },
};
const clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() };
const exchange = new SlotExchange({ plan, slot, atomics, clock, mode: 'EXACTLY_ONCE' });
const keySelectors = new Map([[0, (row: Row) => row.name]]);
const writer = exchange.createWriter({ vertexId: 'a', subtask: slot, edges, keySelectors });
const gate = exchange.createGate('b', slot);

let sent = 0;
let received = 0;
let outOfOrder = 0;
let sleeps = 0;
let ended = false;
let pushedEnd = false;
const last = [-1, -1];

function send(): boolean {
  if (!writer.drain() || pushedEnd) return false;
  if (sent === rows) {
    pushedEnd = true;
    writer.push({ kind: 'endOfInput' });
  } else {
    const batch = Array.from({ length: BATCH_ROWS }, (_, i): Row => {
      const sequence = sent + i;
      return { source: slot, sequence, name: `key-${sequence % 1000}` };
    });
    sent += BATCH_ROWS;
    const count = batch.length;
    writer.push({ kind: 'objects', count, rows: batch, timestamps: null, keyHashes: null });
  }
  return writer.drain();
}

function receive(): boolean {
  const event = gate.next();
  if (event === null) return false;
  if (event.kind === 'endOfInput') ended = true;
  if (event.kind !== 'batch') return true;
  for (const row of (event.batch as ObjectBatch).rows as Row[]) {
    if (row.sequence <= last[row.source]!) outOfOrder++;
    last[row.source] = row.sequence;
    received++;
  }
  return true;
}

// waitAsync keeps no thread alive: the port does, until the parent ends this thread.
parentPort?.on('message', () => {});
while (!(ended && pushedEnd && writer.drain())) {
  const moved = [exchange.poll(), send(), receive()].includes(true);
  if (moved) continue;
  writer.flush();
  const sleep = exchange.sleep();
  if (sleep === null) continue;
  sleeps++;
  await sleep;
}
parentPort?.postMessage({ rows: received, outOfOrder, sleeps, ended });
