import type { JobEvent, VerdictCause, VerdictEvent } from '@weir/console-protocol';
import type { CodeFinding } from '@weir/monitor';
import type { JobMasterControl } from '@weir/runtime';
import { describe, expect, it } from 'vitest';
import type { JobService } from '../http/job-service.ts';
import type { JobProfiles, VertexFinding } from './job-profiles.ts';
import { VerdictProfiles } from './verdict-profiles.ts';

const FOUND: VertexFinding = {
  hottest: { function: 'format', file: 'src/job.ts', line: 41, functionLine: 38, share: 0.8 },
  stateShare: 0.1,
};

function rig(answer: () => Promise<VertexFinding | null> = async () => FOUND) {
  const control = {} as JobMasterControl;
  const service = { job: (id: string) => (id === 'job' ? { control } : null) };
  const asked: string[] = [];
  const profiles = {
    takeProfile: (_: JobMasterControl, vertexId: string) => {
      asked.push(vertexId);
      return answer();
    },
  };
  const told: CodeFinding[] = [];
  const failures: unknown[] = [];
  const watching = new VerdictProfiles(
    service as unknown as JobService,
    profiles as unknown as JobProfiles,
    (_, code) => told.push(code),
    (error) => failures.push(error),
  );
  const say = (cause: VerdictCause | null, phase: VerdictEvent['phase'] = 'begin', job = 'job') =>
    watching.event(job, eventOf(cause, phase));
  /** Lets what was asked for come back. */
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return { asked, told, failures, say, settle };
}

function eventOf(cause: VerdictCause | null, phase: VerdictEvent['phase']): JobEvent {
  const verdict = {
    phase,
    vertexId: 'v',
    name: 'map',
    cause,
    severity: 'notice',
    since: 7,
  } as const;
  return { t: 9, kind: 'verdict', text: '', subject: 'v', verdict };
}

describe('the code behind a verdict', () => {
  it('is looked for when an operator computes too much, and told with the verdict it belongs to', async () => {
    const { asked, told, say, settle } = rig();
    say('cpu');
    await settle();
    expect(asked).toEqual(['v']);
    const hottest = { functionName: 'format', place: 'src/job.ts:41', share: 0.8 };
    expect(told).toEqual([{ vertexId: 'v', since: 7, hottest, stateShare: 0.1 }]);
    say('gc', 'change');
    await settle();
    expect(asked).toHaveLength(2);
  });

  it('is not looked for where no code is to blame, nor twice at a time', async () => {
    const { asked, told, say, settle } = rig(async () => null);
    say('external');
    say('state', 'change');
    say(null);
    say('cpu', 'end');
    say('cpu', 'burst');
    say('cpu', 'begin', 'another job');
    expect(asked).toEqual([]);
    say('cpu');
    say('cpu', 'change');
    await settle();
    expect(asked).toHaveLength(1);
    expect(told).toEqual([]);
  });

  it('does no harm when it cannot be found', async () => {
    const error = new TypeError('gone');
    const { failures, say, settle } = rig(() => Promise.reject(error));
    say('cpu');
    await settle();
    expect(failures).toEqual([error]);
  });
});
