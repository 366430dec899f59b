/**
 * `npm run soak -- …`: the simulator under many seeds; `npm run soak -- kafka …`: real processes
 * and a real broker under many kills. What each takes stands at its head.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const args = process.argv.slice(2);
const script =
  args[0] === 'kafka'
    ? ['apps/server/src/faults/testing/kafka-soak.ts', ...args.slice(1)]
    : ['packages/testing/src/soak.ts', ...args];
const root = join(import.meta.dirname, '..');
const { status } = spawnSync(process.execPath, ['--enable-source-maps', ...script], {
  cwd: root,
  stdio: 'inherit',
});
process.exit(status ?? 1);
