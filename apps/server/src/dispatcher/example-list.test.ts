import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { listExamples } from './example-list.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-examples-'));
});

const ONE = {
  name: 'one',
  title: 'One',
  description: 'The first.',
  entry: 'one/job.ts',
  args: ['--fast'],
  selfContained: true,
};

describe('the examples of the source tree', () => {
  it('are there to be submitted', async () => {
    const examples = await listExamples();
    expect(examples.length).toBeGreaterThan(0);
    expect(new Set(examples.map(({ name }) => name)).size).toBe(examples.length);
    for (const { entry } of examples) {
      expect(isAbsolute(entry), entry).toBe(true);
      expect(existsSync(entry), entry).toBe(true);
    }
  });
});

describe('a list of examples', () => {
  it('gives entries as absolute paths', async () => {
    writeFileSync(join(folder, 'examples.json'), JSON.stringify([ONE]));
    expect(await listExamples(folder)).toEqual([{ ...ONE, entry: join(folder, 'one/job.ts') }]);
  });

  it('is empty where there is none', async () => {
    expect(await listExamples(folder)).toEqual([]);
  });

  it.each(['[', '[{"name":"one"}]', '{}'])('that says %s is told with its path', async (text) => {
    writeFileSync(join(folder, 'examples.json'), text);
    await expect(listExamples(folder)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining(join(folder, 'examples.json')),
    });
  });
});
