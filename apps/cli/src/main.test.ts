/** Commands as a user types them, against a real server. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningServer, startServer } from '@weir/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXIT } from './exit-code.ts';
import { execute } from './main.ts';

const TIMEOUT_MS = 60_000;
const directory = mkdtempSync(join(tmpdir(), 'weir-cli-'));
const ENVIRONMENT = `import { StreamExecutionEnvironment } from '@weir/datastream';
const env = StreamExecutionEnvironment.getExecutionEnvironment();
`;

let server: RunningServer;

beforeAll(async () => {
  server = await startServer({
    port: 0,
    prometheusPort: null,
    dataDirectory: join(directory, '.weir'),
  });
}, TIMEOUT_MS);

afterAll(() => server.close(), TIMEOUT_MS);

function job(name: string, program: string): string {
  const path = join(directory, name);
  writeFileSync(path, `${ENVIRONMENT}${program}`);
  return path;
}

async function weir(...argv: readonly string[]) {
  const out: string[] = [];
  const error: string[] = [];
  const terminal = {
    out: (line: string) => out.push(line),
    error: (line: string) => error.push(line),
  };
  const code = await execute([...argv, '--server', server.url], terminal);
  return { code, out: out.join('\n'), error: error.join('\n') };
}

describe('weir', { timeout: TIMEOUT_MS }, () => {
  it('runs a job to its end, lists it and shows it', async () => {
    const path = job('fine.ts', `env.fromData(1, 2).print(); await env.execute('fine');`);
    const ran = await weir('run', path);
    expect(ran).toMatchObject({ code: EXIT.OK, error: '' });
    expect(ran.out).toMatch(/Job [0-9a-f]{32} submitted[\s\S]*FINISHED[\s\S]*Finished after/);
    const id = /Job ([0-9a-f]{32})/.exec(ran.out)![1]!;
    expect((await weir('list')).out).toContain(`${id}  FINISHED`);
    expect((await weir('info', id.slice(0, 8))).out).toMatch(/^fine\n[\s\S]*VERTEX/);
    expect((await weir('cancel', id)).code).toBe(EXIT.FAILURE);
  });

  it('says why and where a job failed', async () => {
    const path = job(
      'wrong.ts',
      `env.fromData({ a: 1 }).map((row: any) => row.b.c).name('breaks').print();
await env.execute('wrong');`,
    );
    const ran = await weir('run', path);
    expect(ran.code).toBe(EXIT.JOB_FAILED);
    expect(ran.error).toMatch(/"breaks" failed at .*wrong\.ts:3[\s\S]*at .*wrong\.ts:3:\d+\)/);
    expect(ran.error).not.toContain('packages/runtime');
  });

  it('shows a mistake in the text with its line', async () => {
    const ran = await weir('run', job('typo.ts', 'env.fromData(1).map(;'));
    expect(ran.code).toBe(EXIT.FAILURE);
    expect(ran.error).toMatch(/typo\.ts:3:21: Unexpected ";"\n {2}3 \| env\.fromData/);
  });

  it('says how to start a server when none answers', async () => {
    const error: string[] = [];
    const terminal = { out: () => {}, error: (line: string) => error.push(line) };
    const path = job('unsent.ts', '');
    const code = await execute(['run', path, '--server', 'http://127.0.0.1:9'], terminal);
    expect(code).toBe(EXIT.SERVER_UNREACHABLE);
    expect(error.join()).toContain('Start a server with `weir server`');
  });

  it('answers a wrong command line with its usage', async () => {
    const ran = await weir('savepoint');
    expect(ran.code).toBe(EXIT.USAGE);
    expect(ran.error).toContain('weir savepoint ID [options]');
  });

  it('refuses a second server in the same directory and other addresses', async () => {
    const error: string[] = [];
    const terminal = { out: () => {}, error: (line: string) => error.push(line) };
    const data = join(directory, '.weir');
    expect(await execute(['server', '--data-dir', data], terminal)).toBe(EXIT.FAILURE);
    expect(await execute(['server', '--host', '0.0.0.0'], terminal)).toBe(EXIT.FAILURE);
    expect(error[0]).toContain(`in use by the server with pid ${process.pid}`);
    expect(error[1]).toContain('this machine only');
  });
});
