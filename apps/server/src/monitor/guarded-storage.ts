/** History on disk as long as that works, in memory from the first failure on. */
import { type HistoryStorage, MemoryStorage } from '@weir/monitor';

/** @param onFailure told once. */
export function guardedStorage(
  onDisk: HistoryStorage,
  onFailure: (error: unknown) => void,
): HistoryStorage {
  let storage = onDisk;
  const tried = <T>(work: (open: HistoryStorage) => T): T => {
    try {
      return work(storage);
    } catch (error) {
      if (storage !== onDisk) throw error;
      storage = new MemoryStorage();
      onFailure(error);
      return work(storage);
    }
  };
  return {
    addRow: (...row) => tried((open) => open.addRow(...row)),
    rows: (...which) => tried((open) => open.rows(...which)),
    seal: (...blocks) => tried((open) => open.seal(...blocks)),
    blocks: (...range) => tried((open) => open.blocks(...range)),
    firstBlock: (...range) => tried((open) => open.firstBlock(...range)),
    newestBlock: (...which) => tried((open) => open.newestBlock(...which)),
    addEvent: (...event) => tried((open) => open.addEvent(...event)),
    events: (...range) => tried((open) => open.events(...range)),
    addRecord: (...record) => tried((open) => open.addRecord(...record)),
    records: (...range) => tried((open) => open.records(...range)),
    record: (...which) => tried((open) => open.record(...which)),
    remove: (jobId) => tried((open) => open.remove(jobId)),
  };
}
