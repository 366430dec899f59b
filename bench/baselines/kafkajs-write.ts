/** kafkajs's idempotent producer, a thousand messages a call. */
import { Kafka, logLevel } from 'kafkajs';
import { rawValues, topicOf } from '../workload/kafka-topics.ts';
import { report, Stopwatch } from '../workload/measurement.ts';
import { orderAt, userNames } from '../workload/orders.ts';
import { parametersOf } from '../workload/parameters.ts';

const BATCH = 1000;
const IN_FLIGHT = 5;

const { file, records, servers, format, topic: round } = parametersOf(process.argv.slice(2));
const users = userNames(BATCH);
const values = rawValues();
const kafka = new Kafka({ brokers: servers.split(','), logLevel: logLevel.NOTHING });
const producer = kafka.producer({ idempotent: true, maxInFlightRequests: IN_FLIGHT });
await producer.connect();
const topic = topicOf('kafkajs', round);
const watch = new Stopwatch(Math.floor(records / 5), records);
const sending = new Set<Promise<unknown>>();
for (let id = 0; id < records; id += BATCH) {
  const messages = Array.from({ length: BATCH }, (_, i) => ({
    value: format === 'json' ? JSON.stringify(orderAt(id + i, users, 1000)) : values[i]!,
  }));
  const sent: Promise<unknown> = producer.send({ topic, messages }).then(() => {
    sending.delete(sent);
    watch.add(BATCH);
  });
  sending.add(sent);
  if (sending.size >= IN_FLIGHT) await Promise.race(sending);
}
await Promise.all(sending);
report(file, watch.result);
await producer.disconnect();
