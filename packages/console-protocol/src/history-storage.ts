/** What the history takes on disk, and the one quota that bounds it. */
import { z } from 'zod';

/** Ticks are of vertices and edges, subtasks are the rows of heatmaps. */
export const historyKind = z.enum(['ticks', 'subtasks', 'events']);
export type HistoryKind = z.infer<typeof historyKind>;

/** `GET /weir/v1/history`, and what `PUT` answers. Bytes are compressed ones, on disk. */
export const historyStorage = z.object({
  bytes: z.number(),
  quotaBytes: z.number(),
  /** Of the file system that holds the data directory; null = not told. */
  diskFreeBytes: z.number().nullable(),
  /** False: history could not be stored and is kept in memory only. */
  durable: z.boolean(),
  /** Finest first, which is also the order in which it is forgotten when the quota is reached. */
  byResolution: z.array(
    z.object({
      kind: historyKind,
      /** ms; 0 for events. */
      step: z.number(),
      bytes: z.number(),
      /** What it is kept for, quota permitting. */
      keptMs: z.number(),
      /** Epoch ms; null when there is nothing. */
      oldest: z.number().nullable(),
      newest: z.number().nullable(),
    }),
  ),
});
export type HistoryStorage = z.infer<typeof historyStorage>;

export const HISTORY_QUOTA_BYTES_MIN = 16 * 1_048_576;

/** `PUT /weir/v1/history`: stays as the data directory's setting. */
export const historySettings = z.object({
  quotaBytes: z.number().int().min(HISTORY_QUOTA_BYTES_MIN),
});
export type HistorySettings = z.infer<typeof historySettings>;
