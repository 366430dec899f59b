import { expect, test } from 'vitest';
import type { JobEntry } from './job-service.ts';
import { restartTimeOf } from './restart-time.ts';

type Times = Readonly<Record<string, number>>;

function job(jobId: string, subtasks: readonly Times[], ended: Times, rerunOf?: string): JobEntry {
  const vertices = [{ id: 'v', subtasks: subtasks.map((timestamps) => ({ timestamps })) }];
  const view = { vertices, timestamps: ended, graph: { name: 'flights', submittedAtMs: 0 } };
  const submission = { submittedAtMs: jobId.charCodeAt(0), rerunOf };
  return { jobId, control: { view: () => view }, submission } as unknown as JobEntry;
}

const up = [{ DEPLOYING: 10_000, RUNNING: 11_000 }, { RUNNING: 12_500 }];

test('a restart lasts from the end of the one until all subtasks of the other run', () => {
  const next = job('b', up, {}, 'a');
  const after = (ended: Times) => restartTimeOf(next, [job('a', [], ended), next]);
  expect(after({ FINISHED: 8800 })).toBe(3700);
  expect(after({ CANCELED: 9000 })).toBe(3500);
  expect(after({}), 'it still runs, or is not known').toBeNull();
  expect(after({ FINISHED: -60_000 }), 'it had ended long before').toBeNull();
});

test('the newest restart that is known counts', () => {
  const first = job('a', [], { FINISHED: 9500 });
  const second = job('b', up, { FINISHED: 20_000 }, 'a');
  const starting = job('c', [{ RUNNING: 21_000 }, { DEPLOYING: 20_500 }], {}, 'b');
  const alone = job('d', up, {});
  expect(restartTimeOf(alone, [first, second, starting, alone])).toBe(3000);
  expect(restartTimeOf(alone, [alone])).toBeNull();
});
