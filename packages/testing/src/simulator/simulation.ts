/**
 * One seed: a whole job on a machine that exists only here, from submission until everything is
 * committed. One thread, no real time; the same seed is the same run, event for event.
 *
 * Each iteration lets all promises settle, then runs one task of one simulated thread or fires one
 * timer. A crash is a timer, or falls right after a durable effect.
 */
import { SeededRandom } from '../seeded-random.ts';
import { settle } from '../virtual-time.ts';
import { EventTrace } from './event-trace.ts';
import { checkOutput } from './expected-output.ts';
import type { Violation } from './laws.ts';
import { drawScenario, type Scenario } from './scenario.ts';
import { SimulatedCluster } from './simulated-cluster.ts';
import { installSimulatedGlobals } from './simulated-globals.ts';
import { World } from './world.ts';

export interface SimulationOptions {
  /** Keeps the lines of the trace. */
  readonly trace?: boolean;
}

export interface SimulationReport {
  readonly seed: number;
  readonly violations: readonly Violation[];
  /** Of all events in order; equal for equal seeds. */
  readonly traceHash: string;
  readonly events: number;
  readonly virtualMs: number;
  /** Empty unless asked for. */
  readonly trace: readonly string[];
  readonly scenario: Scenario;
}

const EVENTS_MAX = 200_000;
const VIRTUAL_MS_MAX = 300_000;
const STARVED_MS_MAX = 30;

/** Runs one seed to its end or its first broken law. About 10 ms. Never rejects. */
export async function runSeed(
  seed: number,
  options: SimulationOptions = {},
): Promise<SimulationReport> {
  const random = new SeededRandom(seed);
  const scenario = drawScenario(random);
  const trace = new EventTrace(options.trace === true);
  const world = new World(scenario, random, trace);
  const events = await new Simulation(world).run();
  return {
    seed,
    violations: world.laws.violations,
    traceHash: trace.hash,
    events,
    virtualMs: world.nowMs,
    trace: trace.lines,
    scenario,
  };
}

/** The line that replays a seed. */
export function replayLine(seed: number): string {
  return `npm run soak -- --seed ${seed} --trace`;
}

class Simulation {
  readonly #world: World;
  readonly #cluster: SimulatedCluster;

  constructor(world: World) {
    this.#world = world;
    this.#cluster = new SimulatedCluster(world);
  }

  /** Resolves with the number of events. */
  async run(): Promise<number> {
    const world = this.#world;
    const { laws } = world;
    let events = 0;
    const restoreGlobals = installSimulatedGlobals();
    this.#scheduleFaults();
    try {
      this.#cluster.begin();
      for (; ; events++) {
        await settle();
        this.#checkWakeUps();
        if (laws.violations.length > 0) return events;
        if (this.#cluster.isDone) break;
        if (events > EVENTS_MAX || world.nowMs > VIRTUAL_MS_MAX || !this.#step()) {
          laws.broken('job-finishes', `nothing ends: ${this.#cluster.describe()}`);
          return events;
        }
      }
      checkOutput(world.scenario, world.store, laws);
    } catch (error) {
      world.unexpected('the simulation', error);
    } finally {
      restoreGlobals();
    }
    return events;
  }

  /** False when nothing is left that could happen. */
  #step(): boolean {
    const { time, random, scenario, nowMs } = this.#world;
    const threads = this.#cluster.livingTaskManagers.flatMap((manager) => manager.threads);
    const ready = threads.filter((thread) => thread.canRun(nowMs));
    const nextMs = time.nextTimerAtMs();
    if (ready.length === 0) {
      const starved = threads.filter((thread) => thread.isStarved);
      if (starved.length > 0) {
        const untilMs = Math.min(...starved.map((thread) => thread.starvedUntilMs));
        if (nextMs === null || nextMs - time.nowMs() > untilMs - nowMs) {
          time.runUntil(time.nowMs() + Math.max(0, untilMs - nowMs));
          return true;
        }
      }
      return time.fireNext();
    }
    const thenMs = time.nowMs() + random.next() * scenario.machine.stepMs;
    if (nextMs !== null && nextMs <= thenMs) {
      if (random.below(2) === 0) return time.fireNext();
    } else {
      time.runUntil(thenMs);
    }
    const thread = random.pick(ready);
    const kind = thread.runOne(random);
    this.#world.note(`#${thread.slot} ${kind}`);
    return true;
  }

  #checkWakeUps(): void {
    for (const manager of this.#cluster.livingTaskManagers) {
      const lost = manager.lostWakeUp();
      if (lost !== null) this.#world.laws.broken('no-lost-wake-up', lost);
    }
  }

  #scheduleFaults(): void {
    const { faults } = this.#world.scenario;
    this.#atRandom(faults.taskManagerCrashes, () => this.#cluster.crashTaskManager());
    this.#atRandom(faults.serverCrashes, () => this.#cluster.crashServer());
    this.#atRandom(faults.savepoints, () => this.#cluster.takeSavepoint());
    this.#atRandom(faults.starvations, () => this.#starve());
  }

  #atRandom(times: number, happen: () => void): void {
    const { time, random, scenario } = this.#world;
    for (let i = 0; i < times; i++) time.schedule(random.next() * scenario.faults.untilMs, happen);
  }

  #starve(): void {
    const { random, nowMs } = this.#world;
    const threads = this.#cluster.livingTaskManagers.flatMap((manager) => manager.threads);
    if (threads.length === 0) return;
    const thread = random.pick(threads);
    // Whole ms, which a wall clock of this size can tell apart.
    thread.starvedUntilMs = Math.ceil(nowMs + random.next() * STARVED_MS_MAX);
  }
}
