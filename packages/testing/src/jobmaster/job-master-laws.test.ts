import { WeirError } from '@weir/core';
import { JOB_TRANSITIONS, type JobStatus } from '@weir/runtime';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { settle } from '../virtual-time.ts';
import { pipeline, TWO_VERTICES } from './job-graphs.ts';
import { JobHarness } from './job-harness.ts';

/** What may happen to a job; the laws hold whatever does, in any order. */
const steps = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 9000 }) }),
    fc.record({ do: fc.constant('failTask' as const), task: fc.nat(3) }),
    fc.record({ do: fc.constant('crashProcess' as const) }),
    fc.record({ do: fc.constant('crashServer' as const) }),
    fc.record({ do: fc.constant('savepoint' as const) }),
    fc.record({ do: fc.constant('checkpoint' as const) }),
    fc.record({ do: fc.constant('stop' as const), drain: fc.boolean() }),
    fc.record({ do: fc.constant('drain' as const) }),
    fc.record({ do: fc.constant('storage' as const), failing: fc.boolean() }),
    fc.record({
      do: fc.constant('record' as const),
      failing: fc.constantFrom('no' as const, 'before' as const, 'after' as const),
    }),
    fc.record({
      do: fc.constant('answers' as const),
      declined: fc.integer({ min: 0, max: 3 }),
      lost: fc.integer({ min: 0, max: 3 }),
    }),
  ),
  { maxLength: 30 },
);
type Step = (typeof steps extends fc.Arbitrary<infer T> ? T : never)[number];

const OPTIONS = {
  'execution.checkpointing.interval': '2 s',
  'execution.checkpointing.timeout': '5 s',
  'execution.checkpointing.max-concurrent-checkpoints': '2',
  'execution.checkpointing.tolerable-failed-checkpoints': '3',
  'execution.checkpointing.num-retained': '2',
  'task.cancellation.timeout': '3 s',
  'restart-strategy.type': 'fixed-delay',
  'restart-strategy.fixed-delay.attempts': '100000',
};

function broken(): never {
  throw new WeirError('STORAGE_FAILED', 'injected');
}

function heal(h: JobHarness): void {
  h.storage.fault = null;
  h.onSave = () => {};
  h.onSaved = () => {};
  h.script.onTrigger = () => 'acknowledge';
}

async function take(h: JobHarness, step: Step): Promise<void> {
  const unheard = () => {};
  switch (step.do) {
    case 'wait':
      return h.time.advance(step.ms);
    case 'failTask': {
      const task = h.taskManager.tasks[step.task];
      if (task !== undefined) h.taskManager.failTask(task);
      return;
    }
    case 'crashProcess':
      h.taskManager.exit('segfault');
      return;
    case 'crashServer':
      heal(h);
      await h.crashAndResume();
      return;
    case 'savepoint':
      h.master.triggerSavepoint(null).catch(unheard);
      return;
    case 'checkpoint':
      h.master.triggerCheckpoint().catch(unheard);
      return;
    case 'stop':
      h.master.stopWithSavepoint(null, step.drain).catch(unheard);
      return;
    case 'drain':
      h.taskManager.drain();
      return;
    case 'storage':
      h.storage.fault = step.failing ? broken : null;
      return;
    case 'record':
      h.onSave = step.failing === 'before' ? broken : () => {};
      h.onSaved = step.failing === 'after' ? broken : () => {};
      return;
    case 'answers': {
      const { random } = h;
      h.script.onTrigger = () => {
        const drawn = random.below(20);
        if (drawn < step.declined) return 'decline';
        return drawn < step.declined + step.lost ? 'nothing' : 'acknowledge';
      };
    }
  }
}

function checkHistory(h: JobHarness): void {
  expect(h.violations).toEqual([]);
  for (const [id, ends] of h.outcomes()) expect([id, ends.length]).toEqual([id, 1]);
  const { counts } = h.master.view().checkpoints;
  expect(counts.inProgress + counts.completed + counts.failed).toBe(counts.total);
  const kept = h.record!.checkpoints.filter(({ isSavepoint }) => !isSavepoint);
  expect(kept.length).toBeLessThanOrEqual(2);
}

/** Every change that was seen is in the table; a new server starts over with CREATED. */
function checkTransitions(h: JobHarness): void {
  h.statuses.slice(1).forEach((status, at) => {
    const before = h.statuses[at] as JobStatus;
    const resumed = ['CREATED', 'FAILING', 'CANCELLING', 'SUSPENDED', 'FINISHED'].includes(status);
    if (!resumed) expect(JOB_TRANSITIONS[before]).toContain(status);
  });
}

async function play(seed: number, script: readonly Step[]): Promise<JobHarness> {
  const h = new JobHarness(seed);
  h.script.latencyMs = () => h.random.below(400);
  await h.submit(pipeline(TWO_VERTICES, OPTIONS));
  for (const step of script) {
    await take(h, step);
    await settle();
    checkHistory(h);
  }
  return h;
}

describe('laws, whatever happens in whatever order', () => {
  it('commits follow durability, checkpoints end once, and the job comes to an end', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), steps, async (seed, script) => {
        const h = await play(seed, script);
        heal(h);
        for (let i = 0; i < 20 && h.status !== 'FINISHED' && h.status !== 'SUSPENDED'; i++) {
          await h.time.advance(10_000);
          h.taskManager.drain();
        }
        await h.time.advance(20_000);
        expect(['FINISHED', 'SUSPENDED']).toContain(h.status);
        checkHistory(h);
        checkTransitions(h);
        const names = h.events.flatMap((event) =>
          event.type === 'exception' ? [event.exception.error] : [],
        );
        expect(names.filter(({ name }) => name === 'InvariantError')).toEqual([]);
        if (h.status === 'FINISHED') {
          expect(h.storage.paths.filter((path) => path.startsWith('checkpoints/'))).toEqual([]);
          expect(h.taskManagers.every(({ exited }) => exited)).toBe(true);
        }
      }),
      { numRuns: 150 },
    );
  }, 60_000);

  it('cancel always ends it, too', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), steps, async (seed, script) => {
        const h = await play(seed, script);
        heal(h);
        const outcome = h.master.cancel().then(
          () => 'CANCELED',
          () => 'FINISHED',
        );
        await h.time.advance(20_000);
        expect(await outcome).toBe(h.status);
        expect(h.record!.state).toBe(h.status);
        checkHistory(h);
      }),
      { numRuns: 100 },
    );
  }, 60_000);
});
