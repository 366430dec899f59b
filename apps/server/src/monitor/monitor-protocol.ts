/** Messages between the server's main thread and the monitor's worker. */
import type { WireError } from '@weir/core';
import type { ProbeEvent } from '@weir/monitor';
import type { MonitorNotice, MonitorPort } from './monitor-port.ts';

/** The worker's data. */
export interface MonitorSetup {
  /** Database of the history; null = in memory only. */
  readonly historyFile: string | null;
  readonly quotaBytes: number;
}

/** What of a monitor is asked by message, under the names that its methods have. */
export type Question =
  | 'snapshot'
  | 'history'
  | 'subtasks'
  | 'records'
  | 'record'
  | 'size'
  | 'setQuota';

export type ToMonitor =
  | { readonly type: 'close' }
  | { readonly type: 'apply'; readonly event: ProbeEvent }
  | {
      readonly type: 'ask';
      readonly id: number;
      readonly question: Question;
      readonly values: Parameters<MonitorPort[Question]>;
    };

export type FromMonitor =
  | { readonly type: 'notice'; readonly notice: MonitorNotice }
  /** The next one may come. */
  | { readonly type: 'frameRead'; readonly jobId: string }
  /** A history that could not be read is there now. */
  | { readonly type: 'setAside'; readonly path: string; readonly error: WireError }
  /** History can no longer be stored. */
  | { readonly type: 'storeFailed'; readonly error: WireError }
  | { readonly type: 'closed' }
  | {
      readonly type: 'answer';
      readonly id: number;
      readonly value: Awaited<ReturnType<MonitorPort[Question]>>;
    }
  | { readonly type: 'failed'; readonly id: number; readonly error: WireError };
