import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ArtifactStore } from './artifact-store.ts';

function workspace(files: Readonly<Record<string, string>>) {
  const root = mkdtempSync(join(tmpdir(), 'weir-artifacts-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  const folder = join(root, 'store');
  mkdirSync(folder);
  return { root, folder, store: new ArtifactStore(folder) };
}

async function codeOf(store: ArtifactStore, entry: string): Promise<string> {
  return readFileSync(fileURLToPath(store.url(await store.add(entry))), 'utf8');
}

describe('ArtifactStore', () => {
  it('bundles TypeScript with its imports and leaves the engine outside', async () => {
    const { root, store } = workspace({
      'job.ts': `import { Duration } from '@weir/core';
        import { Level } from './level.ts';
        console.log(Duration, Level.High);`,
      'level.ts': 'export enum Level { High = 7 }',
    });
    const code = await codeOf(store, join(root, 'job.ts'));
    expect(code).toContain('from "@weir/core"');
    expect(code).not.toContain('./level.ts"');
  });

  it('gives equal modules one artifact, and forgets what no job refers to', async () => {
    const { root, folder, store } = workspace({ 'job.ts': 'export const a = 1;' });
    const first = await store.add(join(root, 'job.ts'));
    expect(await store.add(join(root, 'job.ts'))).toBe(first);
    await store.collect(() => false);
    expect(readdirSync(folder)).toEqual([first]);
    store.unpin(first);
    store.unpin(first);
    await store.collect((sha256) => sha256 === first);
    expect(store.has(first)).toBe(true);
    await store.collect(() => false);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('survives submissions while it forgets', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 8 }, (_, i) => [`job${i}.ts`, `export const a = ${i};`]),
    );
    const { root, store } = workspace(files);
    const forget = async (): Promise<void> => {
      for (let round = 0; round < 40; round++) await store.collect(() => false);
    };
    const submit = async (name: string): Promise<void> => {
      for (let round = 0; round < 5; round++) {
        const sha256 = await store.add(join(root, name));
        expect(store.has(sha256)).toBe(true);
        store.unpin(sha256);
      }
    };
    await Promise.all([forget(), ...Object.keys(files).map(submit)]);
    await store.collect(() => false);
  });

  it('keeps import.meta of each module its own', async () => {
    const { root, store } = workspace({
      'job.ts': `export { there } from './lib/there.ts';
        export const here = import.meta.dirname, main = import.meta.main;`,
      'lib/there.ts': 'export const there = import.meta.url;',
    });
    const exported = await import(store.url(await store.add(join(root, 'job.ts'))));
    expect(exported.here).toBe(root);
    expect(exported.main).toBe(true);
    expect(exported.there).toMatch(/\/lib\/there\.ts$/);
  });

  it('imports packages with native code from where they are installed', async () => {
    const { root, store } = workspace({
      'job.ts': `import { load } from 'addon'; import { plain } from 'plain'; load(plain);`,
      'node_modules/addon/package.json':
        '{"name":"addon","type":"module","exports":"./i.js","dependencies":{"bindings":"1"}}',
      'node_modules/addon/i.js': 'export function load() {}',
      'node_modules/plain/package.json': '{"name":"plain","type":"module","exports":"./i.js"}',
      'node_modules/plain/i.js': 'export const plain = "inside";',
    });
    const code = await codeOf(store, join(root, 'job.ts'));
    expect(code).toContain(`from "file://${root}/node_modules/addon/i.js"`);
    expect(code).toContain('"inside"');
  });

  it('points at a mistake in the text', async () => {
    const { root, store } = workspace({ 'job.ts': 'const a = 1;\nconst b = ;\n' });
    await expect(store.add(join(root, 'job.ts'))).rejects.toMatchObject({
      code: 'JOB_DEFINITION_INVALID',
      message: `${root}/job.ts:2:11: Unexpected ";"\n  2 | const b = ;\n    |           ^`,
    });
  });

  it('says how to get a missing package', async () => {
    const { root, store } = workspace({ 'job.ts': `import 'left-out';` });
    await expect(store.add(join(root, 'job.ts'))).rejects.toThrow('npm install left-out');
  });

  it('says that there is no such file', async () => {
    const { root, store } = workspace({});
    await expect(store.add(join(root, 'jobb.ts'))).rejects.toThrow('jobb.ts does not exist');
  });
});
