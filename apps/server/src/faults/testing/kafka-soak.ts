/**
 * `npm run soak -- kafka [--kills 100] [--seed 1] [--records 60000]`: numbers from topic to topic
 * of a real Kafka, exactly once, under `kill -9` of TaskManager, server, broker and everything;
 * Kafka's own console consumer counts. A round has a job, an output topic and a seed of its own.
 */
import { parseArgs } from 'node:util';
import { WeirError } from '@weir/core';
import { type KafkaCluster, startKafka } from '@weir/dev-services';
import { SeededRandom } from '@weir/testing';
import { drawKill, KilledJob } from './kafka-kills.ts';
import { countedProblems, KAFKA_CONFIGURATION, kafkaJob, readCounted } from './kafka-job.ts';
import { ServerProcess, Workspace } from './server-process.ts';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    records: { type: 'string', default: '60000' },
  },
});
const kills = wholeNumber('kills', values.kills);
const firstSeed = wholeNumber('seed', values.seed);
const records = wholeNumber('records', values.records);
/** Three starts in a row that fail, and a job is suspended. */
const STARTING_IN_A_ROW_MAX = 1;

const startedAtMs = performance.now();
const kafka: KafkaCluster = await startKafka();
const workspace = new Workspace();
let server = await ServerProcess.start(workspace.dataDirectory);
const where = new Map<string, number>();
let made = 0;
let rounds = 0;
let failed = false;
try {
  await kafka.createTopic('numbers', 4);
  const lines = Array.from({ length: records }, (_, n) => `${n}\t${n}`).join('\n');
  const keyed = ['--topic', 'numbers', '--reader-property', 'parse.key=true'];
  await kafka.tool('console-producer', keyed, `${lines}\n`);
  for (; made < kills && !failed; rounds++) failed = !(await round(firstSeed + rounds));
} finally {
  await server.kill();
  await kafka.stop();
}
for (const [place, count] of [...where].sort()) console.log(`  ${count} × ${place}`);
const minutes = ((performance.now() - startedAtMs) / 60_000).toFixed(1);
console.log(
  `soak kafka: ${made} kills in ${rounds} rounds of ${records} records from seed ${firstSeed}, ` +
    `${minutes} minutes: ${failed ? 'FAILED' : 'none missing, none twice, every key in sequence'}`,
);
process.exit(failed ? 1 : 0);

/** False when its output is wrong, or the job did not get to its end. */
async function round(seed: number): Promise<boolean> {
  const before = made;
  const problems = await problemsOf(seed);
  const count = made - before;
  console.log(`seed ${seed}: ${count} kills, ${problems.length === 0 ? 'exact' : 'WRONG'}`);
  if (problems.length === 0) return true;
  for (const problem of problems) console.log(`  ${problem}`);
  console.log(`  replay: npm run soak -- kafka --seed ${seed} --kills ${count}`);
  return false;
}

async function problemsOf(seed: number): Promise<readonly string[]> {
  const random = new SeededRandom(seed);
  const topic = `counted-${seed}`;
  await kafka.createTopic(topic, 3);
  const text = kafkaJob(kafka.bootstrapServers, 'numbers', topic);
  const program = workspace.write(`${topic}.ts`, text);
  const jobId = await server.submit(program, { configuration: KAFKA_CONFIGURATION });
  const job = new KilledJob(server, workspace.dataDirectory, kafka, jobId);
  try {
    let starting = 0;
    while (made < kills && (await job.goesOn())) {
      const drawn = drawKill(random);
      starting = drawn.moment === 'while it starts' ? starting + 1 : 0;
      if (starting > STARTING_IN_A_ROW_MAX) continue;
      const place = await job.kill(drawn);
      if (place === null) break;
      made++;
      const name = `${drawn.victim}, ${place}`;
      where.set(name, (where.get(name) ?? 0) + 1);
    }
    await job.server.reaches(jobId, 'FINISHED', 180_000);
    return countedProblems(await readCounted(kafka, topic), records);
  } catch (error) {
    if (!(error instanceof Error)) return [String(error)];
    return [error.cause === undefined ? error.message : `${error.message}: ${error.cause}`];
  } finally {
    server = job.server;
  }
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new WeirError('ARGUMENT_INVALID', `--${name} takes a whole number above 0, not "${text}"`);
}
