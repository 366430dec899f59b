/**
 * `node apps/examples/traffic/main.ts fraud|clicks [--bootstrap-servers HOST:PORT,…]`: topics and
 * steady traffic for an example, on a Kafka of its own unless one is given. Says
 * `Kafka is at HOST:PORT` once the topics are there; ends, and its Kafka with it, on a signal.
 */
import { parseArgs } from 'node:util';
import { WeirError } from '@weir/core';
import { startKafka } from '@weir/dev-services';
import { clickTraffic } from '../clicks/traffic.ts';
import { fraudTraffic } from '../fraud/traffic.ts';
import { produce } from './producer.ts';

const TRAFFIC = { fraud: fraudTraffic, clicks: clickTraffic };

const { values, positionals } = parseArgs({
  options: { 'bootstrap-servers': { type: 'string' } },
  allowPositionals: true,
});
const make = TRAFFIC[positionals[0] as keyof typeof TRAFFIC];
if (make === undefined) {
  const names = Object.keys(TRAFFIC).join(' | ');
  throw new WeirError('ARGUMENT_INVALID', `which traffic? ${names}`);
}
const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => stopping.abort());
}
process.on('disconnect', () => stopping.abort());

const given = values['bootstrap-servers'];
if (given === undefined) console.log('Starting Kafka (the first time it is fetched, 45 MB) …');
const cluster = given === undefined ? await startKafka() : null;
const servers = given ?? cluster!.bootstrapServers;
try {
  await produce(servers, make(), stopping.signal, {
    ready: () => console.log(`Kafka is at ${servers}`),
    say: (text) => console.log(`traffic: ${text}`),
  });
} finally {
  await cluster?.stop();
  // Listened to above, the connection would keep this process.
  if (process.connected) process.disconnect();
}
