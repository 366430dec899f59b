/**
 * The monitor as the HTTP surface sees it. It runs in a worker of its own, so that history and
 * verdicts never delay a checkpoint or a request; in tests it runs in the same thread.
 *
 * Contract: notices and answers come in one order, so that a snapshot holds exactly the notices
 * that came before it.
 */
import {
  type JobEvent,
  type JobHistory,
  type JobTick,
  type JobTopology,
  packTicks,
  shapeOf,
  type TickPack,
} from '@weir/console-protocol';
import { Monitor, type PackedSnapshot, type ProbeEvent } from '@weir/monitor';
import { withStored } from './history-range.ts';
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

export interface MonitorPort {
  apply(event: ProbeEvent): void;
  /** One listener; set before the first event. */
  listen(listener: (notice: MonitorNotice) => void): void;
  snapshot(jobId: string): Promise<PackedSnapshot | null>;
  history(jobId: string, from: number, to: number): Promise<JobHistory | null>;
  /** Resolves when what was to be stored is stored. */
  close(): Promise<void>;
}

export interface LocalMonitorOptions {
  readonly nowMs?: () => number;
  /** Closed with the monitor. */
  readonly store?: HistoryStore;
  /** Told once when history can no longer be stored; the monitor goes on without. */
  readonly onStoreFailure?: (error: unknown) => void;
}

const SECOND_MS = 1000;
const EXPIRY_MS = 600_000;

/** A monitor in this thread. */
export function localMonitor(options: LocalMonitorOptions = {}): MonitorPort {
  const { nowMs = Date.now, onStoreFailure = () => {} } = options;
  let store = options.store ?? null;
  let notify: (notice: MonitorNotice) => void = () => {};
  const storing = <T>(work: (open: HistoryStore) => T): T | null => {
    if (store === null) return null;
    try {
      return work(store);
    } catch (error) {
      store = null;
      onStoreFailure(error);
      return null;
    }
  };
  const monitor = new Monitor({
    onTick: (jobId, tick, topology) => {
      const { vertices: _, edges: __, ...head } = tick;
      notify({ type: 'tick', jobId, head, pack: packTicks(shapeOf(topology), [tick]) });
    },
    onTopology: (jobId, topology) => notify({ type: 'topology', jobId, topology }),
    onEvent: (jobId, event) => {
      notify({ type: 'event', jobId, event });
      storing((open) => open.addEvent(jobId, event));
    },
    onCoarseTick: (jobId, tick, topology) => {
      storing((open) => open.add(jobId, tick, topology));
    },
  });
  const timers = [
    setInterval(() => monitor.tickSilentJobs(nowMs()), SECOND_MS),
    setInterval(() => storing((open) => open.expire(nowMs())), EXPIRY_MS),
  ];
  for (const timer of timers) timer.unref();
  return {
    apply: (event) => {
      monitor.apply(event);
      if (event.type === 'removed') storing((open) => open.remove(event.jobId));
    },
    listen: (listener) => {
      notify = listener;
    },
    snapshot: async (jobId) => monitor.snapshot(jobId),
    history: async (jobId, from, to) => {
      const recent = monitor.history(jobId, from, to);
      if (recent === null) return null;
      return storing((open) => withStored(recent, jobId, open, nowMs())) ?? recent;
    },
    close: async () => {
      for (const timer of timers) clearInterval(timer);
      storing((open) => open.close());
      store = null;
    },
  };
}
