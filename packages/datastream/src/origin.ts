/** Where in the user's code an operator was written, for error messages and the console. */
import { relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const OWN_FOLDER = new URL('.', import.meta.url).href;
const FRAME = /\(?((?:file:\/\/|\/|[A-Za-z]:\\)[^()]*?):(\d+):\d+\)?$/;

/**
 * `jobs/flights.ts:42`, relative to the working directory where the file lies below it; null when
 * no frame of the call stack is user code. Source maps are applied where the process enables them.
 */
export function callerOrigin(): string | null {
  const stack = new Error().stack ?? '';
  for (const line of stack.split('\n').slice(1)) {
    const match = FRAME.exec(line.trim());
    if (match === null) continue;
    const [, location = '', number = ''] = match;
    if (isOwnCode(location) || location.includes('node:internal')) continue;
    return `${displayPath(location)}:${number}`;
  }
  return null;
}

function isOwnCode(location: string): boolean {
  const url = location.startsWith('file://') ? location : `file://${location}`;
  return url.startsWith(OWN_FOLDER) && !url.includes('.test.');
}

function displayPath(location: string): string {
  const path = location.startsWith('file://') ? fileURLToPath(location) : location;
  const below = relative(process.cwd(), path);
  return below.startsWith('..') ? path : below.split(sep).join('/');
}
