/** What must be visible in the store once the job has read everything, computed without a job. */
import type { Laws } from './laws.ts';
import { allRecords, type NumberedRecord } from './numbered-records.ts';
import type { Scenario } from './scenario.ts';
import { type Count, SIDE_EVERY, windowId } from './simulated-job.ts';
import type { CommittedRow, TransactionalStore } from './transactional-store.ts';

export function checkOutput(scenario: Scenario, store: TransactionalStore, laws: Laws): void {
  const { job } = scenario;
  const records = allRecords(scenario.data);
  const ids = records.map(idOf);
  checkRows('counts', countIds(records), store, laws);
  checkCounts(ids, store.rows('counts'), laws);
  checkRows('windows', windowIds(records, job.windowMs), store, laws);
  checkRows('late', [], store, laws);
  if (job.sideOutput) {
    const side = records.filter(({ seq }) => seq % SIDE_EVERY === 0).map(idOf);
    checkRows('side', side, store, laws);
  }
  if (job.broadcast) checkRows('broadcast', ids, store, laws);
  if (job.holdMs > 0) checkRows('held', ids, store, laws);
}

function idOf({ split, seq }: { readonly split: number; readonly seq: number }): string {
  return `${split}/${seq}`;
}

/** No id is expected twice; that none was committed twice was checked at the commits. */
function checkRows(
  sink: string,
  expected: readonly string[],
  store: TransactionalStore,
  laws: Laws,
): void {
  const found = new Set(store.rows(sink).map(({ row }) => row.id));
  const lost = expected.filter((id) => !found.has(id));
  for (const id of expected) found.delete(id);
  laws.require(lost.length === 0, 'exactly-once', () => `${sink}: lost ${sample(lost)}`);
  laws.require(found.size === 0, 'exactly-once', () => {
    return `${sink}: not expected ${sample([...found])}`;
  });
}

/** Each record was counted once, and a key's counts follow the checkpoints. */
function checkCounts(ids: readonly string[], rows: readonly CommittedRow[], laws: Laws): void {
  const counts = rows.map(({ row, checkpointId }) => ({ ...(row as Count), checkpointId }));
  const counted = new Set(counts.map(idOf));
  const lost = ids.filter((id) => !counted.has(id));
  laws.require(lost.length === 0, 'exactly-once', () => `never counted: ${sample(lost)}`);
  const last = new Map<string, number>();
  const byCheckpoint = counts
    .map((count, at) => ({ ...count, at }))
    .sort((left, right) => left.checkpointId - right.checkpointId || left.at - right.at);
  for (const { key, count } of byCheckpoint) {
    const before = last.get(key) ?? 0;
    laws.require(count === before + 1, 'key-order', () => `${key}: ${count} after ${before}`);
    last.set(key, count);
  }
}

function countIds(records: readonly NumberedRecord[]): string[] {
  const counts = new Map<string, number>();
  return records.map(({ key }) => {
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    return `${key}#${count}`;
  });
}

function windowIds(records: readonly NumberedRecord[], windowMs: number): string[] {
  const windows = new Map<string, { key: string; startMs: number; count: number; sum: number }>();
  for (const { key, atMs, seq } of records) {
    const startMs = Math.floor(atMs / windowMs) * windowMs;
    const name = `${key}@${startMs}`;
    const window = windows.get(name) ?? { key, startMs, count: 0, sum: 0 };
    window.count++;
    window.sum += seq;
    windows.set(name, window);
  }
  return [...windows.values()].map(({ key, startMs, count, sum }) =>
    windowId(key, startMs, count, sum),
  );
}

function sample(ids: readonly string[]): string {
  const more = ids.length > 5 ? ` and ${ids.length - 5} more` : '';
  return ids.slice(0, 5).join(', ') + more;
}
