/**
 * Joins socket, stores and frame scheduler: the one object that React reads live data from.
 *
 * A job's store lives as long as somebody reads it and for a while after, so that going back is
 * instant; at most eight unread stores are kept.
 */
import type { ServerMessage } from '@weir/console-protocol';
import { ClockStore } from './clock-store.ts';
import { ConnectionStore } from './connection-store.ts';
import { FrameScheduler } from './frame-scheduler.ts';
import { JobStore } from './job-store.ts';
import { JobsStore } from './jobs-store.ts';
import { PastJob } from './past-job.ts';
import { serverClock } from './server-clock.ts';
import { LiveSocket, type SocketLike } from './live-socket.ts';

const STORES_MAX = 8;
/** Longer than a page takes to load its code. */
const EXPECTED_MS = 20_000;

export class LiveData {
  readonly connection: ConnectionStore;
  readonly jobs: JobsStore;
  readonly clock: ClockStore;
  readonly #frames: FrameScheduler;
  readonly #stores = new Map<string, JobStore>();
  readonly #pasts = new WeakMap<JobStore, PastJob>();
  readonly #reading = new Map<string, number>();
  readonly #socket: LiveSocket;

  constructor(url: string) {
    this.#frames = new FrameScheduler({
      request: (callback) => requestAnimationFrame(callback),
      report: (error) => reportError(error),
    });
    this.connection = new ConnectionStore(this.#frames);
    this.jobs = new JobsStore(this.#frames);
    this.clock = new ClockStore(this.#frames, {
      now: () => serverClock.now(),
      after: (ms, callback) => {
        const timer = setTimeout(callback, ms);
        return () => clearTimeout(timer);
      },
    });
    this.#socket = new LiveSocket(
      {
        open: () => {
          const socket = new WebSocket(url);
          socket.binaryType = 'arraybuffer';
          return socket as unknown as SocketLike;
        },
        now: () => serverClock.now(),
        heard: (t) => serverClock.heard(t),
        random: () => Math.random(),
        after: (ms, callback) => setTimeout(callback, ms),
        reload: () => location.reload(),
        report: (message) => console.warn(message),
      },
      {
        message: (message) => this.#apply(message),
        connection: (connection) => this.connection.apply(connection),
      },
    );
  }

  connect(): void {
    this.#socket.connect();
  }

  /**
   * Keeps the jobs list flowing until the returned function is called.
   * @param figures with what moves every second; without, when a job's state changes.
   */
  readJobs(figures: boolean): () => void {
    return this.#socket.subscribe(figures ? 'jobs' : 'jobs/states');
  }

  /** The store of a job; made on first use. */
  job(jobId: string): JobStore {
    let store = this.#stores.get(jobId);
    if (store === undefined) {
      store = new JobStore(jobId, this.#frames);
      this.#stores.set(jobId, store);
    }
    return store;
  }

  /** The past of a job; made on first use, forgotten with its store. */
  past(jobId: string): PastJob {
    const live = this.job(jobId);
    let past = this.#pasts.get(live);
    if (past === undefined) {
      past = new PastJob(live, (rows) => new JobStore(jobId, this.#frames, rows));
      this.#pasts.set(live, past);
    }
    return past;
  }

  /** Keeps a job's ticks flowing until the returned function is called. */
  readJob(jobId: string): () => void {
    this.job(jobId);
    this.#reading.set(jobId, (this.#reading.get(jobId) ?? 0) + 1);
    const release = this.#socket.subscribe(`job/${jobId}`);
    return () => {
      release();
      const readers = (this.#reading.get(jobId) ?? 1) - 1;
      if (readers > 0) this.#reading.set(jobId, readers);
      else this.#reading.delete(jobId);
      this.#forgetOldest();
    };
  }

  /** Keeps a job's ticks flowing until the page that is being loaded reads them itself. */
  expectJob(jobId: string): void {
    setTimeout(this.readJob(jobId), EXPECTED_MS);
  }

  #forgetOldest(): void {
    for (const jobId of this.#stores.keys()) {
      if (this.#stores.size <= STORES_MAX) return;
      if (this.#reading.has(jobId)) continue;
      this.#stores.delete(jobId);
      this.#socket.forget(`job/${jobId}`);
    }
  }

  #apply(message: ServerMessage): void {
    this.clock.message();
    if (message.op === 'jobs') this.jobs.apply(message.data);
    else if (message.op === 'job.snapshot') this.job(message.jobId).applySnapshot(message.data);
    else if (message.op === 'job.delta') this.job(message.jobId).applyDelta(message.data);
    else if (message.op === 'job.gone') this.job(message.jobId).markGone();
  }
}
