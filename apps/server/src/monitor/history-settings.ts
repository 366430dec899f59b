/** What is set of the history, in the data directory: `history.json`. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { type HistorySettings, historySettings } from '@weir/console-protocol';

/** Null when nothing was set, or what is there cannot be read. */
export function readHistorySettings(file: string): HistorySettings | null {
  try {
    const result = historySettings.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    return result.success ? result.data : null;
  } catch {
    // A missing file and a broken one mean the same: the default holds.
    return null;
  }
}

/** Replaces the settings as a whole. @throws what the file system throws. */
export function writeHistorySettings(file: string, settings: HistorySettings): void {
  const written = `${file}.new`;
  writeFileSync(written, JSON.stringify(settings));
  renameSync(written, file);
}
