/**
 * `kill -9` exactly between the steps of a checkpoint's transaction, and a job that comes back only
 * after the brokers have given its transaction up.
 */
import { type KafkaCluster, kafkaProblem, startKafka } from '@weir/dev-services';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KafkaGate, type Point, REQUESTS } from './testing/kafka-gate.ts';
import {
  countedProblems,
  countedRows,
  KAFKA_CONFIGURATION,
  kafkaJob,
  readCounted,
} from './testing/kafka-job.ts';
import { ServerProcess, until, Workspace } from './testing/server-process.ts';

const missing = await kafkaProblem();
if (missing !== null) console.warn(`skipped, nothing to run a broker with: ${missing}`);

// Enough that no kill comes after the end, on a fast machine either.
const COUNT = 60_000;
/** Longer than a checkpoint takes on a busy machine, short enough to be waited for. */
const TRANSACTION_TIMEOUT_MS = 6000;

/** In the order in which a checkpoint comes to them. */
const POINTS: readonly (Point & { readonly between: string })[] = [
  { request: 'Produce', side: 'request', between: 'before the flush has arrived' },
  { request: 'Produce', side: 'answer', between: 'when the flush was not answered' },
  { request: 'AddOffsetsToTxn', side: 'request', between: 'between flush and proof' },
  { request: 'TxnOffsetCommit', side: 'answer', between: 'between proof and acknowledgement' },
  { request: 'EndTxn', side: 'request', between: 'between completion and commit' },
  { request: 'EndTxn', side: 'answer', between: 'between commit and its answer' },
  { request: 'InitProducerId', side: 'answer', between: 'when the next transaction is made' },
];

/** In the server, where a checkpoint becomes one; everything = TaskManager and server. */
const STEPS = [
  { step: 'acknowledged', victim: 'TaskManager' },
  { step: 'acknowledged', victim: 'everything' },
  { step: 'published', victim: 'everything' },
  { step: 'recorded', victim: 'TaskManager' },
  { step: 'recorded', victim: 'everything' },
] as const;

describe.skipIf(missing !== null)('Kafka, step by step', { timeout: 300_000 }, () => {
  let gate: KafkaGate;
  let kafka: KafkaCluster;
  let workspace: Workspace;
  let server: ServerProcess;

  beforeAll(async () => {
    gate = await KafkaGate.open();
    const advertised = `PLAINTEXT://127.0.0.1:${gate.port}`;
    kafka = await startKafka({ properties: { 'advertised.listeners': advertised } });
    gate.forwardTo(Number(kafka.bootstrapServers.split(':')[1]));
    await kafka.createTopic('numbers', 4);
    const lines = Array.from({ length: COUNT }, (_, n) => `${n}\t${n}`).join('\n');
    const keyed = ['--topic', 'numbers', '--reader-property', 'parse.key=true'];
    await kafka.tool('console-producer', keyed, `${lines}\n`);
    workspace = new Workspace();
    server = await ServerProcess.start(workspace.dataDirectory);
  }, 240_000);
  afterAll(async () => {
    await server?.kill();
    await kafka?.stop();
    gate?.close();
  });

  function program(topic: string, sinkCalls = ''): string {
    const text = kafkaJob(kafka.bootstrapServers, 'numbers', topic, sinkCalls);
    return workspace.write(`${topic}.ts`, text);
  }

  async function completed(jobId: string): Promise<number> {
    const path = `/jobs/${jobId}/checkpoints`;
    const { counts } = await server.get<{ counts: { completed: number } }>(path);
    return counts.completed;
  }

  async function completesAnother(jobId: string): Promise<void> {
    const before = await completed(jobId);
    await until(
      async () => (await completed(jobId)) > before,
      async () => `no checkpoint: ${JSON.stringify(await server.exceptions(jobId))}`,
      60_000,
    );
  }

  it('stays exact, wherever the TaskManager is killed', async () => {
    await kafka.createTopic('points', 3);
    const jobId = await server.submit(program('points'), { configuration: KAFKA_CONFIGURATION });
    for (const { between, ...point } of POINTS) {
      await completesAnother(jobId);
      await gate.holdNext(point);
      const { pid, attempt } = await server.info(jobId);
      expect(pid, between).not.toBeNull();
      process.kill(pid!, 'SIGKILL');
      await until(
        async () => (await server.info(jobId)).attempt > attempt,
        async () => `killed ${between}: ${JSON.stringify(await server.exceptions(jobId))}`,
        60_000,
      );
    }
    await server.reaches(jobId, 'FINISHED', 120_000);
    expect((await server.info(jobId)).attempt).toBe(POINTS.length);
    expect(countedProblems(await readCounted(kafka, 'points'), COUNT)).toEqual([]);
  });

  it('stays exact, wherever a checkpoint is between acknowledgement and notification', async () => {
    await kafka.createTopic('steps', 3);
    const jobId = await server.submit(program('steps'), { configuration: KAFKA_CONFIGURATION });
    for (const { step, victim } of STEPS) {
      await completesAnother(jobId);
      await server.holdCheckpoint(step);
      const { pid } = await server.info(jobId);
      expect(pid, step).not.toBeNull();
      process.kill(pid!, 'SIGKILL');
      if (victim === 'TaskManager') server.releaseCheckpoint();
      else {
        await server.kill();
        server = await ServerProcess.start(workspace.dataDirectory);
      }
      await until(
        async () => {
          const now = (await server.info(jobId)).pid;
          return now !== null && now !== pid;
        },
        async () =>
          `killed ${victim} when ${step}: ${JSON.stringify(await server.exceptions(jobId))}`,
        60_000,
      );
    }
    await server.reaches(jobId, 'FINISHED', 120_000);
    expect(countedProblems(await readCounted(kafka, 'steps'), COUNT)).toEqual([]);
  });

  it('says what to do when it was down for too long, and goes on when it is told to', async () => {
    await kafka.createTopic('late', 3);
    const timeout = `.setProperty('transaction.timeout.ms', '${TRANSACTION_TIMEOUT_MS}')`;
    const jobId = await server.submit(program('late', timeout), {
      configuration: {
        ...KAFKA_CONFIGURATION,
        'execution.checkpointing.timeout': '5 s',
        'execution.checkpointing.tolerable-failed-checkpoints': '100',
      },
    });
    await completesAnother(jobId);
    await gate.holdNext({ request: 'EndTxn', side: 'request' });
    const { pid } = await server.info(jobId);
    await server.kill();
    process.kill(pid!, 'SIGKILL');
    await until(
      async () => !/Ongoing|Prepare/.test(await kafka.tool('transactions', ['list'])),
      () => 'the broker keeps its transactions',
      60_000,
    );

    server = await ServerProcess.start(workspace.dataDirectory);
    const ended = async () => /FAILED|SUSPENDED/.test(await server.status(jobId).catch(() => ''));
    await until(
      ended,
      async () =>
        `${await server.status(jobId)}: ${JSON.stringify(await server.exceptions(jobId))}`,
      60_000,
    );
    const shown = (await server.exceptions(jobId))[0]!.stacktrace;
    expect(shown).toMatch(/transaction late-\d-\d+ of checkpoint \d+ can't be committed/);
    expect(shown).toMatch(/setLostTransactions\('skip'\)/);
    const restorePath = /\S+\/chk-\d+/.exec(shown)?.[0];
    expect(restorePath, shown).toBeDefined();

    const next = await server.submit(program('late', `${timeout}.setLostTransactions('skip')`), {
      restorePath: restorePath!,
      configuration: KAFKA_CONFIGURATION,
    });
    await server.reaches(next, 'FINISHED', 120_000);
    const numbers = countedRows(await readCounted(kafka, 'late')).map(({ n }) => n);
    expect(numbers.length, 'records of the lost transaction').toBeLessThan(COUNT);
    expect(new Set(numbers).size, 'none is there twice').toBe(numbers.length);
  });

  it('has never sent a version that leaves a transactional id stuck', () => {
    const sent = (kind: number): number[] =>
      [...gate.versions]
        .filter(([key]) => /^(weir|points-weir|steps-weir|late-weir) /.test(key))
        .filter(([key]) => key.endsWith(` ${kind}`))
        .map(([, version]) => version);
    expect(sent(REQUESTS.EndTxn)).not.toEqual([]);
    expect(Math.max(...sent(REQUESTS.EndTxn))).toBeLessThan(5);
    expect(Math.max(...sent(REQUESTS.Produce))).toBeLessThan(12);
  });
});
