import type { JobEvent } from '@weir/console-protocol';
import { WeirError } from '@weir/core';
import { describe, expect, test } from 'vitest';
import { actorOf, UserActions } from './user-actions.ts';

function recorded() {
  const events: JobEvent[] = [];
  let t = 0;
  const actions = new UserActions(
    (_, event) => events.push(event),
    () => ++t,
    () => `trace-${t}`,
  );
  return { events, actions };
}

describe('user actions', () => {
  test('a begin and an end with the same trace, the end with the result', async () => {
    const { events, actions } = recorded();
    const path = await actions.follow(
      'job',
      'savepoint',
      'cli',
      async () => '/s',
      (at) => ({ path: at }),
    );
    expect(path).toBe('/s');
    expect(events).toMatchObject([
      { kind: 'action', subject: 'savepoint', actor: 'cli', outcome: 'running' },
      { kind: 'action', outcome: 'completed', path: '/s', durationMs: 1 },
    ]);
    expect(events[0]!.trace).toBe(events[1]!.trace);
  });

  test('a refusal ends the action too, with its reason, and is passed on', async () => {
    const { events, actions } = recorded();
    const refused = new WeirError('JOB_STATE_INVALID', 'not now');
    const run = () => Promise.reject(refused);
    await expect(actions.follow('job', 'stop', 'console', run)).rejects.toBe(refused);
    expect(events.at(-1)).toMatchObject({ outcome: 'failed', text: 'stop: not now' });
  });

  test('who says nothing, or something unknown, is a client of the REST API', () => {
    expect([null, 'console', 'cli', 'admin'].map(actorOf)).toEqual([
      'rest',
      'console',
      'cli',
      'rest',
    ]);
  });
});
