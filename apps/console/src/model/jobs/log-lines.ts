/** Log lines as they are shown: from a level on, with the places that a search found. */
import type { JobLogs } from '@weir/console-protocol';

export type LogLine = JobLogs['entries'][number];
export type LogLevel = LogLine['level'];

export const LOG_LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

/** Lines of this level and of worse ones; the same array where all are. */
export function fromLevel(lines: readonly LogLine[], level: LogLevel): readonly LogLine[] {
  const least = LOG_LEVELS.indexOf(level);
  if (least <= 0) return lines;
  return lines.filter((line) => LOG_LEVELS.indexOf(line.level) >= least);
}

export interface LogPlace {
  /** Null = any. */
  readonly vertexId: string | null;
  readonly subtask: number | null;
}

/** Lines of one operator, or of one of its subtasks; the same array where all are. */
export function ofPlace(
  lines: readonly LogLine[],
  { vertexId, subtask }: LogPlace,
): readonly LogLine[] {
  if (vertexId === null && subtask === null) return lines;
  return lines.filter(
    (line) =>
      (vertexId === null || line.vertexId === vertexId) &&
      (subtask === null || line.subtask === subtask),
  );
}

/** Position of the last line at or before a time; −1 = all came later. */
export function lineAt(lines: readonly LogLine[], t: number): number {
  return lines.findLastIndex((line) => line.t <= t);
}

/** As the lines of a log file, to paste. */
export function linesText(
  lines: readonly LogLine[],
  titleOf: (vertexId: string | null) => string,
): string {
  return lines
    .map(({ t, level, text, vertexId, subtask }) => {
      const title = titleOf(vertexId);
      const where = title === '' ? '' : ` ${title}${subtask === null ? '' : `#${subtask}`}`;
      return `${new Date(t).toISOString()} ${level.toUpperCase().padEnd(5)}${where} ${text}`;
    })
    .join('\n');
}

/** Positions of the lines that hold the text, whatever its case; none for an empty text. */
export function matchingLines(lines: readonly LogLine[], text: string): number[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return [];
  return lines.flatMap((line, at) => (line.text.toLowerCase().includes(wanted) ? [at] : []));
}

export interface TextPart {
  readonly text: string;
  readonly match: boolean;
  /** Where it begins in the line. */
  readonly at: number;
}

/** The line cut at every occurrence of the text. */
export function matchParts(line: string, text: string): TextPart[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return [{ text: line, match: false, at: 0 }];
  const lower = line.toLowerCase();
  const parts: TextPart[] = [];
  let from = 0;
  // A letter whose lower case is longer would shift every place after it: then nothing is marked.
  for (let at = lower.length === line.length ? lower.indexOf(wanted) : -1; at >= 0; ) {
    if (at > from) parts.push({ text: line.slice(from, at), match: false, at: from });
    from = at + wanted.length;
    parts.push({ text: line.slice(at, from), match: true, at });
    at = lower.indexOf(wanted, from);
  }
  if (from < line.length) parts.push({ text: line.slice(from), match: false, at: from });
  return parts;
}

/** The match after (or before) a line, around the ends; null without matches. */
export function stepMatch(matches: readonly number[], from: number, by: 1 | -1): number | null {
  if (matches.length === 0) return null;
  const next =
    by === 1 ? matches.find((at) => at > from) : [...matches].reverse().find((at) => at < from);
  return next ?? matches.at(by === 1 ? 0 : -1)!;
}
