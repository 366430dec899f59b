/**
 * `npm run example -- fraud` (or `clicks`): a real Kafka broker on loopback, its topics, steady
 * traffic, and the job on a server, all of which end with Ctrl-C.
 *
 * Options: `--port N` of the server (default 8081; one that answers there is used),
 * `--bootstrap-servers HOST:PORT,…` of a Kafka of your own. Everything else goes to the job.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { buildChanged } from './build.ts';
import {
  cancelJob,
  isUp,
  type LocalServer,
  openBrowser,
  runExample,
  runningJobs,
  startServer,
} from './local-server.ts';

const root = join(import.meta.dirname, '..');
const NAMES = ['fraud', 'clicks'];

interface Arguments {
  readonly name: string;
  readonly port: string;
  readonly traffic: readonly string[];
  readonly job: readonly string[];
}

function readArguments([name, ...given]: readonly string[]): Arguments | null {
  if (name === undefined || !NAMES.includes(name)) return null;
  const job: string[] = [];
  let port = '8081';
  let traffic: readonly string[] = [name];
  for (let i = 0; i < given.length; i++) {
    const option = given[i] as string;
    if (option === '--port') port = given[++i] ?? '';
    else if (option === '--bootstrap-servers') traffic = [...traffic, option, given[++i] ?? ''];
    else job.push(option);
  }
  return { name, port, traffic, job };
}

/** Kafka and its traffic; resolves with the address once the topics are there, null at its end. */
function startTraffic(args: readonly string[]): {
  child: ChildProcess;
  servers: Promise<string | null>;
} {
  // Of kafkajs 2.2.4, which computes a wait from a time that has passed.
  const options = ['--disable-warning=TimeoutNegativeWarning'];
  const main = join(root, 'apps/examples/traffic/main.ts');
  const stdio = ['ignore', 'pipe', 'inherit', 'ipc'] as const;
  const child = spawn(process.execPath, [...options, main, ...args], { stdio: [...stdio] });
  const servers = new Promise<string | null>((resolve) => {
    child.on('exit', () => resolve(null));
    if (child.stdout === null) return;
    createInterface({ input: child.stdout }).on('line', (line) => {
      console.log(line);
      const at = /^Kafka is at (.+)$/.exec(line)?.[1];
      if (at !== undefined) resolve(at);
    });
  });
  return { child, servers };
}

async function serverAt(port: string): Promise<LocalServer | null> {
  const url = `http://127.0.0.1:${port}`;
  if (!(await isUp(url))) return startServer(port, ['--port', port]);
  const stopped = new Promise<number>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve(0));
  });
  return { url, ended: stopped };
}

async function runOn(server: LocalServer, kafka: string, { name, job }: Arguments) {
  // Of an earlier start, whose Kafka is gone.
  for (const id of await runningJobs(server.url, name)) await cancelJob(server.url, id);
  const args = ['--bootstrap-servers', kafka, ...job];
  return runExample(server.url, name, ['--parallelism', '2'], args);
}

async function main(): Promise<number> {
  const given = readArguments(process.argv.slice(2));
  if (given === null) {
    console.error(`Which example? npm run example -- ${NAMES.join(' | ')}`);
    return 2;
  }
  await buildChanged();
  const { child, servers } = startTraffic(given.traffic);
  try {
    const kafka = await servers;
    const server = kafka === null ? null : await serverAt(given.port);
    if (kafka === null || server === null) return 1;
    if ((await runOn(server, kafka, given)) !== 0) return 1;
    console.log(`\n  Kafka:   ${kafka}\n  Console: ${server.url}\n`);
    openBrowser(server.url);
    return await server.ended;
  } finally {
    const gone = new Promise((resolve) => child.on('exit', resolve));
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM');
      await gone;
    }
  }
}

process.exit(await main());
