/**
 * Changes one place in the text of a real module as it is loaded, so that a test can show that the
 * simulator notices when a safeguard is missing. The production code knows nothing of it.
 */
import { registerHooks } from 'node:module';
import { invariant } from '@weir/core';

export interface SourceMutation {
  /** Below `packages/`. */
  readonly file: string;
  /** Must occur exactly once. */
  readonly search: string;
  readonly replacement: string;
}

/**
 * For modules that this thread loads from now on; once per thread. What it returns says whether the
 * module was loaded, and with it that the mutation is in effect.
 * @throws InvariantError at the import, when the text is not there: the code has changed, and the
 *   mutation has to follow it.
 */
export function mutateSource({ file, search, replacement }: SourceMutation): () => boolean {
  const target = new URL(`../../../${file}`, import.meta.url).href;
  let applied = false;
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      if (url !== target) return loaded;
      const text = textOf(loaded.source);
      const found = text.split(search).length - 1;
      invariant(found === 1, 'the text to mutate must occur once', { file, search, found });
      applied = true;
      return { ...loaded, source: text.replace(search, () => replacement) };
    },
  });
  return () => applied;
}

function textOf(source: unknown): string {
  return typeof source === 'string' ? source : new TextDecoder().decode(source as Uint8Array);
}
