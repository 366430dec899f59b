import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ProcessRegistry } from './process-registry.ts';

describe('ProcessRegistry', () => {
  it('waits for processes of an earlier server and kills those that stay', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'weir-pids-'));
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await once(child, 'spawn');
    new ProcessRegistry(folder).add(child.pid!);
    const exit = once(child, 'exit');
    await new ProcessRegistry(folder).awaitLeftOver(1);
    expect(await exit).toEqual([null, 'SIGKILL']);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('does not touch another process that was given the same pid', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'weir-pids-'));
    const registry = new ProcessRegistry(folder);
    registry.add(process.pid);
    writeFileSync(join(folder, String(process.pid)), 'started at another time');
    await registry.awaitLeftOver(1);
    expect(readdirSync(folder)).toEqual([]);
  });
});
