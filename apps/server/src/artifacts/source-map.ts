/** The source map beside a bundled job module. */
import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { fileURLToPath } from 'node:url';

/** Null when it can't be read: a bundle's own lines are still better than nothing. */
export function sourceMapOf(artifactUrl: string): SourceMap | null {
  try {
    return new SourceMap(JSON.parse(readFileSync(`${fileURLToPath(artifactUrl)}.map`, 'utf8')));
  } catch {
    return null;
  }
}
