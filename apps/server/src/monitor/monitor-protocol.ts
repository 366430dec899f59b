/** Messages between the server's main thread and the monitor's worker. */
import type { JobHistory, JobSnapshot } from '@weir/console-protocol';
import type { ProbeEvent } from '@weir/monitor';
import type { MonitorNotice } from './monitor-port.ts';

export type ToMonitor =
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
  | {
      readonly type: 'answer';
      readonly id: number;
      readonly value: JobSnapshot | JobHistory | null;
    };
