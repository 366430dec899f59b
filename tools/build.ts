/**
 * Builds what is out of date: the console (Vite) and the engine (esbuild). Each output carries a
 * stamp of the sources that it was made from, so that an unchanged start takes no time.
 */
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { glob } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { buildEngine } from './build-engine.ts';

const root = join(import.meta.dirname, '..');

interface Target {
  readonly name: string;
  readonly stamp: string;
  readonly sources: readonly string[];
  build(): Promise<void>;
}

const TARGETS: readonly Target[] = [
  {
    name: 'engine',
    stamp: 'dist/engine/.stamp',
    sources: ['packages/*/src/**/*.ts', 'apps/{server,cli}/src/**/*.ts', 'tools/build-engine.ts'],
    build: () => buildEngine(),
  },
  {
    name: 'console',
    stamp: 'apps/console/dist/.stamp',
    sources: [
      'apps/console/{src,public}/**/*',
      'apps/console/{index.html,vite.config.ts}',
      'packages/{console-protocol,flink-rest,core}/src/**/*.ts',
    ],
    build: buildConsole,
  },
];

/** Builds every target whose sources or locked packages changed since its last build. */
export async function buildChanged(): Promise<void> {
  for (const target of TARGETS) {
    const wanted = await stampOf(target);
    const file = join(root, target.stamp);
    if (existsSync(file) && readFileSync(file, 'utf8') === wanted) continue;
    console.log(`Building the ${target.name} …`);
    await target.build();
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, wanted);
  }
}

/** Beside the old one and then in its place, so that a running server always finds its files. */
async function buildConsole(): Promise<void> {
  const { build } = await import('vite');
  const folder = join(root, 'apps/console');
  const [next, place, old] = ['dist-new', 'dist', 'dist-old'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  await build({
    root: folder,
    configFile: join(folder, 'vite.config.ts'),
    logLevel: 'warn',
    build: { outDir: next, emptyOutDir: true },
  });
  rmSync(old, { recursive: true, force: true });
  if (existsSync(place)) renameSync(place, old);
  renameSync(next, place);
  rmSync(old, { recursive: true, force: true });
}

async function stampOf(target: Target): Promise<string> {
  const hash = createHash('sha256').update(readFileSync(join(root, 'package-lock.json')));
  const files: string[] = [];
  for (const pattern of target.sources) {
    for await (const path of glob(pattern, { cwd: root })) files.push(path);
  }
  for (const path of files.sort()) {
    const { size, mtimeMs, isFile } = statOf(path);
    if (isFile) hash.update(`${path}:${size}:${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

function statOf(path: string): { size: number; mtimeMs: number; isFile: boolean } {
  const stat = statSync(join(root, path));
  return { size: stat.size, mtimeMs: stat.mtimeMs, isFile: stat.isFile() };
}

if (import.meta.main) await buildChanged();
