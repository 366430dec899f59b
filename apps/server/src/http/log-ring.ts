/** The latest log entries of one job, bounded, with a running number. */
import type { JobLogs } from '@weir/console-protocol';
import type { LogEntry } from '@weir/runtime';

const ENTRIES_MAX = 5000;
const TEXT_MAX = 8192;

export interface LogQuery {
  readonly since: number | null;
  readonly vertexId: string | null;
  readonly limit: number;
}

export class LogRing {
  readonly #entries: JobLogs['entries'] = [];
  #seq = 0;

  add(entry: LogEntry): void {
    const { atMs, level, text, vertexId, subtask } = entry;
    const cut = text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX)}…` : text;
    this.#entries.push({ seq: ++this.#seq, t: atMs, level, text: cut, vertexId, subtask });
    if (this.#entries.length > ENTRIES_MAX) this.#entries.shift();
  }

  /** The newest `limit` entries that fit, oldest first. */
  read(query: LogQuery): JobLogs {
    const { since, vertexId, limit } = query;
    const fitting = this.#entries.filter(
      (entry) =>
        (since === null || entry.seq > since) && (vertexId === null || entry.vertexId === vertexId),
    );
    const oldest = this.#entries[0]?.seq ?? 1;
    const lost = oldest > (since ?? 0) + 1;
    return {
      entries: fitting.slice(-limit),
      truncated: lost || fitting.length > limit,
      last: this.#seq,
    };
  }

  /** As the lines of a log file. */
  text(): string {
    const lines = this.#entries.map(({ t, level, text, subtask }) => {
      const where = subtask === null ? '' : ` [${subtask}]`;
      return `${new Date(t).toISOString()} ${level.toUpperCase().padEnd(5)}${where} ${text}\n`;
    });
    return lines.join('');
  }
}
