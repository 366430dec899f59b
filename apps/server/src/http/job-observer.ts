/**
 * Follows every job of the dispatcher and feeds what shows them: the metric registry (REST,
 * Prometheus), the monitor (ticks, history), the log rings.
 *
 * It is Weir's cluster probe: it turns a JobMaster's events into the monitor's. Invariant: a job's
 * topology reaches the monitor before any other event of it.
 */
import type { JobEvent, JobState } from '@weir/console-protocol';
import type { MetricRegistry } from '@weir/metrics';
import type { ClusterProbe, ProbeCapabilities, ProbeEvent, TaskCounts } from '@weir/monitor';
import type { JobMasterEvent, JobView } from '@weir/runtime';
import { jobEventOf, topologyOf } from './job-events.ts';
import { recordOf } from './job-records.ts';
import { withoutSecrets } from './flink/redaction.ts';
import type { JobEntry, JobService } from './job-service.ts';
import { JobLog } from './job-log.ts';
import { ProcessHistory } from './process-history.ts';
import type { ServerLog } from './http-options.ts';
import { logEntryOf } from './job-log-entries.ts';

interface Followed {
  readonly entry: JobEntry;
  readonly logs: JobLog;
  readonly stop: () => void;
  attempt: number;
  tasksChanged: boolean;
}

/** The latest layouts are kept, so that an observer that comes later can read frames. */
type Layout = Extract<JobMasterEvent, { type: 'metricsLayout' }>['layout'];

export interface ObserverOptions {
  /** Where the jobs' logs are kept; null = in memory only. */
  readonly logFolder?: string | null;
  readonly log?: ServerLog;
}

export class JobObserver implements ClusterProbe {
  readonly capabilities: ProbeCapabilities = {
    frameIntervalMs: 1000,
    busyParts: true,
    edgeFill: true,
  };
  /** What the jobs' processes took lately. */
  readonly processes = new ProcessHistory();
  readonly #registry: MetricRegistry;
  readonly #logFolder: string | null;
  readonly #log: ServerLog;
  readonly #jobs = new Map<string, Followed>();
  readonly #layouts = new Map<string, Layout>();
  readonly #listeners = new Set<(event: ProbeEvent) => void>();
  readonly #stopService: () => void;

  constructor(service: JobService, registry: MetricRegistry, options: ObserverOptions = {}) {
    const { logFolder = null, log = () => {} } = options;
    this.#registry = registry;
    this.#logFolder = logFolder;
    this.#log = log;
    this.#stopService = service.observe((event) => {
      if (event.type === 'jobAdded') this.#follow(event.job);
      else this.#forget(event.jobId);
    });
    for (const entry of service.jobs()) this.#follow(entry);
  }

  logs(jobId: string): JobLog | null {
    return this.#jobs.get(jobId)?.logs ?? null;
  }

  topology(jobId: string) {
    const job = this.#jobs.get(jobId);
    return job === undefined ? null : topologyOf(job.entry.control.view());
  }

  observe(listener: (event: ProbeEvent) => void): () => void {
    for (const { entry } of this.#jobs.values()) {
      for (const event of this.#introduction(entry)) listener(event);
    }
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves when the logs are written. */
  async close(): Promise<void> {
    this.#stopService();
    const jobs = [...this.#jobs.values()];
    for (const job of jobs) job.stop();
    this.#jobs.clear();
    this.#listeners.clear();
    await Promise.all(jobs.map(({ logs }) => logs.written()));
  }

  #follow(entry: JobEntry): void {
    if (this.#jobs.has(entry.jobId)) return;
    const stop = entry.control.observe((event) => this.#onEvent(entry.jobId, event));
    const { attempt } = entry.control.view();
    const logs = new JobLog(entry.jobId, this.#logFolder, (error) => {
      this.#log('warn', `the log of job ${entry.jobId} is kept in memory only`, error);
    });
    this.#jobs.set(entry.jobId, { entry, logs, stop, attempt, tasksChanged: false });
    for (const event of this.#introduction(entry)) this.#emit(event);
  }

  #forget(jobId: string): void {
    const job = this.#jobs.get(jobId);
    job?.stop();
    void job?.logs.remove().catch((error: unknown) => {
      this.#log('warn', `the log of job ${jobId} cannot be deleted`, error);
    });
    this.#jobs.delete(jobId);
    this.#layouts.delete(jobId);
    this.processes.remove(jobId);
    this.#registry.remove(jobId);
    this.#emit({ type: 'removed', jobId });
  }

  #introduction({ jobId, control }: JobEntry): ProbeEvent[] {
    const view = control.view();
    const layout = this.#layouts.get(jobId);
    return [
      { type: 'topology', jobId, topology: topologyOf(view) },
      ...(layout === undefined ? [] : [{ type: 'layout' as const, jobId, layout }]),
      stateEvent(view),
    ];
  }

  #onEvent(jobId: string, event: JobMasterEvent): void {
    const job = this.#jobs.get(jobId);
    if (job === undefined) return;
    if (event.type === 'metrics') {
      if (job.tasksChanged) this.#emitState(job);
      this.#registry.addFrame(jobId, event.frame);
      this.processes.add(jobId, event.frame.atMs, event.frame.process);
      this.#emit({ type: 'frame', jobId, frame: event.frame });
      return;
    }
    if (event.type === 'metricsLayout') {
      this.#layouts.set(jobId, event.layout);
      this.#registry.setLayout(jobId, event.layout);
      this.#checkAttempt(job);
      this.#emit({ type: 'layout', jobId, layout: event.layout });
      return;
    }
    if (event.type === 'log') {
      job.logs.add({ ...event.entry, text: withoutSecrets(event.entry.text) });
    }
    if (event.type === 'taskState') job.tasksChanged = true;
    if (event.type === 'status') {
      this.#checkAttempt(job);
      this.#emitState(job);
    }
    const record = recordOf(event, job.entry.control.view());
    if (record !== null) this.#emit({ type: 'record', jobId, record });
    const shown = jobEventOf(event);
    if (shown !== null) this.event(jobId, shown);
  }

  /** Also for what the server itself did with a job. */
  event(jobId: string, event: JobEvent): void {
    const line = logEntryOf(event);
    if (line !== null) this.#jobs.get(jobId)?.logs.add(line);
    this.#emit({ type: 'event', jobId, event });
  }

  #checkAttempt(job: Followed): void {
    const view = job.entry.control.view();
    if (view.attempt === job.attempt) return;
    job.attempt = view.attempt;
    this.#emit({ type: 'topology', jobId: view.jobId, topology: topologyOf(view) });
    this.#emitState(job);
  }

  #emitState(job: Followed): void {
    job.tasksChanged = false;
    this.#emit(stateEvent(job.entry.control.view()));
  }

  #emit(event: ProbeEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

function stateEvent(view: JobView): ProbeEvent {
  const state: JobState = view.status;
  const atMs = view.timestamps[state] ?? view.graph.submittedAtMs;
  return { type: 'state', jobId: view.jobId, state, atMs, tasks: taskCounts(view) };
}

function taskCounts(view: JobView): TaskCounts {
  const counts: Record<string, Record<string, number>> = {};
  for (const vertex of view.vertices) {
    const states: Record<string, number> = {};
    for (const { state } of vertex.subtasks) states[state] = (states[state] ?? 0) + 1;
    counts[vertex.id] = states;
  }
  return counts;
}
