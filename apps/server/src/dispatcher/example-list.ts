/** The example jobs that come with the source tree, described by a file beside them. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TREE_ROOT } from '../engine-resolution.ts';
import type { ExampleEntry } from '../http/job-service.ts';

/** Empty where the engine runs without its examples. Entries are absolute paths. */
export async function listExamples(): Promise<readonly ExampleEntry[]> {
  const folder = fileURLToPath(new URL('apps/examples/', TREE_ROOT));
  let text: string;
  try {
    text = await readFile(resolve(folder, 'examples.json'), 'utf8');
  } catch {
    // The engine was installed without examples.
    return [];
  }
  const examples = JSON.parse(text) as ExampleEntry[];
  return examples.map((example) => ({ ...example, entry: resolve(folder, example.entry) }));
}
