/** The sentence above the task managers, and how a slot thread's second is split. */
import type { SlotThread, TaskManagerEntry } from '@weir/console-protocol';
import { clockMinute } from '../time/clock-time.ts';
import { bytesFigure, durationFigure, figureText } from '../figures/figures.ts';

export interface TaskManagerReading {
  /** Named when somebody should look at it. */
  readonly subject: string | null;
  readonly text: string;
  readonly taskManagerId: string | null;
}

const HEAP_FULL = 0.85;
const DELAY_LONG_MS = 250;
const GC_MUCH = 0.1;

/** Of what is worth a look, the one that ends worst comes first: heap, collector, event loop. */
export function taskManagersReading(all: readonly TaskManagerEntry[]): TaskManagerReading {
  const found =
    all.map(heapReading).find((one) => one !== null) ??
    all.map(heapEndReading).find((one) => one !== null) ??
    all.map(gcReading).find((one) => one !== null) ??
    all.map(delayReading).find((one) => one !== null);
  if (found !== undefined) return found;
  const cores = all.reduce((sum, { cpuCores }) => sum + (cpuCores ?? 0), 0);
  const who = all.length === 1 ? 'One process runs' : `${all.length} processes run`;
  const text = `${who}, ${cores.toFixed(cores < 1 ? 2 : 1)} cores in use; memory and event loops are as they should be.`;
  return { subject: null, text, taskManagerId: null };
}

/** 0…1; null while unknown. */
export function ratio(part: number | null, whole: number | null): number | null {
  return part === null || whole === null || whole === 0 ? null : part / whole;
}

/** The fullest heap of its slot threads, 0…1: each thread has a limit of its own. */
export function fullestHeap(slots: readonly SlotThread[]): number | null {
  const fills = slots
    .map(({ heapUsedBytes, heapLimitBytes }) => ratio(heapUsedBytes, heapLimitBytes))
    .filter((fill) => fill !== null);
  return fills.length === 0 ? null : Math.max(...fills);
}

export function isHeapFull(fill: number | null): boolean {
  return fill !== null && fill >= HEAP_FULL;
}

export interface ThreadPart {
  readonly key: string;
  readonly label: string;
  /** 0…1 of the thread. */
  readonly share: number;
  /** Position of its vertex in the job's order, for its colour; null = the collector. */
  readonly colour: number | null;
}

/**
 * Parts of a thread's second: its subtasks in order, then the collector; at most 1 in all. Its
 * pauses fall into the time of subtasks that run, so they are taken out of their shares.
 */
export function threadParts(thread: SlotThread, vertexIds: readonly string[]): ThreadPart[] {
  const gc = thread.gc ?? 0;
  const busy = thread.tasks.reduce((sum, { running }) => sum + (running ?? 0), 0);
  const own = busy > gc ? 1 - gc / busy : 0;
  const parts: ThreadPart[] = thread.tasks.map(({ vertexId, name, subtask, running }) => ({
    key: `${vertexId}/${subtask}`,
    label: `${name} ${subtask}`,
    share: (running ?? 0) * own,
    colour: vertexIds.indexOf(vertexId),
  }));
  parts.push({ key: 'gc', label: 'garbage collector', share: gc, colour: null });
  const sum = parts.reduce((total, { share }) => total + share, 0);
  const scale = sum > 1 ? 1 / sum : 1;
  return parts
    .filter(({ share }) => share > 0)
    .map((part) => ({ ...part, share: part.share * scale }));
}

function heapReading({ id, jobName, slots }: TaskManagerEntry): TaskManagerReading | null {
  const full = slots.find((slot) => isHeapFull(ratio(slot.heapUsedBytes, slot.heapLimitBytes)));
  if (full === undefined) return null;
  const share = Math.round((ratio(full.heapUsedBytes, full.heapLimitBytes) ?? 0) * 100);
  const text = ` of ${jobName} is the one to watch: slot ${full.slot} uses ${share}\u202f% of its heap.`;
  return { subject: id, text, taskManagerId: id };
}

function heapEndReading({ id, jobName, heapEnd }: TaskManagerEntry): TaskManagerReading | null {
  if (heapEnd == null) return null;
  const { slot, at, bytesPerMinute } = heapEnd;
  const growth = figureText(bytesFigure(bytesPerMinute));
  const text = ` of ${jobName} is the one to watch: the heap of slot ${slot} grows by ${growth} a minute and meets its limit at about ${clockMinute(at)}.`;
  return { subject: id, text, taskManagerId: id };
}

function gcReading({ id, jobName, gc }: TaskManagerEntry): TaskManagerReading | null {
  if (gc === null || gc < GC_MUCH) return null;
  const text = ` of ${jobName} spends ${Math.round(gc * 100)}\u202f% of its time collecting garbage.`;
  return { subject: id, text, taskManagerId: id };
}

function delayReading({ id, jobName, eventLoopDelayMs }: TaskManagerEntry) {
  if (eventLoopDelayMs === null || eventLoopDelayMs < DELAY_LONG_MS) return null;
  const delay = figureText(durationFigure(eventLoopDelayMs));
  const text = ` of ${jobName} comes back to its event loop ${delay} late.`;
  return { subject: id, text, taskManagerId: id };
}
