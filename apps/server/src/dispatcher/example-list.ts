/** The example jobs that come with the source tree, described by a file beside them. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { exampleList } from '@weir/console-protocol';
import { WeirError } from '@weir/core';
import { TREE_ROOT } from '../engine-resolution.ts';
import type { ExampleEntry } from '../http/job-service.ts';

const EXAMPLES = fileURLToPath(new URL('apps/examples/', TREE_ROOT));

/**
 * Empty where the engine runs without its examples. Entries are absolute paths.
 * @throws WeirError CONFIG_INVALID when the list can't be understood
 */
export async function listExamples(folder = EXAMPLES): Promise<readonly ExampleEntry[]> {
  const file = resolve(folder, 'examples.json');
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    // The engine was installed without examples.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  const { examples } = parse(file, text);
  return examples.map((example) => ({ ...example, entry: resolve(folder, example.entry) }));
}

function parse(file: string, text: string): { readonly examples: readonly ExampleEntry[] } {
  try {
    return exampleList.parse({ examples: JSON.parse(text) });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const message = `${file} is no list of examples: ${why}; correct it, or remove it`;
    throw new WeirError('CONFIG_INVALID', message, { cause });
  }
}
