import { describe, expect, it, test } from 'vitest';
import { baselineBefore } from './checkpoint-baseline.ts';
import { checkpointPercentiles, percentile } from './checkpoint-percentiles.ts';
import type { Phases } from './checkpoint-phases.ts';
import {
  checkpointReading,
  culpritOf,
  grownPhase,
  type ReadingContext,
} from './checkpoint-reading.ts';
import { type CheckpointRecord, endOf, operatorRows, recordsAt } from './checkpoint-record.ts';
import { LOOKUP, SINK, SOURCE, topology } from '../test-story.ts';

interface Sub extends Partial<Phases> {
  readonly bytes?: number;
  /** Never acknowledged. */
  readonly silent?: true;
}

/** A checkpoint of the story's three operators, each with the given subtasks. */
function record(
  id: number,
  subtasks: Readonly<Record<string, readonly Sub[]>>,
  more: Partial<CheckpointRecord> = {},
): CheckpointRecord {
  const tookOf = ({ startDelay = 0, alignment = 0, sync = 0, async = 0 }: Sub) =>
    startDelay + alignment + sync + async;
  const head = (subs: readonly Sub[]) => ({
    id,
    status: 'COMPLETED' as const,
    latest_ack_timestamp: 0,
    checkpointed_size: subs.reduce((sum, { bytes = 0 }) => sum + bytes, 0),
    state_size: subs.reduce((sum, { bytes = 0 }) => sum + bytes, 0),
    end_to_end_duration: Math.max(...subs.map(tookOf)),
    alignment_buffered: 0,
    processed_data: 0,
    persisted_data: 0,
    num_subtasks: subs.length,
    num_acknowledged_subtasks: subs.filter(({ silent }) => silent === undefined).length,
  });
  const tasks = Object.entries(subtasks).map(([vertexId, subs]) => [
    vertexId,
    {
      ...head(subs),
      subtasks: subs.map((sub, index) => {
        if (sub.silent) return { index, status: 'pending_or_failed' as const };
        const { startDelay = 0, alignment = 0, sync = 0, async = 0, bytes = 0 } = sub;
        return {
          index,
          status: 'completed' as const,
          end_to_end_duration: tookOf(sub),
          checkpointed_size: bytes,
          state_size: bytes,
          checkpoint: { sync, async },
          alignment: { buffered: 0, processed: 0, persisted: 0, duration: alignment },
          start_delay: startDelay,
        };
      }),
    },
  ]);
  return {
    ...head(Object.values(subtasks).flat()),
    className: 'completed',
    is_savepoint: false,
    trigger_timestamp: id * 10_000,
    checkpoint_type: 'CHECKPOINT',
    tasks: {},
    subtasks: Object.fromEntries(tasks),
    ...more,
  };
}

const MIB = 1_048_576;
const calm = { startDelay: 20, alignment: 10, sync: 5, async: 100, bytes: MIB };
/** Newest first. */
const usual = [5, 4, 3, 2, 1].map((id) =>
  record(id, { [SOURCE]: [{ sync: 1 }], [LOOKUP]: [calm, calm], [SINK]: [{ async: 20 }] }),
);

function read(item: CheckpointRecord, more: Partial<ReadingContext> = {}): string {
  const baseline = baselineBefore([item, ...usual], item);
  const context = { topology, baseline, limiting: null, culprit: null, ...more };
  const { lead, rest } = checkpointReading(item, operatorRows(item, topology), context)!;
  return `${lead} ${rest}`.replaceAll('\u202f', ' ');
}

function slow(lookup: Sub, rest: Readonly<Record<string, readonly Sub[]>> = {}): CheckpointRecord {
  return record(6, { [SOURCE]: [{ sync: 1 }], [LOOKUP]: [calm, lookup], ...rest });
}

describe('why a checkpoint was slow', () => {
  it('start delay: the barrier waited in channels, and who kept them full', () => {
    const item = slow({ ...calm, startDelay: 4300 });
    expect(read(item, { limiting: 'lookup' })).toBe(
      'Slow because the barrier took 4.3 s to reach lookup subtask 1 through channels that ' +
        'lookup kept full (97 %; this phase usually takes 20 ms there, the whole 135 ms).',
    );
    expect(read(item)).toContain('through full channels (97 %');
  });

  it('alignment: whose barrier came late, over which edge', () => {
    const late = { [SOURCE]: [{ sync: 1 }, { startDelay: 1900 }] };
    expect(read(slow({ ...calm, alignment: 2000 }, late))).toContain(
      'lookup subtask 1 waited 2 s for the barrier of replay subtask 1 over its REBALANCE edge',
    );
  });

  it('sync: who stood still, freezing how much', () => {
    expect(read(slow({ ...calm, sync: 3000 }))).toContain(
      'lookup subtask 1 stood still for 3 s while it froze its 1.0 MiB of state',
    );
  });

  it('async: the state grew', () => {
    expect(read(slow({ ...calm, async: 1000, bytes: 12 * MIB }))).toContain(
      'lookup subtask 1 took 1 s to write 12.0 MiB, 12 times its usual 1.0 MiB',
    );
  });

  it('async: the storage was slow', () => {
    expect(read(slow({ ...calm, async: 2000 }))).toContain(
      'to write 1.0 MiB: the storage took 512 KiB/s, usually 10.0 MiB/s',
    );
  });

  it('blames the phase that grew, not the one that is always long', () => {
    const phases = { startDelay: 300, alignment: 0, sync: 0, async: 900 };
    expect(grownPhase(phases, { startDelay: 10, alignment: 0, sync: 0, async: 880 })).toBe(
      'startDelay',
    );
    expect(grownPhase(phases, null)).toBe('async');
  });
});

it('says what most of a usual one went into', () => {
  const item = record(6, { [LOOKUP]: [calm, calm] });
  expect(read(item)).toBe(
    'As usual. Most of it: lookup subtask 0 took 100 ms to write 1.0 MiB (74 %).',
  );
});

describe('one that failed', () => {
  const failed = record(
    6,
    { [SOURCE]: [{ sync: 1 }], [LOOKUP]: [calm, { silent: true }], [SINK]: [{ silent: true }] },
    { status: 'FAILED', failure_message: 'checkpoint 6 expired.', failure_timestamp: 99_000 },
  );

  it('says who never acknowledged, what that one was doing, and the reason', () => {
    expect(read(failed, { culprit: { name: 'out', doing: 'was 98 % busy' } })).toBe(
      'Failed: out never acknowledged, nor did 1 other; it was 98 % busy. checkpoint 6 expired.',
    );
    expect(read(failed)).toBe(
      'Failed: lookup subtask 1 and out never acknowledged. checkpoint 6 expired.',
    );
    expect(operatorRows(failed, topology)[0]!.title).toBe('lookup');
  });

  it('says the reason alone where all had acknowledged', () => {
    const full = record(6, { [SINK]: [{}] }, { status: 'FAILED', failure_message: null });
    expect(read(full)).toBe('Failed: The server gave no reason.');
  });
});

it('one in progress says for whom it waits, and why', () => {
  const running = {
    ...record(6, { [LOOKUP]: [{ silent: true }] }),
    status: 'IN_PROGRESS' as const,
  };
  expect(read(running, { limiting: 'sink' })).toBe(
    'In progress waiting for lookup; sink keeps channels full.',
  );
});

const seen = (name: string, busy: number | null, external: number, backpressured: number) => ({
  subtask: { vertexId: name, subtask: 0, name },
  activity: { busy, external, backpressured },
  site: 'PostgreSQL',
});

test.each([
  [seen('a', 0.1, 0, 0.9), /90 % backpressured/],
  [seen('a', 1, 0.8, 0), /waited on PostgreSQL/],
  [seen('a', 0.9, 0, 0), /90 % busy with records before the barrier/],
  [seen('a', 0.1, 0, 0), /idle: the barrier had not reached it/],
])('what a silent subtask did: %j', (observed, text) => {
  expect(culpritOf([observed])!.doing.replaceAll('\u202f', ' ')).toMatch(text);
});

test('to blame is who was busy, neither its victims nor who heard nothing', () => {
  const all = [seen('source', 0.1, 0, 0.9), seen('lookup', 1, 0.9, 0), seen('sink', 0, 0, 0)];
  expect(culpritOf(all)).toEqual({ name: 'lookup', doing: 'waited on PostgreSQL' });
  expect(culpritOf([seen('a', null, 0, 0)])).toBeNull();
  expect(culpritOf([])).toBeNull();
});

describe('a baseline', () => {
  it('is of completed checkpoints before, savepoints aside, and needs three', () => {
    const [, fourth] = usual;
    expect(baselineBefore(usual, fourth!).checkpoints).toBe(3);
    expect(baselineBefore(usual.slice(3), usual[3]!)).toMatchObject({
      durationMs: null,
      checkpoints: 1,
    });
    const savepoints = usual.map((one) => ({ ...one, is_savepoint: true }));
    expect(baselineBefore(savepoints, { id: 9, trigger_timestamp: 1e9 }).checkpoints).toBe(0);
  });
});

describe('a moment', () => {
  const failed = { ...usual[0]!, status: 'FAILED' as const, failure_timestamp: 60_000 };
  const records = [failed, ...usual.slice(1)];

  it('shows what had ended by then, or within the range', () => {
    const ids = (moment: Parameters<typeof recordsAt>[1]) =>
      recordsAt(records, moment).map(({ id }) => id);
    expect(ids({ kind: 'live' })).toEqual([5, 4, 3, 2, 1]);
    expect(ids({ kind: 'instant', at: 50_200 })).toEqual([4, 3, 2, 1]);
    expect(ids({ kind: 'instant', at: 60_000 })).toEqual([5, 4, 3, 2, 1]);
    expect(ids({ kind: 'range', from: 20_000, to: 40_000 })).toEqual([3, 2]);
    expect(endOf(failed)).toBe(60_000);
  });
});

describe('percentiles', () => {
  it('are values that occurred, of each checkpoint its longest subtask', () => {
    const rows = checkpointPercentiles([slow({ ...calm, startDelay: 4300 }), ...usual]);
    const row = (label: string) => rows.find((one) => one.label === label)!.values;
    expect(row('Start delay')).toEqual([20, 4300, 4300, 4300, 4300]);
    expect(row('Async')).toEqual([100, 100, 100, 100, 100]);
    expect(percentile([1, 2, 3, 4], 50)).toBe(2);
    expect(checkpointPercentiles([])[0]!.values).toEqual([null, null, null, null, null]);
  });
});
