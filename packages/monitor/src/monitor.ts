/**
 * All jobs of one cluster: takes a probe's events, gives ticks, snapshots and history. Pure, so
 * that it runs in a worker of its own, in a test, or over recorded frames.
 */
import type {
  JobEvent,
  JobHistory,
  JobSubtasks,
  JobTick,
  JobTopology,
} from '@weir/console-protocol';
import type { ProbeEvent } from './cluster-probe.ts';
import type { HistoryStorage, StoredRecord } from './history/history-storage.ts';
import type { PackedSnapshot } from './history/job-archive.ts';
import { MemoryStorage } from './history/memory-storage.ts';
import type { SubtaskRequest } from './history/subtask-range.ts';
import { ENDED, JobMonitor } from './job-monitor.ts';

/** Called in the order in which a viewer must see things; a snapshot holds all that came before. */
export interface MonitorListener {
  onTick(jobId: string, tick: JobTick, topology: JobTopology): void;
  onTopology?(jobId: string, topology: JobTopology): void;
  onEvent?(jobId: string, event: JobEvent): void;
}

export class Monitor {
  readonly #jobs = new Map<string, JobMonitor>();
  readonly #listener: MonitorListener;
  readonly #storage: HistoryStorage;

  constructor(listener: MonitorListener, storage: HistoryStorage = new MemoryStorage()) {
    this.#listener = listener;
    this.#storage = storage;
  }

  /** Events of a job whose topology is not known yet are left out. */
  apply(event: ProbeEvent): void {
    if (event.type === 'topology') {
      this.#setTopology(event.jobId, event.topology);
      return;
    }
    if (event.type === 'removed') {
      this.#jobs.delete(event.jobId);
      this.#storage.remove(event.jobId);
      return;
    }
    if (event.type === 'record') {
      this.#storage.addRecord(event.jobId, event.record);
      return;
    }
    const job = this.#jobs.get(event.jobId);
    if (job === undefined) return;
    if (event.type === 'code') job.setCode(event.code);
    else if (event.type === 'key') job.setKey(event.key);
    else if (event.type === 'layout') job.setLayout(event.layout);
    else if (event.type === 'state') {
      const before = job.state;
      job.setState(event.state, event.tasks);
      if (event.state !== before && STOPS_FRAMES.has(event.state)) {
        const t = Math.max(event.atMs, (job.lastTick?.t ?? 0) + 1);
        this.#tell(event.jobId, job, job.addSilence(t));
      }
    } else if (event.type === 'event') {
      job.addEvent(event.event);
      this.#listener.onEvent?.(event.jobId, event.event);
    } else {
      const tick = job.addFrame(event.frame);
      if (tick !== null) this.#tell(event.jobId, job, tick);
    }
  }

  /**
   * Call once a second: jobs that are not ended and sent nothing for two seconds (between attempts,
   * while starting) get a tick that says so.
   */
  tickSilentJobs(nowMs: number): void {
    for (const [jobId, job] of this.#jobs) {
      if (ENDED.has(job.state)) continue;
      const last = job.lastTick;
      if (last !== null && nowMs - last.t < SILENCE_MS) continue;
      this.#tell(jobId, job, job.addSilence(nowMs));
    }
  }

  snapshot(jobId: string): PackedSnapshot | null {
    return this.#jobs.get(jobId)?.archive.snapshot() ?? null;
  }

  history(jobId: string, from: number, to: number): JobHistory | null {
    return this.#jobs.get(jobId)?.archive.history(from, to) ?? null;
  }

  /** Null when there is no such job or vertex. */
  subtasks(jobId: string, request: SubtaskRequest): JobSubtasks | null {
    return this.#jobs.get(jobId)?.archive.subtasks(request) ?? null;
  }

  /** The newest ones with from ≤ t < to, newest first. */
  records(
    jobId: string,
    kind: StoredRecord['kind'],
    from: number,
    to: number,
    limit: number,
  ): StoredRecord[] {
    return this.#storage.records(jobId, kind, from, to, limit);
  }

  #tell(jobId: string, job: JobMonitor, tick: JobTick): void {
    this.#listener.onTick(jobId, tick, job.topology);
    for (const event of job.takeVerdictEvents()) this.#listener.onEvent?.(jobId, event);
  }

  #setTopology(jobId: string, topology: JobTopology): void {
    const job = this.#jobs.get(jobId);
    if (job === undefined) {
      this.#jobs.set(jobId, new JobMonitor(topology, this.#storage));
    } else {
      job.setTopology(topology);
    }
    this.#listener.onTopology?.(jobId, topology);
  }
}

/** Told at once, since no frame follows that would carry them. */
const STOPS_FRAMES = new Set([...ENDED, 'FAILING', 'RESTARTING']);
const SILENCE_MS = 2000;
