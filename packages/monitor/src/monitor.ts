/**
 * All jobs of one cluster: takes a probe's events, gives ticks, snapshots and history. Pure, so
 * that it runs in a worker of its own, in a test, or over recorded frames.
 */
import type { JobEvent, JobHistory, JobTick, JobTopology } from '@weir/console-protocol';
import type { ProbeEvent } from './cluster-probe.ts';
import { JobMonitor, type PackedSnapshot } from './job-monitor.ts';

/** Called in the order in which a viewer must see things; a snapshot holds all that came before. */
export interface MonitorListener {
  onTick(jobId: string, tick: JobTick, topology: JobTopology): void;
  onTopology?(jobId: string, topology: JobTopology): void;
  onEvent?(jobId: string, event: JobEvent): void;
  /** A merged tick of ten seconds, to be stored. */
  onCoarseTick?(jobId: string, tick: JobTick, topology: JobTopology): void;
}

export class Monitor {
  readonly #jobs = new Map<string, JobMonitor>();
  readonly #listener: MonitorListener;

  constructor(listener: MonitorListener) {
    this.#listener = listener;
  }

  /** Events of a job whose topology is not known yet are left out. */
  apply(event: ProbeEvent): void {
    if (event.type === 'topology') {
      this.#setTopology(event.jobId, event.topology);
      return;
    }
    if (event.type === 'removed') {
      this.#jobs.delete(event.jobId);
      return;
    }
    const job = this.#jobs.get(event.jobId);
    if (job === undefined) return;
    if (event.type === 'layout') job.setLayout(event.layout);
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
    return this.#jobs.get(jobId)?.snapshot() ?? null;
  }

  history(jobId: string, from: number, to: number): JobHistory | null {
    return this.#jobs.get(jobId)?.history(from, to) ?? null;
  }

  #tell(jobId: string, job: JobMonitor, tick: JobTick): void {
    this.#listener.onTick(jobId, tick, job.topology);
    for (const event of job.takeVerdictEvents()) this.#listener.onEvent?.(jobId, event);
  }

  #setTopology(jobId: string, topology: JobTopology): void {
    const job = this.#jobs.get(jobId);
    if (job === undefined) {
      const onCoarse = (tick: JobTick, current: JobTopology) =>
        this.#listener.onCoarseTick?.(jobId, tick, current);
      this.#jobs.set(jobId, new JobMonitor(topology, onCoarse));
    } else {
      job.setTopology(topology);
    }
    this.#listener.onTopology?.(jobId, topology);
  }
}

const ENDED = new Set(['FINISHED', 'CANCELED', 'FAILED', 'SUSPENDED']);
/** Told at once, since no frame follows that would carry them. */
const STOPS_FRAMES = new Set([...ENDED, 'FAILING', 'RESTARTING']);
const SILENCE_MS = 2000;
