/**
 * The monitor as the HTTP surface sees it. It runs in a worker of its own, so that history and
 * verdicts never delay a checkpoint or a request; in tests it runs in the same thread.
 *
 * Contract: notices and answers come in one order, so that a snapshot holds exactly the notices
 * that came before it.
 */
import type {
  JobEvent,
  JobHistory,
  JobSnapshot,
  JobTick,
  JobTopology,
} from '@weir/console-protocol';
import { Monitor, type ProbeEvent } from '@weir/monitor';

export type MonitorNotice =
  | { readonly type: 'tick'; readonly jobId: string; readonly tick: JobTick }
  | { readonly type: 'event'; readonly jobId: string; readonly event: JobEvent }
  | { readonly type: 'topology'; readonly jobId: string; readonly topology: JobTopology };

export interface MonitorPort {
  apply(event: ProbeEvent): void;
  /** One listener; set before the first event. */
  listen(listener: (notice: MonitorNotice) => void): void;
  snapshot(jobId: string): Promise<JobSnapshot | null>;
  history(jobId: string, from: number, to: number): Promise<JobHistory | null>;
  close(): Promise<void>;
}

export interface LocalMonitorOptions {
  readonly nowMs?: () => number;
}

const SILENCE_CHECK_MS = 1000;

/** A monitor in this thread. */
export function localMonitor(options: LocalMonitorOptions = {}): MonitorPort {
  const nowMs = options.nowMs ?? Date.now;
  let notify: (notice: MonitorNotice) => void = () => {};
  const monitor = new Monitor({
    onTick: (jobId, tick) => notify({ type: 'tick', jobId, tick }),
    onEvent: (jobId, event) => notify({ type: 'event', jobId, event }),
    onTopology: (jobId, topology) => notify({ type: 'topology', jobId, topology }),
  });
  const timer = setInterval(() => monitor.tickSilentJobs(nowMs()), SILENCE_CHECK_MS);
  timer.unref();
  return {
    apply: (event) => monitor.apply(event),
    listen: (listener) => {
      notify = listener;
    },
    snapshot: async (jobId) => monitor.snapshot(jobId),
    history: async (jobId, from, to) => monitor.history(jobId, from, to),
    close: async () => clearInterval(timer),
  };
}
