/** Programs that never become a job: the submission says why, where and what to do. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { marked, type Program } from './testing/fault-programs.ts';
import { ServerProcess, until, Workspace } from './testing/server-process.ts';

const IMPORT = `import { StreamExecutionEnvironment } from '@weir/datastream';
const env = StreamExecutionEnvironment.getExecutionEnvironment();
`;
const EXECUTE = `await env.execute('never');\n`;

interface Wrong {
  readonly what: string;
  readonly program: Program;
  readonly says: readonly RegExp[];
}

function wrong(what: string, text: string, ...says: RegExp[]): Wrong {
  return { what, program: marked(text), says };
}

const WRONG: readonly Wrong[] = [
  wrong('a syntax error', `${IMPORT}const a = ; // <- here\n${EXECUTE}`, /Unexpected ";"/),
  wrong(
    'an import of a package that is missing',
    `import nothing from 'no-such-package'; // <- here\n${IMPORT}nothing();\n${EXECUTE}`,
    /Could not resolve "no-such-package"/,
    /npm install no-such-package/,
  ),
  wrong(
    'an import of a file that is missing',
    `import { rows } from './no-such-file.ts'; // <- here\n${IMPORT}rows();\n${EXECUTE}`,
    /Could not resolve "\.\/no-such-file\.ts"/,
  ),
  wrong(
    'an import of a name that a module does not have',
    `import { nothing } from 'node:fs';\n${IMPORT}nothing();\n${EXECUTE}`,
    /does not provide an export named 'nothing'/,
  ),
  wrong(
    'a throw at top level',
    `${IMPORT}throw new TypeError('no settings'); // <- here\n`,
    /TypeError: no settings/,
  ),
  wrong(
    'a throw in a function that it calls',
    `${IMPORT}const read = (x?: { y: number }) => x!.y; // <- here\nread();\n${EXECUTE}`,
    /Cannot read properties of undefined/,
  ),
  wrong('no execute()', `${IMPORT}env.fromData(1).print();\n`, /without calling execute\(\)/),
  wrong('no operators', `${IMPORT}${EXECUTE}`, /fromSource|no operator|no sink|nothing/i),
  wrong(
    'a call of process.exit',
    `${IMPORT}process.exit(2); // <- here\n${EXECUTE}`,
    /process\.exit\(2\) before its execute\(\)/,
  ),
  wrong(
    'a rejection that nobody handles',
    `${IMPORT}void Promise.reject(new Error('too early')); // <- here\n${EXECUTE}`,
    /Error: too early/,
  ),
  wrong(
    'an argument that an operator refuses',
    `${IMPORT}env.fromData(1).map((n) => n).setParallelism(0).print(); // <- here\n${EXECUTE}`,
    /parallelism/,
  ),
  wrong(
    'an option that does not exist in this form',
    `${IMPORT}env.enableCheckpointing('soon' as never); // <- here\n${EXECUTE}`,
    /soon/,
  ),
];

const workspace = new Workspace();
let server: ServerProcess;

beforeAll(async () => {
  server = await ServerProcess.start(workspace.dataDirectory);
});

afterAll(() => server.close());

describe('a program with', { timeout: 40_000 }, () => {
  it.each(WRONG)('$what', async ({ what, program: { text, line }, says }) => {
    const file = `${what.replaceAll(/\W+/g, '-')}.ts`;
    const { status, body } = await server.trySubmit(workspace.write(file, text));
    const shown = (body as { errors: string[] }).errors.join('\n');
    expect(status, shown).toBe(400);
    for (const words of says) expect(shown).toMatch(words);
    if (line > 0) expect(shown, 'the line').toContain(`${file}:${line}`);
    expect((await server.get<{ jobs: unknown[] }>('/jobs')).jobs).toEqual([]);
  });

  it('any mistake leaves no process and no artifact behind', async () => {
    await until(
      () => server.children().length <= 1,
      () => `${server.children().length} processes are left`,
    );
    const entry = workspace.write('good.ts', `${IMPORT}env.fromData(1).print();\n${EXECUTE}`);
    const jobId = await server.submit(entry);
    await server.reaches(jobId, 'FINISHED');
    await server.forget(jobId);
    expect(readdirSync(join(workspace.dataDirectory, 'artifacts'))).toEqual([]);
  });
});
