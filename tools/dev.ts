/**
 * `npm run dev`: the server from its sources, restarted when they change, and the console with
 * hot reload at http://127.0.0.1:5173 on top of it.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createServer } from 'vite';

const root = join(import.meta.dirname, '..');
const server = spawn(
  process.execPath,
  [
    '--watch',
    '--watch-path=packages',
    '--watch-path=apps/server',
    '--enable-source-maps',
    'apps/cli/bin/weir.mjs',
    'server',
    ...process.argv.slice(2),
  ],
  { cwd: root, stdio: 'inherit', env: { ...process.env, WEIR_FROM_SOURCE: '1' } },
);
const vite = await createServer({
  root: join(root, 'apps/console'),
  configFile: join(root, 'apps/console/vite.config.ts'),
});
await vite.listen();
vite.printUrls();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => server.kill(signal));
}
server.on('exit', async (code) => {
  await vite.close();
  process.exit(code ?? 0);
});
