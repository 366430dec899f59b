/** A cluster of the sizes that one rarely has at hand, behind a real server, for one spec. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { test as base } from './weir-server.ts';

const ENTRY = join(import.meta.dirname, '../apps/server/src/http/testing/synthetic-server.ts');
const SIZE = ['--jobs', '1', '--vertices', '210', '--parallelism', '33'];

export interface Cluster {
  readonly url: string;
  /** The job with hundreds of vertices; `merchant-30d` limits it, by one subtask. */
  readonly jobId: string;
}

export const test = base.extend<{ cluster: Cluster }>({
  cluster: async ({ page }, use) => {
    const child = spawn(process.execPath, [ENTRY, ...SIZE]);
    const url = await new Promise<string>((resolve, reject) => {
      let output = '';
      child.stdout.on('data', (chunk) => {
        output += chunk;
        const found = /http:\/\/[\d.]+:\d+/.exec(output)?.[0];
        if (found !== undefined) resolve(found);
      });
      child.stderr.on('data', (chunk) => {
        output += chunk;
      });
      child.on('exit', () => reject(new Error(`no cluster:\n${output}`)));
    });
    await use({ url, jobId: '0'.padStart(32, 'b') });
    // A page that outlives its server would complain, rightly.
    await page.close();
    const exited = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await exited;
  },
});

export { expect } from './weir-server.ts';
