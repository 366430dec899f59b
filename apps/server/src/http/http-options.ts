import type { ClusterProbe } from '@weir/monitor';
import type { MonitorPort } from '../monitor/monitor-port.ts';
import type { JobService } from './job-service.ts';

export type ServerLog = (level: 'info' | 'warn' | 'error', text: string, error?: unknown) => void;

export interface HttpOptions {
  readonly dispatcher: JobService;
  /** Only a loopback address; 127.0.0.1 if left out. */
  readonly host?: string;
  /** 8081 if left out; 0 = any free one. */
  readonly port?: number;
  /** 9249 if left out; 0 = any free one; null = none. */
  readonly prometheusPort?: number | null;
  /** Further names under which the server may be asked, without port. */
  readonly allowedHosts?: readonly string[];
  /** Folder of the built console; `apps/console/dist` if left out. */
  readonly consoleDirectory?: string;
  /** A monitor in a worker of its own if left out; closed with the server. */
  readonly monitor?: MonitorPort;
  /** What else feeds the monitor, beside the dispatcher's own jobs. */
  readonly probes?: readonly ClusterProbe[];
  /** Done before the first request is answered: jobs of an earlier server become known. */
  readonly prepare?: () => Promise<void>;
  readonly log?: ServerLog;
  /** Where the jobs' logs are kept; null = in memory only. */
  readonly logFolder?: string | null;
  /** Where profiles that were taken are kept; null = in memory only. */
  readonly profileFolder?: string | null;
  readonly nowMs?: () => number;
}

export interface HttpServer {
  /** E.g. `http://127.0.0.1:8081`. */
  readonly url: string;
  readonly port: number;
  /** Null when off, also because its port was taken. */
  readonly prometheusPort: number | null;
  /** Ends connections and the monitor; resolves when the ports are free. */
  close(): Promise<void>;
}
