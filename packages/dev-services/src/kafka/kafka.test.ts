import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { afterEach, expect, it, vi } from 'vitest';
import { kafkaProblem, startKafka } from '../index.ts';

// Several JVMs start one after the other, on a machine that is busy.
vi.setConfig({ testTimeout: 240_000 });

const missing = await kafkaProblem();
if (missing !== null) console.warn(`skipped, nothing to run a broker with: ${missing}`);

afterEach(() => vi.unstubAllEnvs());

it.skipIf(missing !== null)(
  'serves, comes back with its data after a kill, and leaves nothing behind',
  async () => {
    const kafka = await startKafka({ sasl: true, transactionVersion: 0 });
    const { folder } = kafka;
    await kafka.createTopic('words', 2);
    await kafka.tool('console-producer', ['--topic', 'words'], 'one\ntwo\n');
    await kafka.killBroker(1);
    expect(kafka.pids.size).toBe(0);
    await kafka.startBroker(1);
    const read = ['--topic', 'words', '--from-beginning', '--max-messages', '2'];
    const words = await kafka.tool('console-consumer', [...read, '--timeout-ms', '20000']);
    expect(words.trim().split('\n').sort()).toEqual(['one', 'two']);

    const { bootstrapServers, caFile } = kafka.sasl;
    const port = Number(bootstrapServers.split(':')[1]);
    const tls = connectTls({ port, host: '127.0.0.1', ca: readFileSync(caFile) });
    await once(tls, 'secureConnect');
    expect(tls.authorized).toBe(true);
    tls.destroy();

    await expect(kafka.tool('topics', ['--describe', '--topic', 'none'])).rejects.toMatchObject({
      code: 'SERVER_UNREACHABLE',
      message: expect.stringContaining("Topic 'none' does not exist"),
    });
    await kafka.stop();
    expect(existsSync(folder)).toBe(false);
  },
);

it.skipIf(missing !== null)('ends with its parent, even when that is killed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'weir-'));
  const program = `
    const { startKafka } = await import(${JSON.stringify(import.meta.resolve('../index.ts'))});
    const kafka = await startKafka();
    process.stdout.write(JSON.stringify([kafka.folder, kafka.bootstrapServers]));
    setInterval(() => {}, 1000);
  `;
  const parent = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, TMPDIR: folder },
  });
  const [text] = (await once(parent.stdout, 'data')) as [Buffer];
  const [kept, address] = JSON.parse(text.toString()) as [string, string];
  expect(existsSync(kept)).toBe(true);
  const socket = connect(Number(address.split(':')[1]), '127.0.0.1');
  await once(socket, 'connect');
  // Reset or ended: either way nobody is there any more.
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.on('error', () => {});
  parent.kill('SIGKILL');
  await closed;
  await vi.waitUntil(() => !existsSync(kept), { timeout: 20_000 });
});

it('says what is missing', async () => {
  vi.stubEnv('JAVA_HOME', '/nowhere');
  expect(await kafkaProblem()).toContain('there is no /nowhere/bin/java; install a JDK');
  await expect(startKafka()).rejects.toMatchObject({ code: 'SERVER_UNREACHABLE' });
});
