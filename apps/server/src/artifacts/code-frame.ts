/** A place in the user's code, shown so that nobody needs to open the file to understand. */
export interface CodePlace {
  /** Absolute path. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based. */
  readonly column: number;
}

const TAB_OR_CHARACTER = /[^\t]/g;

export function placeText(place: CodePlace): string {
  return `${place.file}:${place.line}:${place.column}`;
}

/** The line with its number, and a marker below the column. */
export function codeFrame(place: CodePlace, lineText: string, length = 1): string {
  const number = String(place.line);
  const before = lineText.slice(0, place.column - 1).replace(TAB_OR_CHARACTER, ' ');
  const width = Math.max(1, Math.min(length, lineText.length - place.column + 1));
  return (
    `  ${number} | ${lineText}\n` + `  ${' '.repeat(number.length)} | ${before}${'^'.repeat(width)}`
  );
}
