import type { Checkpoint } from '@weir/flink-rest';
import { describe, expect, test } from 'vitest';
import { historyPoints, stripBars, usualDuration } from './checkpoint-history.ts';
import { ganttAxis, largestPhase, restMs, slowestFirst, subtaskRow } from './checkpoint-phases.ts';

function checkpoint(id: number, ms: number, values: Partial<Checkpoint> = {}): Checkpoint {
  return {
    className: 'completed',
    id,
    status: 'COMPLETED',
    is_savepoint: false,
    trigger_timestamp: id * 60_000,
    latest_ack_timestamp: id * 60_000 + ms,
    checkpointed_size: 10,
    state_size: 100,
    end_to_end_duration: ms,
    alignment_buffered: 0,
    processed_data: 0,
    persisted_data: 0,
    num_subtasks: 4,
    num_acknowledged_subtasks: 4,
    checkpoint_type: 'CHECKPOINT',
    tasks: {},
    ...values,
  };
}

const history = [
  checkpoint(5, 6800),
  checkpoint(4, 90_000, { status: 'FAILED', className: 'failed', failure_message: 'expired' }),
  checkpoint(3, 2000, { is_savepoint: true }),
  checkpoint(2, 1500),
  checkpoint(1, 1400),
];

describe('the history', () => {
  test('oldest first, with its tones; a failed one does not set the height', () => {
    const bars = stripBars(history, 0);
    expect(bars.map(({ id, tone }) => [id, tone])).toEqual([
      [1, 'completed'],
      [2, 'completed'],
      [3, 'savepoint'],
      [4, 'failed'],
      [5, 'slow'],
    ]);
    expect(bars[4]!.height).toBe(1);
  });

  test('at most sixty', () => {
    const many = Array.from({ length: 90 }, (_, at) => checkpoint(90 - at, 10));
    expect(stripBars(many, 0)).toHaveLength(60);
    expect(stripBars(many, 0)[0]!.id).toBe(31);
  });

  test('usual is the median of completed checkpoints, savepoints aside', () => {
    expect(usualDuration(history)).toBe(1500);
    expect(usualDuration(history.slice(3))).toBeNull();
  });

  test('one in progress is as long as it already takes', () => {
    const running = checkpoint(6, 0, { status: 'IN_PROGRESS', trigger_timestamp: 1000 });
    expect(stripBars([running], 3500)[0]).toMatchObject({ tone: 'running', durationMs: 2500 });
  });

  test('a failed one is a gap in the charts', () => {
    expect(historyPoints(history).map(({ durationMs }) => durationMs)).toEqual([
      1400,
      1500,
      2000,
      null,
      6800,
    ]);
  });
});

const fast = subtaskRow({
  index: 0,
  status: 'completed',
  end_to_end_duration: 700,
  state_size: 5,
  checkpointed_size: 5,
  checkpoint: { sync: 10, async: 600 },
  alignment: { buffered: 0, processed: 0, persisted: 0, duration: 40 },
  start_delay: 50,
});
const slow = { ...fast, index: 1, endToEndMs: 5000, phases: { ...fast.phases!, startDelay: 4300 } };
const pending = subtaskRow({ index: 2, status: 'pending_or_failed' });

describe('phases', () => {
  test('are those of the task', () => {
    expect(fast.phases).toEqual({ startDelay: 50, alignment: 40, sync: 10, async: 600 });
    expect(largestPhase(fast.phases!)).toEqual({ name: 'async', ms: 600 });
    expect(pending.phases).toBeNull();
  });

  test('what they leave of the end-to-end time is the rest, never below 0', () => {
    expect(restMs({ ...fast, endToEndMs: 760 })).toBe(60);
    expect(restMs(fast)).toBe(0);
    expect(restMs(pending)).toBe(0);
  });

  test('who never acknowledged stands first, then the slowest', () => {
    expect(slowestFirst([fast, pending, slow]).map(({ index }) => index)).toEqual([2, 1, 0]);
  });

  test.each([
    [6800, 7000, 7],
    [700, 800, 4],
    [61_000, 70_000, 7],
    [1, 1, 1],
  ])('an axis for %s ms ends at %s', (longest, end, steps) => {
    expect(ganttAxis(longest).end).toBe(end);
    expect(ganttAxis(longest).ticks).toHaveLength(steps + 1);
  });
});
