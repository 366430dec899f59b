import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lockDirectory } from './directory-lock.ts';

function directory(): string {
  return mkdtempSync(join(tmpdir(), 'weir-lock-'));
}

/** A process that holds the lock until it is killed. */
async function holder(path: string) {
  const module = new URL('./directory-lock.ts', import.meta.url).href;
  const script = join(directory(), 'holder.mjs');
  writeFileSync(
    script,
    `import { lockDirectory } from ${JSON.stringify(module)};
     lockDirectory(process.argv[2]); process.send('locked'); setInterval(() => {}, 1000);`,
  );
  const child = fork(script, [path], { execArgv: [] });
  await once(child, 'message');
  return child;
}

describe('lockDirectory', () => {
  it('refuses a second server and names the first', () => {
    const path = directory();
    const lock = lockDirectory(path);
    expect(() => lockDirectory(path)).toThrow(`${path} is in use by the server with pid`);
    lock.release();
    lockDirectory(path).release();
  });

  it('is free again after kill -9 of its holder, and only then', async () => {
    const path = directory();
    const child = await holder(path);
    expect(() => lockDirectory(path)).toThrow(`the server with pid ${child.pid}`);
    child.kill('SIGKILL');
    await once(child, 'exit');
    lockDirectory(path).release();
  });
});
