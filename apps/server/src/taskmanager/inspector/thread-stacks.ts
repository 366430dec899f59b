/** Where each thread of the TaskManager is at this moment, in the user's terms. */
import type { StackFrameView, ThreadStackView } from '@weir/runtime';
import type { SlotThread } from '../slot-thread.ts';
import type { CodePlaces } from './code-places.ts';
import { pausedStack, type RawFrame } from './paused-stack.ts';
import { WorkerInspector } from './worker-inspector.ts';

/** A thread that is not idle runs JavaScript within that time, on a busy machine too. */
const PAUSE_MS = 1000;
const WATCH_MS = 50;
/** A thread that is idle for more of the time than this is waiting. */
const IDLE_SHARE = 0.9;
const FRAMES_MAX = 64;

/** Each slot's thread is stopped for some milliseconds. */
export async function readStacks(
  slots: readonly SlotThread[],
  places: CodePlaces,
): Promise<ThreadStackView[]> {
  const inspector = new WorkerInspector();
  try {
    const threads = slots.map((slot) => slotStack(slot, inspector, places));
    return [mainThread(), ...(await Promise.all(threads))];
  } finally {
    inspector.close();
  }
}

async function slotStack(
  slot: SlotThread,
  inspector: WorkerInspector,
  places: CodePlaces,
): Promise<ThreadStackView> {
  const named = { slot: slot.slot, name: `slot-${slot.slot}` };
  const isIdle = await waits(slot);
  const operator = operatorOf(slot);
  if (isIdle) return { ...named, state: 'waiting', operator, stack: [] };
  const link = await inspector.link(slot.worker);
  const frames = link === null ? null : await pausedStack(link, PAUSE_MS);
  if (frames === null) {
    const state = operator?.inside === true ? 'native' : 'waiting';
    return { ...named, state, operator, stack: [] };
  }
  const stack = frames.slice(0, FRAMES_MAX).map((frame) => shown(frame, places));
  return { ...named, state: 'running', operator, stack };
}

/** By how its event loop spends a moment. */
async function waits({ worker }: SlotThread): Promise<boolean> {
  const before = worker.performance.eventLoopUtilization();
  await new Promise((resolve) => setTimeout(resolve, WATCH_MS));
  const { idle, active } = worker.performance.eventLoopUtilization(before);
  return idle > (idle + active) * IDLE_SHARE;
}

/** It asks; its own stack would say no more. */
function mainThread(): ThreadStackView {
  return { slot: -1, name: 'main', state: 'waiting', operator: null, stack: [] };
}

function operatorOf({ operator }: SlotThread): ThreadStackView['operator'] {
  if (operator === null) return null;
  const { vertexId, subtask, node, inside } = operator;
  return { vertexId, subtask, name: node.name, inside };
}

function shown({ functionName, ...place }: RawFrame, places: CodePlaces): StackFrameView {
  const { name, kind, file, line } = places.frameAt(functionName, place);
  return { function: name, file: file ?? name, line: places.place(place).line ?? line ?? 0, kind };
}
