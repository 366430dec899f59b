/** Threads and machine between the oldest and the newest of some frames. */
import type { ProbeFrame, ProbeProcess, ProbeThread } from '../cluster-probe.ts';
import { type MachinePicture, medianOf, type ThreadPicture } from './picture.ts';

/** Signs of life come once a second. */
const HUNG_MS = 2000;

/** Empty where the probe does not know. @param frames oldest first, at least one */
export function threadsBetween(frames: readonly ProbeFrame[]): {
  readonly threads: ReadonlyMap<number, ThreadPicture>;
  readonly machine: MachinePicture | null;
} {
  const threads = new Map<number, ThreadPicture>();
  const first = frames[0]!;
  const last = frames.at(-1)!;
  const known = frames.slice(1).flatMap(({ process }) => (process === undefined ? [] : [process]));
  const { process: before } = first;
  const { process: now } = last;
  if (before === undefined || now === undefined) return { threads, machine: null };
  const spanMs = Math.max(1, last.atMs - first.atMs);
  for (const thread of now.threads) {
    const earlier = before.threads.find(({ slot }) => slot === thread.slot);
    if (thread.slot < 0 || earlier === undefined) continue;
    threads.set(thread.slot, threadPicture(thread, earlier, spanMs, known));
  }
  const busyCores = known.reduce((sum, one) => sum + one.machineBusyCores, 0) / known.length;
  return { threads, machine: { busyCores, cores: now.machineCores } };
}

function threadPicture(
  now: ProbeThread,
  before: ProbeThread,
  spanMs: number,
  processes: readonly ProbeProcess[],
): ThreadPicture {
  const runDelayMs = now.runDelayMs - before.runDelayMs;
  const delays = processes.map(
    ({ threads }) => threads.find(({ slot }) => slot === now.slot)?.eventLoopDelayMs ?? 0,
  );
  const { slot, heapUsedBytes, heapLimitBytes, silentMs, inside } = now;
  return {
    slot,
    gc: Math.max(0, now.gcMs - before.gcMs) / spanMs,
    cpu: Math.max(0, now.cpuMs - before.cpuMs) / spanMs,
    runDelay: Number.isFinite(runDelayMs) ? Math.max(0, runDelayMs) / spanMs : null,
    heapUsedBytes,
    heapLimitBytes,
    delayMs: medianOf(delays) ?? 0,
    hung: silentMs >= HUNG_MS && inside !== null ? { ...inside, forMs: silentMs } : null,
  };
}
