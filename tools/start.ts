/**
 * `npm start`: the server with its console, and the flights job on it. A job that an earlier start
 * left behind goes on where it was; otherwise a new one is submitted.
 *
 * Options: `--port N`, `--data-dir DIR` are the server's, `--parallelism N` (default 2) the new
 * job's; everything else goes to its program (`npm start -- --speed 3600 --bound 2h`). Ctrl-C stops the server and leaves the job resumable.
 */
import { buildChanged } from './build.ts';
import { isUp, openBrowser, runExample, runningJobs, startServer } from './local-server.ts';

const JOB = 'flights';
const PARALLELISM = '2';
/** What is not the program's. */
const OWN = ['--port', '--data-dir', '--parallelism'];

interface Arguments {
  readonly port: string;
  readonly server: readonly string[];
  readonly parallelism: string;
  readonly job: readonly string[];
}

function readArguments(given: readonly string[]): Arguments {
  const job: string[] = [];
  const server: string[] = [];
  let port = '8081';
  let parallelism = PARALLELISM;
  for (let i = 0; i < given.length; i++) {
    const name = given[i] as string;
    if (!OWN.includes(name)) {
      job.push(name);
      continue;
    }
    const value = given[++i] ?? '';
    if (name === '--port') port = value;
    if (name === '--parallelism') parallelism = value;
    else server.push(name, value);
  }
  return { port, server, parallelism, job };
}

async function main(): Promise<number> {
  const { port, server: options, parallelism, job } = readArguments(process.argv.slice(2));
  await buildChanged();
  const url = `http://127.0.0.1:${port}`;
  if (await isUp(url)) {
    console.error(`Something answers at ${url} already; stop it, or choose another --port.`);
    return 1;
  }
  const server = await startServer(port, options);
  if (server === null) return 1;
  if ((await runningJobs(url, JOB)).length > 0) {
    console.log(`The ${JOB} job goes on where it was.`);
  } else if ((await runExample(url, JOB, ['--parallelism', parallelism], job)) !== 0) {
    console.error(`The ${JOB} job did not start; the console is there all the same.`);
  }
  console.log(`\n  Console: ${url}\n`);
  openBrowser(url);
  return server.ended;
}

process.exit(await main());
