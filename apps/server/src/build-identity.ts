/** Which build this is: the console reloads itself when it meets another one. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { TREE_ROOT } from './engine-resolution.ts';

export const VERSION = '0.1.0';

/** Changes whenever the built console or engine does; from sources, with every start. */
export function buildIdentity(): string {
  const hash = createHash('sha256').update(VERSION);
  let stamps = 0;
  for (const stamp of ['dist/engine/.stamp', 'apps/console/dist/.stamp']) {
    const url = new URL(stamp, TREE_ROOT);
    if (!existsSync(url)) continue;
    hash.update(readFileSync(url));
    stamps++;
  }
  if (stamps === 0) hash.update(String(Date.now()));
  return hash.digest('hex').slice(0, 12);
}
