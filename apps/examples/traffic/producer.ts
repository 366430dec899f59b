/**
 * Brings an example's traffic to a real broker: creates its topics, then produces step after step,
 * each at its time. A broker that is away for a while is waited for; what was to be produced
 * meanwhile is left out, as by clients that give up.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { Kafka, logLevel, type Message, type Producer } from 'kafkajs';
import { STEP_MS, type Traffic, type TrafficRecord } from './traffic.ts';

const REPORT_MS = 10_000;

export interface ProducerListener {
  /** The topics are there. */
  ready(): void;
  say(text: string): void;
}

/** Until `signal`. @throws what kafkajs throws when no broker can be reached at the start. */
export async function produce(
  bootstrapServers: string,
  traffic: Traffic,
  signal: AbortSignal,
  listener: ProducerListener,
): Promise<void> {
  const kafka = new Kafka({
    clientId: 'weir-example-traffic',
    brokers: bootstrapServers.split(','),
    logLevel: logLevel.NOTHING,
  });
  await createTopics(kafka, traffic);
  const producer = kafka.producer({ allowAutoTopicCreation: false });
  await producer.connect();
  try {
    listener.ready();
    await produceSteps(producer, traffic, signal, (text) => listener.say(text));
  } finally {
    await producer.disconnect();
  }
}

async function createTopics(kafka: Kafka, { topics }: Traffic): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const wanted = topics.map(({ name, partitions }) => ({
      topic: name,
      numPartitions: partitions,
    }));
    await admin.createTopics({ topics: wanted, waitForLeaders: true });
  } finally {
    await admin.disconnect();
  }
}

async function produceSteps(
  producer: Producer,
  traffic: Traffic,
  signal: AbortSignal,
  say: (text: string) => void,
): Promise<void> {
  let nextMs = Math.ceil(Date.now() / STEP_MS) * STEP_MS;
  let reportMs = nextMs + REPORT_MS;
  let sent = 0;
  while (!signal.aborted) {
    await pause(Math.max(0, nextMs - Date.now()), undefined, { signal }).catch(() => {});
    const records = traffic.step(nextMs, Math.random);
    try {
      await send(producer, records);
      sent += records.length;
    } catch (error) {
      say(`the broker took nothing: ${(error as Error).message}`);
    }
    // A broker that was away has no heap of records waiting for it.
    nextMs = Math.max(nextMs + STEP_MS, Math.floor(Date.now() / STEP_MS) * STEP_MS);
    if (nextMs < reportMs) continue;
    say(`${sent} records in the last ${REPORT_MS / 1000} s`);
    reportMs += REPORT_MS;
    sent = 0;
  }
}

async function send(producer: Producer, records: readonly TrafficRecord[]): Promise<void> {
  if (records.length === 0) return;
  const byTopic = Map.groupBy(records, ({ topic }) => topic);
  const topicMessages = [...byTopic].map(([topic, of]) => ({ topic, messages: of.map(messageOf) }));
  await producer.sendBatch({ topicMessages });
}

function messageOf({ partition, key, value, timestampMs }: TrafficRecord): Message {
  const timestamp = String(timestampMs);
  return partition === null ? { key, value, timestamp } : { partition, key, value, timestamp };
}
