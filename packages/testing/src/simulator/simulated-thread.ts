/**
 * The event loop of one slot's thread: what waits to run in it, in queues as Node has them.
 * Messages keep their order, timers theirs; between the queues the seed decides.
 *
 * Invariant: a thread that is inside one of its tasks does not begin another, however deep other
 * threads' tasks are nested in it.
 */
import type { SeededRandom } from '../seeded-random.ts';
import { runWithin, type ThreadGlobals } from './simulated-globals.ts';

export type TaskKind = 'message' | 'timer' | 'turn';

type Task = () => void;

export class SimulatedThread {
  readonly slot: number;
  /** Virtual ms, relative; it gets no processor before. */
  starvedUntilMs = 0;
  isRunning = false;
  isAlive = true;
  readonly #queues: Readonly<Record<TaskKind, Task[]>> = { message: [], timer: [], turn: [] };
  readonly #globals: ThreadGlobals;

  /** `globals`: what its tasks see as the date, chance and timers, once they run. */
  constructor(slot: number, globals: (thread: SimulatedThread) => ThreadGlobals) {
    this.slot = slot;
    this.#globals = globals(this);
  }

  enqueue(kind: TaskKind, task: Task): void {
    if (this.isAlive) this.#queues[kind].push(task);
  }

  canRun(nowMs: number): boolean {
    if (this.isRunning || !this.isAlive || nowMs < this.starvedUntilMs) return false;
    const { message, timer, turn } = this.#queues;
    return message.length > 0 || timer.length > 0 || turn.length > 0;
  }

  get isStarved(): boolean {
    const { message, timer, turn } = this.#queues;
    return this.isAlive && message.length + timer.length + turn.length > 0;
  }

  /** Runs the first task of one queue; which one, for the trace. */
  runOne(random: SeededRandom): TaskKind {
    const { message, timer, turn } = this.#queues;
    const kinds: TaskKind[] = [];
    if (message.length > 0) kinds.push('message');
    if (timer.length > 0) kinds.push('timer');
    if (turn.length > 0) kinds.push('turn');
    const kind = kinds.length === 1 ? kinds[0]! : random.pick(kinds);
    const task = this.#queues[kind].shift()!;
    this.isRunning = true;
    try {
      runWithin(this.#globals, task);
    } finally {
      this.isRunning = false;
    }
    return kind;
  }

  kill(): void {
    this.isAlive = false;
    for (const queue of Object.values(this.#queues)) queue.length = 0;
  }
}
