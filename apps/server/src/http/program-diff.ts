/** What differs between two programs, file by file, line by line. Pure. */
import type { FileDiff, ProgramDiff } from '@weir/console-protocol';
import { structuredPatch } from 'diff';

/** A module of a bundled program, as its author wrote it. */
export interface SourceFile {
  /** Absolute path. */
  readonly path: string;
  readonly text: string;
}

export interface ProgramSources {
  /** Absolute path of the entry module. */
  readonly entry: string;
  readonly files: readonly SourceFile[];
}

const CONTEXT_LINES = 3;
/** Beyond so many changed lines a file counts as written anew. */
const EDITS_MAX = 4000;
const LINES_SHOWN_MAX = 2000;

/** Null on either side: its sources are not kept. Costs O(lines × changes) a file. */
export function programDiff(
  before: ProgramSources | null,
  after: ProgramSources | null,
): ProgramDiff {
  if (before === null || after === null) {
    return { known: false, files: [], sameFiles: 0, packageFiles: 0 };
  }
  const left = byRelativePath(before);
  const right = byRelativePath(after);
  const files: FileDiff[] = [];
  let sameFiles = 0;
  let packageFiles = 0;
  for (const path of new Set([...right.keys(), ...left.keys()])) {
    const [old, now] = [left.get(path), right.get(path)];
    if (old === now) sameFiles++;
    else if (path.includes('node_modules/')) packageFiles++;
    else files.push(fileDiff(path, old, now));
  }
  return { known: true, files, sameFiles, packageFiles };
}

/** The same program in another folder is the same program. */
function byRelativePath({ entry, files }: ProgramSources): Map<string, string> {
  const folder = entry.slice(0, entry.lastIndexOf('/') + 1);
  return new Map(files.map(({ path, text }) => [relativeTo(folder, path), text]));
}

function relativeTo(folder: string, path: string): string {
  if (path.startsWith(folder)) return path.slice(folder.length);
  const parent = folder.slice(0, folder.lastIndexOf('/', folder.length - 2) + 1);
  if (parent.length > 1 && path.startsWith(parent)) return `../${path.slice(parent.length)}`;
  return path;
}

function fileDiff(path: string, old: string | undefined, now: string | undefined): FileDiff {
  const change = old === undefined ? 'added' : now === undefined ? 'removed' : 'changed';
  const patch = structuredPatch(path, path, old ?? '', now ?? '', '', '', {
    context: CONTEXT_LINES,
    maxEditLength: EDITS_MAX,
  });
  const rewritten = patch === undefined;
  const diff: FileDiff = { path, change, added: 0, removed: 0, hunks: [], rewritten };
  if (rewritten) {
    return { ...diff, added: lineCount(now), removed: lineCount(old) };
  }
  let [before, after, shown] = [1, 1, 0];
  for (const hunk of patch.hunks) {
    const skipped = Math.max(0, hunk.oldStart - before);
    const lines: FileDiff['hunks'][number]['lines'] = [];
    before += skipped;
    after += skipped;
    for (const line of hunk.lines) {
      const text = line.slice(1);
      if (line.startsWith('-')) {
        diff.removed++;
        lines.push({ kind: 'removed', before: before++, after: null, text });
      } else if (line.startsWith('+')) {
        diff.added++;
        lines.push({ kind: 'added', before: null, after: after++, text });
      } else if (line.startsWith(' ')) {
        lines.push({ kind: 'same', before: before++, after: after++, text });
      }
    }
    shown += lines.length;
    if (shown <= LINES_SHOWN_MAX) diff.hunks.push({ skipped, lines });
  }
  return diff;
}

function lineCount(text: string | undefined): number {
  return text === undefined || text === '' ? 0 : text.split('\n').length;
}
