/**
 * Bundles the engine to `dist/engine`: one ES module per process entry and per package that jobs
 * import, with everything they have in common in shared chunks, so that each class exists once per
 * thread. `engine-resolution.ts` in the server finds the entries by these names.
 */
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..');
const output = join(root, 'dist/engine');

const PROCESSES: Readonly<Record<string, string>> = {
  cli: 'apps/cli/src/main.ts',
  taskmanager: 'apps/server/src/taskmanager/main.ts',
  slot: 'apps/server/src/taskmanager/slot.ts',
  compiler: 'apps/server/src/compiler/main.ts',
  monitor: 'apps/server/src/monitor/monitor-worker.ts',
};

/** Packages that no job imports. */
const INTERNAL = new Set(['testing', 'monitor', 'console-protocol', 'flink-rest', 'sql-syntax']);

/** Native, large, or with files of their own beside their modules. */
const EXTERNAL = [
  'esbuild',
  'vega-datasets',
  'pg',
  'pg-native',
  '@electric-sql/*',
  'vite',
  'snappy',
  'lz4-napi',
];

export async function buildEngine(): Promise<void> {
  await rm(output, { recursive: true, force: true });
  await mkdir(output, { recursive: true });
  await build({
    entryPoints: { ...PROCESSES, ...(await packageEntries()) },
    outdir: output,
    absWorkingDir: root,
    bundle: true,
    splitting: true,
    chunkNames: 'chunk-[hash]',
    platform: 'node',
    format: 'esm',
    target: 'node24',
    charset: 'utf8',
    // Not linked: processes map stacks to the user's sources, and the engine's own frames have to
    // stay recognisable as such.
    sourcemap: 'external',
    sourcesContent: false,
    external: EXTERNAL,
    logLevel: 'warning',
    banner: {
      // CommonJS packages inside the bundle ask for built-in modules through `require`.
      js:
        "import{createRequire as __weirCreateRequire}from'node:module';" +
        'globalThis.require??=__weirCreateRequire(import.meta.url);',
    },
  });
}

async function packageEntries(): Promise<Record<string, string>> {
  const entries: Record<string, string> = {};
  for (const name of await readdir(join(root, 'packages'))) {
    const entry = `packages/${name}/src/index.ts`;
    if (INTERNAL.has(name) || !existsSync(join(root, entry))) continue;
    entries[`weir-${name}`] = entry;
  }
  return entries;
}

if (import.meta.main) await buildEngine();
