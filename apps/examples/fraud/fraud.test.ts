/**
 * The whole job between real topics and a real database, with its TaskManager killed on the way:
 * Kafka's own consumer finds exactly the alerts that the transactions deserve.
 */
import { fileURLToPath } from 'node:url';
import { type KafkaCluster, kafkaProblem, startKafka } from '@weir/dev-services';
import { SeededRandom } from '@weir/testing';
import { Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until, WeirServer } from '../testing/weir-server.ts';
import { STEP_MS, type TrafficRecord } from '../traffic/traffic.ts';
import { ALERTS_TOPIC, fraudTraffic, TRANSACTIONS_TOPIC } from './traffic.ts';
import type { FraudAlert, Transaction } from './transaction.ts';

const JOB = fileURLToPath(new URL('./job.ts', import.meta.url));
const MINUTES_MS = 60_000;
const FROM_MS = 1_700_000_000_000;
const TRAFFIC_MS = 40_000;
const SPREE_GAP_MS = 30 * 60_000;
const MERCHANTS_MAX = 5;

const missing = await kafkaProblem();
if (missing !== null) console.warn(`skipped, nothing to run a broker with: ${missing}`);

/** What a person with the list of all transactions would say, user by user. */
function deserved(records: readonly TrafficRecord[]): string[] {
  const users = new Map<string, { total: number; lastMs: number; merchants: Set<string> }>();
  const alerts: string[] = [];
  for (const { value } of records) {
    const { id, userId, merchantId, amount, timestamp } = JSON.parse(value) as Transaction;
    const limit = Number(userId.slice(1)) % 10 === 0 ? 20_000 : 10_000;
    let user = users.get(userId);
    if (user === undefined || timestamp - user.lastMs > SPREE_GAP_MS) {
      user = { total: 0, lastMs: timestamp, merchants: new Set() };
      users.set(userId, user);
    }
    const before = user.total;
    user.total += amount;
    user.lastMs = Math.max(user.lastMs, timestamp);
    if (before <= limit && user.total > limit) alerts.push(`${id} amount`);
    const known = user.merchants.size;
    user.merchants.add(merchantId);
    if (known === MERCHANTS_MAX && user.merchants.size > known) alerts.push(`${id} merchants`);
  }
  return alerts.sort();
}

function traffic(): TrafficRecord[] {
  const random = new SeededRandom(11);
  const source = fraudTraffic();
  const records: TrafficRecord[] = [];
  for (let t = FROM_MS; t < FROM_MS + TRAFFIC_MS; t += STEP_MS) {
    records.push(...source.step(t, () => random.next()));
  }
  return records;
}

describe.skipIf(missing !== null)('the fraud job', () => {
  let kafka: KafkaCluster;
  const server = new WeirServer();
  const records = traffic();

  beforeAll(async () => {
    kafka = await startKafka();
    await kafka.createTopic(TRANSACTIONS_TOPIC, 4);
    await kafka.createTopic(ALERTS_TOPIC, 1);
    await server.start();
  }, 5 * MINUTES_MS);
  afterAll(async () => {
    await server.close();
    await kafka?.stop();
  }, MINUTES_MS);

  async function produceAll(): Promise<void> {
    const brokers = kafka.bootstrapServers.split(',');
    const producer = new Kafka({ brokers, logLevel: logLevel.NOTHING }).producer();
    await producer.connect();
    for (let at = 0; at < records.length; at += 500) {
      const messages = records.slice(at, at + 500).map(({ partition, key, value }) => {
        return { partition: partition!, key, value };
      });
      await producer.send({ topic: TRANSACTIONS_TOPIC, messages });
    }
    await producer.disconnect();
  }

  async function everythingIsRead(job: string): Promise<void> {
    interface Splits {
      readonly sources: ReadonlyArray<{
        readonly splits: ReadonlyArray<{ readonly position: string | null }>;
      }>;
    }
    let read = 0;
    const all = async (): Promise<boolean> => {
      const { sources } = await server.get<Splits>(`/weir/v1/jobs/${job}/splits`);
      const positions = sources.flatMap(({ splits }) => splits.map(({ position }) => position));
      const numbers = positions.map((text) => Number(text?.replace(/\D/g, '') ?? 0));
      read = numbers.reduce((sum, one) => sum + one, 0);
      return read === records.length;
    };
    await until(all, () => `read ${read} of ${records.length}`);
  }

  it('alerts exactly once for each reason, whatever is killed', {
    timeout: 8 * MINUTES_MS,
  }, async () => {
    await produceAll();
    const servers = ['--bootstrap-servers', kafka.bootstrapServers];
    const pace = ['--checkpoint-interval', '500ms', '--lookup-latency', '5ms'];
    const job = await server.run(JOB, { parallelism: 2, args: [...servers, ...pace] });
    const first = await server.checkpointAfter(job, 0);
    process.kill(await server.taskManager(job), 'SIGKILL');
    await server.checkpointAfter(job, first);
    await everythingIsRead(job);
    await server.weir('stop', job);
    const output = await kafka.tool('console-consumer', [
      ...['--topic', ALERTS_TOPIC, '--from-beginning', '--timeout-ms', '5000'],
      ...['--isolation-level', 'read_committed'],
    ]);
    const alerts = output
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as FraudAlert);
    const found = alerts.map(({ transactionId, reason }) => `${transactionId} ${reason}`);
    expect(found.length).toBeGreaterThan(10);
    expect(found.sort()).toEqual(deserved(records));
  });
});
