/** One thread of `exchange.bench.ts`: slot 0 sends, slot 1 receives and reports records/s. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import type { AtomicsPort, ObjectBatch } from '@weir/core';
import type { JobEdge } from '@weir/graph';
import { type ExchangePlan, SlotExchange } from '@weir/runtime';

const { mode, slot, port, plan, edges, batches, warmUp } = workerData as {
  mode: 'exchange' | 'postMessage';
  slot: number;
  port: MessagePort;
  plan: ExchangePlan;
  edges: readonly JobEdge[];
  batches: number;
  warmUp: number;
};
const BATCH_ROWS = 1000;
const DISTINCT_BATCHES = 20;
const MESSAGES_IN_FLIGHT = 16;

interface Row {
  readonly id: number;
  readonly user: string;
  readonly price: number;
  readonly ts: number;
  readonly channel: string;
  readonly ok: boolean;
}

const source = Array.from({ length: DISTINCT_BATCHES }, (_, batch) =>
  Array.from({ length: BATCH_ROWS }, (_, i): Row => {
    const id = batch * BATCH_ROWS + i;
    const user = `user-${100_000 + ((id * 7919) % 900_000)}`;
    const channel = `channel-${id % 100}`;
    return { id, user, price: id * 1.25, ts: 1.7e12 + id, channel, ok: (id & 1) === 0 };
  }),
);
const total = batches + warmUp;
let checksum = 0;
let records = 0;
let startedAtMs = 0;

function use(rows: readonly Row[]): void {
  if (startedAtMs === 0 && records >= warmUp * BATCH_ROWS) {
    startedAtMs = performance.now();
    records = 0;
  }
  for (const row of rows) {
    checksum += row.price + row.user.charCodeAt(5) + row.channel.length + (row.ok ? 1 : 0);
  }
  records += rows.length;
}

function report(): void {
  if (!Number.isFinite(checksum)) throw new RangeError('the records did not arrive');
  parentPort!.postMessage((records / (performance.now() - startedAtMs)) * 1000);
}

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

async function exchangeLoop(): Promise<void> {
  const clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() };
  const exchange = new SlotExchange({ plan, slot, atomics, clock, mode: 'EXACTLY_ONCE' });
  const keySelectors = new Map([[0, (row: Row) => row.user]]);
  const setup = { vertexId: 'a', subtask: 0, edges, keySelectors };
  const writer = slot === 0 ? exchange.createWriter(setup) : null;
  const gate = exchange.createGate('b', 0);
  let sent = 0;
  for (;;) {
    let moved = exchange.poll();
    if (writer?.drain()) {
      if (sent === total) break;
      const rows = source[sent++ % DISTINCT_BATCHES]!;
      const count = rows.length;
      writer.push({ kind: 'objects', count, rows, timestamps: null, keyHashes: null });
      moved = writer.drain() || moved;
      if (sent === total) writer.flush();
    }
    if (writer === null) {
      for (let event = gate.next(); event !== null; event = gate.next()) {
        if (event.kind === 'batch') use((event.batch as ObjectBatch).rows as Row[]);
        moved = true;
      }
      if (startedAtMs > 0 && records >= batches * BATCH_ROWS) break;
    }
    if (!moved) await exchange.sleep();
  }
}

function messageLoop(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let sent = 0;
  const send = (count: number): void => {
    for (let i = 0; i < count && sent < total; i++) {
      port.postMessage(source[sent++ % DISTINCT_BATCHES]);
    }
    if (sent === total) resolve();
  };
  port.on('message', (message: unknown) => {
    if (slot === 0) return send(message as number);
    use(message as Row[]);
    port.postMessage(1);
    if (startedAtMs > 0 && records >= batches * BATCH_ROWS) resolve();
  });
  if (slot === 0) send(MESSAGES_IN_FLIGHT);
  return promise;
}

// Keeps the thread alive while it waits; the parent ends it.
parentPort!.on('message', () => {});
await (mode === 'exchange' ? exchangeLoop() : messageLoop());
if (slot === 1) report();
else parentPort!.postMessage(0);
