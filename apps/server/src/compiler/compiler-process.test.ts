import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ArtifactStore } from '../artifacts/artifact-store.ts';
import { CompilerProcess } from './compiler-process.ts';

const HOST = `import { executionHost } from '@weir/graph';
import { Configuration } from '@weir/core';
const host = executionHost();
const source = operator(1, 'source', []);
const execute = (name) => host.execute({
  name,
  configuration: new Configuration(),
  transformations: [source, operator(2, 'sink', [source])],
});
function operator(id, role, inputs) {
  return { id, kind: 'operator', role, operatorType: role, binding: null, keyed: false, name: role,
    inputs, uid: null, parallelism: null,
    maxParallelism: null, chaining: 'ALWAYS', slotSharingGroup: 'default', origin: null };
}
`;
const HOST_LINES = HOST.split('\n').length - 1;

async function compile(program: string, timeoutMs = 20_000) {
  const root = mkdtempSync(join(tmpdir(), 'weir-compiler-'));
  mkdirSync(join(root, 'artifacts'));
  writeFileSync(join(root, 'job.js'), HOST + program);
  const store = new ArtifactStore(join(root, 'artifacts'));
  const compiler = new CompilerProcess(timeoutMs);
  const printed: string[] = [];
  const graph = compiler.compile(
    {
      artifactUrl: store.url(await store.add(join(root, 'job.js'))),
      configuration: { 'parallelism.default': '3' },
      defaults: {},
      args: ['--fast'],
      submittedAtMs: 1_700_000_000_000,
    },
    ({ text }) => {
      printed.push(text);
    },
  );
  return { graph: await graph, printed };
}

describe('CompilerProcess', () => {
  it('answers with the graph as data and with what the program printed', async () => {
    const { graph, printed } = await compile(`console.log('args', host.args); await execute('x');`);
    expect(graph.name).toBe('x');
    expect(graph.args).toEqual(['--fast']);
    expect(graph.submittedAtMs).toBe(1_700_000_000_000);
    expect(graph.vertices[0]!.parallelism).toBe(3);
    expect(printed).toEqual(["args [ '--fast' ]"]);
  });

  it('shows where the program failed', async () => {
    const failing = compile('const inner = (x) => x.y.z;\ninner({});');
    await expect(failing).rejects.toThrow(
      new RegExp(`TypeError: .*reading 'z'[^]*job\\.js:${HOST_LINES + 1}:26\\n.*x\\.y\\.z`),
    );
  });

  it.each([
    ['no execute()', 'console.log(1);', 'without calling execute()'],
    ['a promise that never settles', 'await new Promise(() => {});', 'without calling execute()'],
    ['two execute()', `void execute('x'); void execute('y');`, 'execute() a second time ("y")'],
    ['process.exit', 'process.exit(3);', 'process.exit(3)'],
    ['a rejection', `void Promise.reject(new Error('later'));`, 'Error: later'],
  ])('refuses a program with %s', async (_, program, message) => {
    await expect(compile(program)).rejects.toMatchObject({
      code: 'JOB_DEFINITION_INVALID',
      message: expect.stringContaining(message),
    });
  });

  it('gives up on a program that never comes to its execute()', async () => {
    await expect(compile('for (;;) {}', 300)).rejects.toThrow('within 0.3 s');
  });
});
