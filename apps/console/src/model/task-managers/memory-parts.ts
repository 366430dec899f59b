/** What the resident memory of a task manager's process consists of, as far as it is known. */
import type { TaskManagerEntry } from '@weir/console-protocol';

export interface MemoryPart {
  readonly key: 'heap' | 'channels' | 'rest';
  readonly label: string;
  readonly note: string;
  readonly bytes: number;
  /** 0…1 of the process. */
  readonly share: number;
}

/** Channel memory counts as far as it is in use: what was never touched is not resident. */
export function memoryParts(taskManager: TaskManagerEntry): MemoryPart[] {
  const { rssBytes, heapUsedBytes, channelBytes, channelBytesUsed, slots } = taskManager;
  if (rssBytes === null || rssBytes <= 0) return [];
  const heap = Math.min(rssBytes, heapUsedBytes ?? 0);
  const channels = Math.min(rssBytes - heap, channelBytesUsed ?? 0);
  const inUse = channelBytes ? Math.round(((channelBytesUsed ?? 0) / channelBytes) * 100) : 0;
  const part = (key: MemoryPart['key'], label: string, note: string, bytes: number) => ({
    key,
    label,
    note,
    bytes,
    share: bytes / rssBytes,
  });
  const threads = slots.length === 1 ? '1 thread' : `${slots.length} threads`;
  return [
    part('heap', `Heap, ${threads}`, 'and the main one', heap),
    part('channels', 'Channels', `${inUse}\u202f% in use`, channels),
    part('rest', 'Code, stacks, buffers', 'and state outside the heap', rssBytes - heap - channels),
  ];
}
