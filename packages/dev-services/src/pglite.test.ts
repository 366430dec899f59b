import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { expect, it, vi } from 'vitest';
import { startPglite } from './pglite.ts';

// Starting a database takes seconds, and many of them on a machine that is busy.
vi.setConfig({ testTimeout: 120_000 });

const setup = `create table airports (iata text, name text);
  insert into airports values ('ZRH', 'Zürich'), ('BSL', 'Basel');`;

it('answers several clients at once, and again after a start from its cache', async () => {
  const cacheFolder = mkdtempSync(join(tmpdir(), 'weir-pglite-'));
  for (const start of ['first', 'cached']) {
    const server = await startPglite({ setup, cacheFolder });
    const clients = [new pg.Client(server), new pg.Client(server)];
    for (const client of clients) await client.connect();
    const answers = await Promise.all(
      clients.map((client, i) =>
        client.query(`select name from airports where iata = '${i === 0 ? 'ZRH' : 'BSL'}'`),
      ),
    );
    expect([start, ...answers.map((a) => a.rows[0].name)]).toEqual([start, 'Zürich', 'Basel']);
    for (const client of clients) await client.end();
    await server.stop();
    expect(readdirSync(cacheFolder)).toHaveLength(1);
  }
});

it('answers through a network that takes its time, in order and without a loss', async () => {
  const server = await startPglite({ setup, latencyMs: 20 });
  const client = new pg.Client(server);
  await client.connect();
  const startMs = performance.now();
  const { rows } = await client.query('select i from generate_series(1, 20000) i');
  expect(performance.now() - startMs).toBeGreaterThan(19);
  expect(rows.map(({ i }) => i)).toEqual(Array.from({ length: 20_000 }, (_, i) => i + 1));
  await client.end();
  await server.stop();
});

it('says why it did not start', async () => {
  await expect(startPglite({ setup: 'no sql at all' })).rejects.toMatchObject({
    code: 'SERVER_UNREACHABLE',
    message: expect.stringContaining('syntax error'),
  });
});

it('is shared by the threads of a process and dies with it, even when that is killed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'weir-pglite-'));
  const thread = `
    const { sharedPglite } = await import(${JSON.stringify(import.meta.resolve('./index.ts'))});
    const { port } = await sharedPglite('test', {});
    process.stdout.write(port + '\\n');
    setInterval(() => {}, 1000);
  `;
  const threads = `
    import { Worker } from 'node:worker_threads';
    const url = 'data:text/javascript,' + encodeURIComponent(${JSON.stringify(thread)});
    for (let i = 0; i < 2; i++) new Worker(new URL(url));
  `;
  const parent = spawn(process.execPath, ['--input-type=module', '--eval', threads], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, TMPDIR: folder },
  });
  let text = '';
  while (text.split('\n').length < 3) {
    const [chunk] = (await once(parent.stdout, 'data')) as [Buffer];
    text += chunk.toString();
  }
  const [first, second] = text.split('\n').map(Number);
  expect(second).toBe(first);

  const socket = connect(first!, '127.0.0.1');
  await once(socket, 'connect');
  const closed = once(socket, 'close');
  socket.on('error', () => {});
  parent.kill('SIGKILL');
  await closed;
  expect(readdirSync(folder).filter((name) => existsSync(join(folder, name)))).toEqual([]);
});
