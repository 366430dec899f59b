/** Messages between the server's main thread and the monitor's worker. */
import type { JobHistory } from '@weir/console-protocol';
import type { WireError } from '@weir/core';
import type { PackedSnapshot, ProbeEvent } from '@weir/monitor';
import type { MonitorNotice } from './monitor-port.ts';

/** The worker's data. */
export interface MonitorSetup {
  /** Database of the history; null = in memory only. */
  readonly historyFile: string | null;
  readonly quotaBytes: number;
}

export type ToMonitor =
  | { readonly type: 'close' }
  | { readonly type: 'apply'; readonly event: ProbeEvent }
  | { readonly type: 'snapshot'; readonly id: number; readonly jobId: string }
  | {
      readonly type: 'history';
      readonly id: number;
      readonly jobId: string;
      readonly from: number;
      readonly to: number;
    };

export type FromMonitor =
  | { readonly type: 'notice'; readonly notice: MonitorNotice }
  /** History can no longer be stored. */
  | { readonly type: 'storeFailed'; readonly error: WireError }
  | { readonly type: 'closed' }
  | {
      readonly type: 'answer';
      readonly id: number;
      readonly value: PackedSnapshot | JobHistory | null;
    };
