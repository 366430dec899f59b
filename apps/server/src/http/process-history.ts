/**
 * The last half hour of each job's process: cores in use, heap of each slot thread. Fed by the
 * job's observer with every frame; in memory only, as it is about processes that live now.
 *
 * Invariants: a sample covers five seconds, at most 360 are kept a job. The heap of a sample is the
 * lowest in it, which is nearest to what the collector leaves.
 */
import type { TaskManagerHistory } from '@weir/console-protocol';
import type { ProcessSample } from '@weir/runtime';
import { heapEnd, type HeapEnd } from './heap-trend.ts';

const SAMPLE_MS = 5000;
const SAMPLES_MAX = 360;

interface Sample {
  readonly t: number;
  /** Of the frame that began it. */
  readonly cpuMs: number;
  cores: number | null;
  rssBytes: number;
  /** By slot; null = no such thread then. */
  heap: (number | null)[];
  limits: (number | null)[];
}

export class ProcessHistory {
  readonly #jobs = new Map<string, Sample[]>();

  add(jobId: string, t: number, { cpuMs, rssBytes, threads }: ProcessSample): void {
    const samples = this.#jobs.get(jobId) ?? [];
    this.#jobs.set(jobId, samples);
    const heap: (number | null)[] = [];
    const limits: (number | null)[] = [];
    for (const { slot, heapUsedBytes, heapLimitBytes } of threads) {
      if (slot < 0) continue;
      heap[slot] = heapUsedBytes;
      limits[slot] = heapLimitBytes;
    }
    const last = samples.at(-1);
    // Another process counts its time from nothing.
    const goesOn = last !== undefined && cpuMs >= last.cpuMs;
    if (goesOn) last.cores = t > last.t ? (cpuMs - last.cpuMs) / (t - last.t) : last.cores;
    if (goesOn && t - last.t < SAMPLE_MS) {
      last.heap = heap.map((bytes, slot) => lower(last.heap[slot] ?? null, bytes));
      last.rssBytes = rssBytes;
      return;
    }
    samples.push({ t, cpuMs, cores: null, rssBytes, heap, limits });
    if (samples.length > SAMPLES_MAX) samples.shift();
  }

  remove(jobId: string): void {
    this.#jobs.delete(jobId);
  }

  /** Oldest first. */
  of(jobId: string): TaskManagerHistory {
    const samples = this.#jobs.get(jobId) ?? [];
    const slots = Math.max(0, ...samples.map(({ heap }) => heap.length));
    return {
      times: samples.map(({ t }) => t),
      cores: samples.map(({ cores }) => cores),
      rssBytes: samples.map(({ rssBytes }) => rssBytes),
      heapBytes: Array.from({ length: slots }, (_, slot) =>
        samples.map(({ heap }) => heap[slot] ?? null),
      ),
    };
  }

  /** The slot thread whose heap ends first if it goes on growing like this; null = none does. */
  heapEnd(jobId: string): (HeapEnd & { readonly slot: number }) | null {
    const samples = this.#jobs.get(jobId) ?? [];
    let first: (HeapEnd & { readonly slot: number }) | null = null;
    for (const [slot, limit] of (samples.at(-1)?.limits ?? []).entries()) {
      if (limit === null || limit === undefined) continue;
      const points = samples.flatMap(({ t, heap }) => {
        const bytes = heap[slot];
        return bytes == null ? [] : [{ t, bytes }];
      });
      const end = heapEnd(points, limit);
      if (end !== null && (first === null || end.at < first.at)) first = { slot, ...end };
    }
    return first;
  }
}

function lower(before: number | null, now: number | null): number | null {
  if (before === null || now === null) return now ?? before;
  return Math.min(before, now);
}
