/**
 * The monitor as the HTTP surface sees it. It runs in a worker of its own, so that history and
 * verdicts never delay a checkpoint or a request; in tests it runs in the same thread.
 *
 * Contract: notices and answers come in one order, so that a snapshot holds exactly the notices
 * that came before it.
 */
import {
  type HistoryStorage as StoredSize,
  type JobEvent,
  type JobHistory,
  type JobSubtasks,
  type JobTick,
  type JobTopology,
  packTicks,
  shapeOf,
  type TickPack,
} from '@weir/console-protocol';
import {
  type HistoryStorage,
  MemoryStorage,
  Monitor,
  type PackedSnapshot,
  type ProbeEvent,
  type StoredRecord,
  type SubtaskRequest,
} from '@weir/monitor';
import { guardedStorage } from './guarded-storage.ts';
import type { HistoryStore } from './history-store.ts';

/** A tick without its vertices and edges. */
export type TickHead = Omit<JobTick, 'vertices' | 'edges'>;

export type MonitorNotice =
  | {
      readonly type: 'tick';
      readonly jobId: string;
      readonly head: TickHead;
      /** All of the tick, by the shape of the last topology. */
      readonly pack: TickPack;
    }
  | { readonly type: 'event'; readonly jobId: string; readonly event: JobEvent }
  | { readonly type: 'topology'; readonly jobId: string; readonly topology: JobTopology };

/** Past records of a job, newest first: of a range, or one. */
export interface RecordsRequest {
  readonly kind: StoredRecord['kind'];
  readonly from: number;
  readonly to: number;
  readonly limit: number;
}

/** What the history takes; what the disk has is not the monitor's to know. */
export type HistorySize = Omit<StoredSize, 'diskFreeBytes'>;

/** Null = there is nothing known of the job (or vertex), or the monitor is gone. */
export interface MonitorPort {
  apply(event: ProbeEvent): void;
  /** One listener; set before the first event. */
  listen(listener: (notice: MonitorNotice) => void): void;
  snapshot(jobId: string): Promise<PackedSnapshot | null>;
  history(jobId: string, from: number, to: number): Promise<JobHistory | null>;
  subtasks(jobId: string, request: SubtaskRequest): Promise<JobSubtasks | null>;
  records(jobId: string, request: RecordsRequest): Promise<readonly StoredRecord[] | null>;
  record(jobId: string, kind: StoredRecord['kind'], id: string): Promise<StoredRecord | null>;
  size(): Promise<HistorySize | null>;
  /** Forgets at once what is beyond it. */
  setQuota(quotaBytes: number): Promise<HistorySize | null>;
  /** Resolves when what was to be stored is stored. */
  close(): Promise<void>;
}

export interface LocalMonitorOptions {
  readonly nowMs?: () => number;
  /** Closed with the monitor. Without one, history is kept in memory. */
  readonly store?: HistoryStore;
  /** Told once when history can no longer be stored; the monitor goes on in memory. */
  readonly onStoreFailure?: (error: unknown) => void;
}

const SECOND_MS = 1000;
const EXPIRY_MS = 60_000;

/** A monitor in this thread. */
export function localMonitor(options: LocalMonitorOptions = {}): MonitorPort {
  const { nowMs = Date.now, onStoreFailure = () => {} } = options;
  const shelf = new Shelf(options.store ?? null, onStoreFailure);
  let notify: (notice: MonitorNotice) => void = () => {};
  const monitor = new Monitor(
    {
      onTick: (jobId, tick, topology) => {
        const { vertices: _, edges: __, ...head } = tick;
        notify({ type: 'tick', jobId, head, pack: packTicks(shapeOf(topology), [tick]) });
      },
      onTopology: (jobId, topology) => notify({ type: 'topology', jobId, topology }),
      onEvent: (jobId, event) => notify({ type: 'event', jobId, event }),
    },
    shelf.storage,
  );
  const timers = [
    setInterval(() => monitor.tickSilentJobs(nowMs()), SECOND_MS),
    setInterval(() => shelf.expire(nowMs()), EXPIRY_MS),
  ];
  for (const timer of timers) timer.unref();
  return {
    apply: (event) => monitor.apply(event),
    listen: (listener) => {
      notify = listener;
    },
    snapshot: async (jobId) => monitor.snapshot(jobId),
    history: async (jobId, from, to) => monitor.history(jobId, from, to),
    subtasks: async (jobId, request) => monitor.subtasks(jobId, request),
    records: async (jobId, { kind, from, to, limit }) =>
      shelf.storage.records(jobId, kind, from, to, limit),
    record: async (jobId, kind, id) => shelf.storage.record(jobId, kind, id),
    size: async () => shelf.size(),
    setQuota: async (quotaBytes) => {
      shelf.setQuota(quotaBytes);
      return shelf.size();
    },
    close: async () => {
      for (const timer of timers) clearInterval(timer);
      shelf.close();
    },
  };
}

/** The store while it works, and what is left when it does not. */
class Shelf {
  readonly storage: HistoryStorage;
  #store: HistoryStore | null;

  constructor(store: HistoryStore | null, onFailure: (error: unknown) => void) {
    this.#store = store;
    this.storage =
      store === null
        ? new MemoryStorage()
        : guardedStorage(store, (error) => {
            this.#store = null;
            onFailure(error);
          });
  }

  expire(nowMs: number): void {
    this.#store?.expire(nowMs);
  }

  setQuota(quotaBytes: number): void {
    if (this.#store !== null) this.#store.quotaBytes = quotaBytes;
  }

  size(): HistorySize {
    const store = this.#store;
    if (store === null) return { bytes: 0, quotaBytes: 0, durable: false, byResolution: [] };
    const { bytes, quotaBytes } = store;
    return { bytes, quotaBytes, durable: true, byResolution: store.byResolution() };
  }

  close(): void {
    this.#store?.close();
    this.#store = null;
  }
}
