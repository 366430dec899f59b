/**
 * A server as a process of its own, for tests that kill it or measure it. Arguments: the data
 * directory and the defaults that jobs inherit, as JSON. Tells its parent its address, and its
 * measurements when it is asked.
 */
import { readdirSync } from 'node:fs';
import { invariant } from '@weir/core';
import { startServer } from '../../main.ts';
import { CHECKPOINT_STEPS, CheckpointGate, type CheckpointStep } from './checkpoint-gate.ts';

/** What must stay flat over redeployments. */
export interface Measurement {
  readonly rssBytes: number;
  readonly heapBytes: number;
  readonly descriptors: number;
}

export type ServerMessage =
  | { readonly type: 'up'; readonly url: string }
  | { readonly type: 'held' }
  | { readonly type: 'measurement'; readonly measurement: Measurement };

async function measure(): Promise<Measurement> {
  invariant(gc !== undefined, 'started without --expose-gc');
  for (let round = 0; round < 3; round++) {
    gc();
    await new Promise((resolve) => setImmediate(resolve));
  }
  return {
    rssBytes: process.memoryUsage.rss(),
    heapBytes: process.memoryUsage().heapUsed,
    descriptors: readdirSync('/proc/self/fd').length,
  };
}

function tell(message: ServerMessage): void {
  process.send?.(message);
}

function isStep(message: unknown): message is CheckpointStep {
  return CHECKPOINT_STEPS.some((step) => step === message);
}

const gate = new CheckpointGate();
const [dataDirectory = '', configuration = '{}'] = process.argv.slice(2);
const server = await startServer({
  port: 0,
  prometheusPort: null,
  dataDirectory,
  configuration: JSON.parse(configuration) as Record<string, string>,
});
process.on('message', (message) => {
  if (message === 'measure')
    void measure().then((measurement) => tell({ type: 'measurement', measurement }));
  if (isStep(message)) void gate.holdNext(message).then(() => tell({ type: 'held' }));
  if (message === 'release') gate.release();
  if (message === 'close') void server.close().then(() => process.exit(0));
});
tell({ type: 'up', url: server.url });
