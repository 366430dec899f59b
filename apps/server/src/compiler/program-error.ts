/** Turns what a job program threw into an error that shows the place in the user's code. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isWeirError, WeirError } from '@weir/core';
import { type CodePlace, codeFrame, placeText } from '../artifacts/code-frame.ts';
import { isEngineFile } from '../engine-resolution.ts';

const FRAME = /(?:^|\(|at |async )((?:file:\/\/)?\/[^()]+?):(\d+):(\d+)\)?$/;

/** `doing` completes "while …": `building the job`, `evaluating it in slot 0`. */
export function programError(error: unknown, doing: string): WeirError {
  const name = error instanceof Error && error.name !== 'WeirError' ? `${error.name}: ` : '';
  const text = error instanceof Error ? error.message : String(error);
  const place = error instanceof Error ? userPlace(error.stack ?? '') : null;
  if (place === null && isWeirError(error)) return error;
  const frame = place === null ? '' : `\n${placeText(place)}\n${frameOf(place)}`;
  const code = isWeirError(error) ? error.code : 'JOB_DEFINITION_INVALID';
  return new WeirError(code, `${name}${text} (while ${doing})${frame}`, { cause: error });
}

/** The innermost frame of a stack that is neither engine nor Node nor a package. */
export function userPlace(stack: string): CodePlace | null {
  for (const line of stack.split('\n')) {
    const match = FRAME.exec(line.trim());
    if (match === null) continue;
    const [, location = '', row, column] = match;
    const file = location.startsWith('file:') ? fileURLToPath(location) : location;
    if (isEngineFile(file) || file.includes('/node_modules/')) continue;
    return { file, line: Number(row), column: Number(column) };
  }
  return null;
}

function frameOf(place: CodePlace): string {
  try {
    const lines = readFileSync(place.file, 'utf8').split('\n');
    return codeFrame(place, lines[place.line - 1] ?? '');
  } catch {
    // The source may be elsewhere by now; file and line still say where to look.
    return '';
  }
}
