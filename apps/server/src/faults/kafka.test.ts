/** `kill -9` of everything between two topics of a real Kafka; its own consumer counts. */
import { setTimeout as delay } from 'node:timers/promises';
import { type KafkaCluster, kafkaProblem, startKafka } from '@weir/dev-services';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  countedProblems,
  KAFKA_CONFIGURATION,
  kafkaJob,
  readCounted,
} from './testing/kafka-job.ts';
import { ServerProcess, until, Workspace } from './testing/server-process.ts';

const missing = await kafkaProblem();
if (missing !== null) console.warn(`skipped, nothing to run a broker with: ${missing}`);

// Half a minute of work, so that all kills land in its middle on a fast machine, too.
const COUNT = 60_000;

describe.skipIf(missing !== null)('Kafka to Kafka', { timeout: 300_000 }, () => {
  let kafka: KafkaCluster;
  let server: ServerProcess | null = null;

  beforeAll(async () => {
    kafka = await startKafka();
    await Promise.all([kafka.createTopic('numbers', 4), kafka.createTopic('counted', 3)]);
    const lines = Array.from({ length: COUNT }, (_, n) => `${n}\t${n}`).join('\n');
    const keyed = ['--topic', 'numbers', '--reader-property', 'parse.key=true'];
    await kafka.tool('console-producer', keyed, `${lines}\n`);
  }, 240_000);
  afterAll(async () => {
    await server?.kill();
    await kafka?.stop();
  });

  it('stays exact while TaskManager, server and broker are killed', async () => {
    const workspace = new Workspace();
    server = await ServerProcess.start(workspace.dataDirectory);
    const program = workspace.write(
      'job.ts',
      kafkaJob(kafka.bootstrapServers, 'numbers', 'counted'),
    );
    const jobId = await server.submit(program, {
      configuration: KAFKA_CONFIGURATION,
    });

    const checkpoints = async (): Promise<number> => {
      const { counts } = await server!.get<{ counts: { completed: number } }>(
        `/jobs/${jobId}/checkpoints`,
      );
      return counts.completed;
    };
    /** Lets some checkpoints pass, and some of the next. */
    const progress = async (round: number): Promise<void> => {
      const before = await checkpoints();
      await until(
        async () =>
          (await checkpoints()) >= before + 2 || (await server!.status(jobId)) === 'FINISHED',
        async () => `no checkpoint: ${JSON.stringify(await server!.exceptions(jobId))}`,
        60_000,
      );
      await delay((round * 37) % 100);
    };
    for (let round = 0; round < 4; round++) {
      await progress(round);
      const { pid } = await server.info(jobId);
      if (pid !== null) process.kill(pid, 'SIGKILL');
    }
    await progress(4);
    await server.kill();
    server = await ServerProcess.start(workspace.dataDirectory);
    await until(
      async () => (await server!.get<{ jobs: unknown[] }>('/jobs')).jobs.length === 1,
      () => 'the job did not come back',
    );
    await progress(5);
    await kafka.killBroker(1);
    await kafka.startBroker(1);
    await server.reaches(jobId, 'FINISHED', 120_000);
    expect((await server.info(jobId)).attempt).toBeGreaterThanOrEqual(5);

    expect(countedProblems(await readCounted(kafka, 'counted'), COUNT)).toEqual([]);
  });
});
