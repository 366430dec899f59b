/**
 * A cluster as the monitor sees it, whatever runs there. Weir's probe is fed by the frames that
 * TaskManagers push; a probe of a Flink cluster would poll. All data is plain: it crosses threads.
 */
import type { JobEvent, JobState, JobTopology } from '@weir/console-protocol';

export interface ClusterProbe {
  readonly capabilities: ProbeCapabilities;
  topology(jobId: string): JobTopology | null;
  /** Replays what is known of each job first (topology, layout, state), then follows. */
  observe(listener: (event: ProbeEvent) => void): () => void;
}

export interface ProbeCapabilities {
  /** Milliseconds between frames. */
  readonly frameIntervalMs: number;
  /** Parts of busy are known, not only busy itself. */
  readonly busyParts: boolean;
  readonly edgeFill: boolean;
}

/** Execution state → count, by vertex. */
export type TaskCounts = Readonly<Record<string, Readonly<Record<string, number>>>>;

export type ProbeEvent =
  | { readonly type: 'topology'; readonly jobId: string; readonly topology: JobTopology }
  | { readonly type: 'layout'; readonly jobId: string; readonly layout: ProbeLayout }
  | { readonly type: 'frame'; readonly jobId: string; readonly frame: ProbeFrame }
  | {
      readonly type: 'state';
      readonly jobId: string;
      readonly state: JobState;
      /** When the state was entered, epoch ms. */
      readonly atMs: number;
      readonly tasks: TaskCounts;
    }
  | { readonly type: 'event'; readonly jobId: string; readonly event: JobEvent }
  | { readonly type: 'removed'; readonly jobId: string };

/** What each position of a frame means; the shape of the runtime's metrics layout. */
export interface ProbeLayout {
  readonly version: number;
  readonly series: readonly ProbeSeries[];
}

export interface ProbeSeries {
  readonly vertexId: string;
  readonly subtask: number;
  readonly operatorId: string | null;
  readonly name: string;
}

export interface ProbeFrame {
  readonly layoutVersion: number;
  /** Epoch ms. */
  readonly atMs: number;
  readonly values: Float64Array;
}
