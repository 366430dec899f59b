/**
 * Signs of life that a slot's thread publishes in shared memory and the main thread reads: no
 * message is needed to see that a thread no longer comes back to its event loop.
 */
import { readFileSync } from 'node:fs';
import { PerformanceObserver } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import type { ThreadSample } from '@weir/runtime';

const BEATS = 0;
const HEAP_USED = 1;
const HEAP_LIMIT = 2;
const GC_MS = 3;
const CPU_MS = 4;
const DELAY_MS = 5;
const POSITION = 6;
const RUN_DELAY_MS = 7;
const BEAT_AT_MS = 8;
const CELLS = 9;

export function allocateVitals(): SharedArrayBuffer {
  return new SharedArrayBuffer(CELLS * Float64Array.BYTES_PER_ELEMENT);
}

/** In the slot's thread: beats every `periodMs` from now on; keeps the thread alive. */
export function startVitals(memory: SharedArrayBuffer, periodMs: number): void {
  const cells = new Float64Array(memory);
  observeGc((durationMs) => {
    cells[GC_MS] = cells[GC_MS]! + durationMs;
  });
  let expectedMs = performance.now() + periodMs;
  const beat = (): void => {
    const nowMs = performance.now();
    cells[DELAY_MS] = Math.max(0, nowMs - expectedMs);
    expectedMs = nowMs + periodMs;
    const heap = getHeapStatistics();
    cells[HEAP_USED] = heap.used_heap_size;
    cells[HEAP_LIMIT] = heap.heap_size_limit;
    cells[CPU_MS] = threadCpuMs();
    cells[RUN_DELAY_MS] = threadRunDelayMs();
    cells[BEAT_AT_MS] = Date.now();
    cells[BEATS] = cells[BEATS]! + 1;
  };
  setInterval(beat, periodMs);
  beat();
}

/** The one double in which the thread publishes the operator that it is in. */
export function positionCell(memory: SharedArrayBuffer): Float64Array {
  return new Float64Array(memory, POSITION * Float64Array.BYTES_PER_ELEMENT, 1);
}

export function positionOf(memory: SharedArrayBuffer): number {
  return positionCell(memory)[0]!;
}

export function beatsOf(memory: SharedArrayBuffer): number {
  return new Float64Array(memory)[BEATS]!;
}

/** What the thread says of itself; where it is, its owner knows. */
export function sampleOf(memory: SharedArrayBuffer, slot: number): Omit<ThreadSample, 'inside'> {
  const cells = new Float64Array(memory);
  return {
    slot,
    heapUsedBytes: cells[HEAP_USED]!,
    heapLimitBytes: cells[HEAP_LIMIT]!,
    gcMs: cells[GC_MS]!,
    cpuMs: cells[CPU_MS]!,
    eventLoopDelayMs: cells[DELAY_MS]!,
    runDelayMs: cells[RUN_DELAY_MS]!,
    silentMs: cells[BEAT_AT_MS] === 0 ? 0 : Math.max(0, Date.now() - cells[BEAT_AT_MS]!),
  };
}

export function observeGc(onPause: (durationMs: number) => void): void {
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) onPause(entry.duration);
  }).observe({ entryTypes: ['gc'] });
}

export function threadCpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

const SCHEDULER_FIGURES = '/proc/thread-self/schedstat';

/** How long this thread waited for a core, so far; NaN where the system does not tell. */
export function threadRunDelayMs(): number {
  try {
    // Time on a core, time waiting for one (both in ns), and how often it was given one.
    const [, waitedNs] = readFileSync(SCHEDULER_FIGURES, 'latin1').split(' ');
    return Number(waitedNs) / 1e6;
  } catch {
    return Number.NaN;
  }
}
