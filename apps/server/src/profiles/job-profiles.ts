/**
 * Profiles of jobs for those who look: viewers hold leases, the TaskManager samples while there is
 * one, what it sends is kept for an hour.
 *
 * Invariants: nothing is asked of a TaskManager without a viewer; a viewer that does not come back
 * within `FLAME_LEASE_MS` is none any more, and the TaskManager ends by itself then; after a
 * restart of the TaskManager the next visit of a viewer starts sampling again; what was kept
 * outlives the server in an archive, if it has one.
 */
import { FLAME_LEASE_MS, type FlameGraphAnswer, type ThreadStacks } from '@weir/console-protocol';
import { WeirError } from '@weir/core';
import type { MetricRegistry } from '@weir/metrics';
import { type JobMasterControl, type JobMasterEvent, TERMINAL_STATUS } from '@weir/runtime';
import { type FlameScope, flameProfile } from './flame-profile.ts';
import { type HotFunction, hotFunction, stateShare } from './hot-function.ts';
import type { ProfileArchive } from './profile-archive.ts';
import { type ProfileSlice, ProfileStore } from './profile-store.ts';
import { readTimes, type TimesReading, timesBetween } from './task-times.ts';

export const WINDOW_MS_DEFAULT = 20_000;
const SLICE_MS = 2000;
/** 100 samples a second and thread. */
const INTERVAL_MICROS = 10_000;
/** A kept profile this far from a moment still shows it. */
const NEAR_MS = 60_000;
const STACKS_MS_MAX = 5000;
/** Beyond what was asked for: until sampling has begun, and for the last slice. */
const TAKE_SLACK_MS = 4000;

/** What a profile says about a vertex. */
export interface VertexFinding {
  /** Null where no code of the user's was seen. */
  readonly hottest: HotFunction | null;
  /** 0…1 of the profile's time. */
  readonly stateShare: number;
}

export interface FlameQuestion extends FlameScope {
  /** Holds a lease while it asks; null = only look at what is kept. */
  readonly viewer: string | null;
  readonly windowMs: number;
  /** Epoch ms; null = now. */
  readonly atMs: number | null;
}

interface Job {
  readonly control: JobMasterControl;
  readonly store: ProfileStore;
  /** Resolves when what an earlier server kept is in the store. */
  readonly loaded: Promise<void>;
  /** Kept files that could not be read. */
  damaged: number;
  /** When each viewer was here last. */
  readonly viewers: Map<string, number>;
  readonly waiting: Set<(slice: ProfileSlice) => void>;
  readonly stacks: Map<string, (threads: ThreadStacks['threads']) => void>;
  attached: number;
  lastTimes: TimesReading | null;
}

export class JobProfiles {
  readonly #registry: MetricRegistry;
  readonly #nowMs: () => number;
  readonly #newId: () => string;
  readonly #archive: ProfileArchive | null;
  readonly #jobs = new Map<string, Job>();

  /** @param archive null = profiles are kept in memory only. */
  constructor(
    registry: MetricRegistry,
    nowMs: () => number,
    newId: () => string,
    archive: ProfileArchive | null = null,
  ) {
    this.#archive = archive;
    this.#registry = registry;
    this.#nowMs = nowMs;
    this.#newId = newId;
  }

  /** Resolves when what an earlier server kept of the job is known as well. */
  ready(control: JobMasterControl): Promise<void> {
    return this.#job(control).loaded;
  }

  /** Answers at once with what there is. */
  view(control: JobMasterControl, question: FlameQuestion): FlameGraphAnswer {
    const job = this.#job(control);
    const { viewer, atMs } = question;
    if (viewer !== null) this.#renew(job, viewer);
    return atMs === null ? this.#live(job, question) : this.#kept(job, question, atMs);
  }

  /** A viewer goes; with the last one sampling ends at once. */
  leave(control: JobMasterControl, viewer: string): void {
    const job = this.#jobs.get(control.view().jobId);
    if (job === undefined || !job.viewers.delete(viewer)) return;
    if (this.#viewersOf(job) > 0) return;
    this.#sample(job, 0);
    void this.#archive?.flush(control.view().jobId);
  }

  /**
   * Profiles a vertex once for about `forMs`: the function of the user's that takes most of its CPU
   * time, with file and line, and how much state takes; null when the job stopped running. Whoever
   * looks at the flame graph meanwhile shares the sampling. Costs ≤ 2 % while it lasts.
   */
  async takeProfile(
    control: JobMasterControl,
    vertexId: string,
    forMs: number,
  ): Promise<VertexFinding | null> {
    const job = this.#job(control);
    const viewer = `profile ${this.#newId()}`;
    const fromMs = this.#nowMs();
    this.#renew(job, viewer, forMs + TAKE_SLACK_MS);
    await this.#sampledUntil(job, fromMs + forMs, forMs + TAKE_SLACK_MS);
    this.leave(control, viewer);
    const slices = job.store.within(fromMs, this.#nowMs());
    if (slices.length === 0) return null;
    const scope = { mode: 'on', vertexId, subtask: null } as const;
    const { tree } = flameProfile(slices, control.view().graph, scope);
    return { hottest: hotFunction(tree), stateShare: stateShare(tree) };
  }

  /**
   * Where the threads of the job's TaskManager are.
   * @throws WeirError JOB_STATE_INVALID when it does not run, or does not answer.
   */
  async stacks(control: JobMasterControl): Promise<ThreadStacks> {
    const job = this.#job(control);
    const requestId = this.#newId();
    const { promise, resolve } = Promise.withResolvers<ThreadStacks['threads'] | null>();
    job.stacks.set(requestId, resolve);
    const timer = setTimeout(() => resolve(null), STACKS_MS_MAX);
    const asked = control.inspect({ type: 'readStacks', requestId });
    const threads = asked ? await promise : null;
    clearTimeout(timer);
    job.stacks.delete(requestId);
    if (threads !== null) return { t: this.#nowMs(), threads };
    const why = asked ? 'did not answer within 5 s' : 'runs no tasks at the moment';
    throw new WeirError('JOB_STATE_INVALID', `The TaskManager ${why}; try again.`);
  }

  forget(jobId: string): void {
    this.#jobs.delete(jobId);
    this.#archive?.forget(jobId);
  }

  /** Resolves when everything that is kept is on disk. */
  async close(): Promise<void> {
    await this.#archive?.close();
  }

  #job(control: JobMasterControl): Job {
    const { jobId } = control.view();
    const known = this.#jobs.get(jobId);
    if (known !== undefined) return known;
    const { promise: loaded, resolve } = Promise.withResolvers<void>();
    const job: Job = {
      control,
      store: new ProfileStore(),
      loaded,
      damaged: 0,
      viewers: new Map(),
      waiting: new Set(),
      stacks: new Map(),
      attached: 0,
      lastTimes: null,
    };
    this.#jobs.set(jobId, job);
    void this.#load(jobId, job).then(resolve);
    control.observe((event) => this.#onEvent(job, event));
    return job;
  }

  async #load(jobId: string, job: Job): Promise<void> {
    const kept = await this.#archive?.read(jobId);
    if (kept === undefined) return;
    job.store.restore(kept.slices);
    job.damaged = kept.damaged;
  }

  #onEvent(job: Job, event: JobMasterEvent): void {
    if (event.type === 'sampling') {
      job.attached = event.threads;
      if (event.threads > 0) job.lastTimes = this.#readTimes(job);
    } else if (event.type === 'status' && event.status !== 'RUNNING') {
      // The process goes, and what was attached to it.
      job.attached = 0;
      void this.#archive?.flush(job.control.view().jobId);
    } else if (event.type === 'stacks') {
      const threads = event.threads.map((one) => ({ ...one, stack: [...one.stack] }));
      job.stacks.get(event.requestId)?.(threads);
    } else if (event.type === 'threadSamples') {
      const now = this.#readTimes(job);
      const { lastTimes } = job;
      const times = lastTimes === null || now === null ? [] : timesBetween(lastTimes, now);
      job.lastTimes = now;
      const slice = { ...event.samples, times };
      job.store.add(slice);
      this.#archive?.add(job.control.view().jobId, slice);
      for (const wake of job.waiting) wake(slice);
    }
  }

  #readTimes({ control }: Job): TimesReading | null {
    const { jobId, graph } = control.view();
    return readTimes(this.#registry.job(jobId), graph);
  }

  #renew(job: Job, viewer: string, forMs = FLAME_LEASE_MS): void {
    job.viewers.set(viewer, this.#nowMs() + forMs - FLAME_LEASE_MS);
    this.#sample(job, forMs);
  }

  #sample({ control }: Job, forMs: number): void {
    if (control.view().status !== 'RUNNING') return;
    control.inspect({
      type: 'sampleThreads',
      forMs,
      sliceMs: SLICE_MS,
      intervalMicros: INTERVAL_MICROS,
    });
  }

  #viewersOf({ viewers }: Job): number {
    const goneMs = this.#nowMs() - FLAME_LEASE_MS;
    for (const [viewer, seenMs] of viewers) if (seenMs < goneMs) viewers.delete(viewer);
    return viewers.size;
  }

  async #sampledUntil(job: Job, untilMs: number, waitMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const wake = (slice: ProfileSlice): void => {
      if (slice.toMs >= untilMs) resolve();
    };
    job.waiting.add(wake);
    const timer = setTimeout(resolve, waitMs);
    await promise;
    clearTimeout(timer);
    job.waiting.delete(wake);
  }

  #live(job: Job, question: FlameQuestion): FlameGraphAnswer {
    const { status, graph } = job.control.view();
    const toMs = this.#nowMs();
    const isOver = TERMINAL_STATUS.has(status);
    const { newest } = job.store;
    const endMs = isOver && newest !== null ? newest.toMs : toMs;
    const slices = job.store.within(endMs - question.windowMs, endMs);
    const profile = slices.length === 0 ? null : flameProfile(slices, graph, question);
    if (isOver) {
      const reason = `The job is ${status}: only what runs can be sampled.`;
      return this.#answer(job, 'ended', profile === null ? reason : null, profile);
    }
    return this.#answer(job, profile === null ? 'starting' : 'live', null, profile);
  }

  #kept(job: Job, question: FlameQuestion, atMs: number): FlameGraphAnswer {
    const { store, control } = job;
    const near = store.nearest(atMs, NEAR_MS);
    if (near === null) {
      const reason =
        'No profile was taken then: threads are sampled only while someone looks at a flame ' +
        'graph, and profiles are kept for an hour.';
      return this.#answer(job, 'none', reason, null);
    }
    const endMs = Math.min(Math.max(atMs, near.fromMs), near.toMs);
    const around = store.within(endMs - question.windowMs, endMs);
    const slices = around.length === 0 ? [near] : around;
    const profile = flameProfile(slices, control.view().graph, question);
    return this.#answer(job, 'kept', null, profile);
  }

  #answer(
    job: Job,
    status: FlameGraphAnswer['status'],
    reason: string | null,
    profile: FlameGraphAnswer['profile'],
  ): FlameGraphAnswer {
    return {
      status,
      reason,
      hz: 1_000_000 / INTERVAL_MICROS,
      viewers: this.#viewersOf(job),
      attached: job.attached,
      profile,
      moments: job.store.moments(),
      damaged: job.damaged,
    };
  }
}
