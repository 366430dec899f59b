/**
 * A program's arguments as one line, as one types them in a shell: parts between spaces, quotes
 * around what holds spaces, a backslash before a quote.
 */

export function joinArguments(args: readonly string[]): string {
  return args.map(quoted).join(' ');
}

/** Null while a quote is open. */
export function splitArguments(text: string): string[] | null {
  const parts: string[] = [];
  let part: string | null = null;
  let quote: string | null = null;
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!;
    const next = text[at + 1];
    if (char === '\\' && quote !== "'" && next !== undefined && /["'\\ ]/.test(next)) {
      part = (part ?? '') + next;
      at++;
    } else if (quote !== null) {
      if (char === quote) quote = null;
      else part = (part ?? '') + char;
    } else if (char === '"' || char === "'") {
      quote = char;
      part ??= '';
    } else if (/\s/.test(char)) {
      if (part !== null) parts.push(part);
      part = null;
    } else {
      part = (part ?? '') + char;
    }
  }
  if (quote !== null) return null;
  if (part !== null) parts.push(part);
  return parts;
}

function quoted(arg: string): string {
  if (arg !== '' && !/[\s"'\\]/.test(arg)) return arg;
  return `"${arg.replace(/[\\"]/g, '\\$&')}"`;
}
