import type { JobEvent, VerdictCause, VerdictEvent } from '@weir/console-protocol';
import type { KeyFinding } from '@weir/monitor';
import type { JobMasterEvent, KeysOfSubtask } from '@weir/runtime';
import { expect, it } from 'vitest';
import type { JobService } from '../http/job-service.ts';
import { VerdictKeys } from './verdict-keys.ts';

function rig() {
  const listeners = new Set<(event: JobMasterEvent) => void>();
  const asked: string[] = [];
  const vertices = [{ id: 'v', parallelism: 2, maxParallelism: 128 }];
  const control = {
    view: () => ({ graph: { vertices } }),
    observe: (listener: (event: JobMasterEvent) => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    sampleKeys: (vertexId: string) => asked.push(vertexId),
  };
  const service = { job: (id: string) => (id === 'job' ? { control } : null) };
  const told: KeyFinding[] = [];
  const keys = new VerdictKeys(service as unknown as JobService, (_, key) => told.push(key));
  const say = (cause: VerdictCause, phase: VerdictEvent['phase'] = 'begin', job = 'job') =>
    keys.event(job, eventOf(cause, phase));
  const answer = (subtask: number, records: number, ...texts: readonly string[]) => {
    const own = texts.map((text) => ({ text, hash: 12, share: 0.6 }));
    const event: KeysOfSubtask = { vertexId: 'v', subtask, records, keys: own };
    for (const listener of listeners) listener({ type: 'frequentKeys', ...event });
  };
  /** Lets what was asked for come back. */
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return { asked, told, say, answer, settle, listeners };
}

function eventOf(cause: VerdictCause, phase: VerdictEvent['phase']): JobEvent {
  const verdict = {
    phase,
    vertexId: 'v',
    name: 'count',
    cause,
    severity: 'warning',
    since: 7,
  } as const;
  return { t: 9, kind: 'verdict', text: '', subject: 'v', verdict };
}

it('is asked for once a skew is told, and is that of the subtask with most records', async () => {
  const { asked, told, say, answer, settle, listeners } = rig();
  say('skew');
  say('skew', 'change');
  expect(asked).toEqual(['v']);
  answer(0, 50, 'cold');
  answer(1, 900, 'hot', 'warm');
  await settle();
  expect(told).toEqual([
    { vertexId: 'v', since: 7, key: 'hot', keyGroup: expect.any(Number), share: 0.6 },
  ]);
  expect(told[0]!.keyGroup).toBeLessThan(128);
  expect(listeners.size).toBe(0);
  say('skew', 'change');
  expect(asked).toHaveLength(2);
});

it('is not asked for otherwise, nor told where there is none', async () => {
  const { asked, told, say, answer, settle } = rig();
  say('cpu');
  say('skew', 'end');
  say('skew', 'begin', 'another job');
  expect(asked).toEqual([]);
  say('skew');
  answer(0, 0);
  answer(1, 0);
  await settle();
  expect(told).toEqual([]);
});

it('is shown without what may be a secret', async () => {
  const { told, say, answer, settle } = rig();
  say('skew');
  answer(0, 9, 'password=hunter2&user=ada');
  answer(1, 0);
  await settle();
  expect(told[0]!.key).not.toContain('hunter2');
  expect(told[0]!.key).toContain('ada');
});
