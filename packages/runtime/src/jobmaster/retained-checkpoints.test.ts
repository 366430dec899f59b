import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type RetainedCheckpoint, RetainedCheckpoints } from './retained-checkpoints.ts';

const of = (id: number, isSavepoint = false): RetainedCheckpoint => ({
  id,
  path: `/c/${id}`,
  isSavepoint,
});

describe('RetainedCheckpoints', () => {
  it('keeps the newest and names what it pushes out', () => {
    const retained = new RetainedCheckpoints([], 2);
    expect(retained.add(of(1))).toEqual([]);
    expect(retained.add(of(4))).toEqual([]);
    expect(retained.add(of(5))).toEqual([of(1)]);
    expect(retained.list).toEqual([of(4), of(5)]);
  });

  it('a savepoint that stopped the job pushes nothing out and gives way to the next', () => {
    const retained = new RetainedCheckpoints([of(1)], 1);
    expect(retained.add(of(2, true))).toEqual([]);
    expect(retained.list).toEqual([of(1), of(2, true)]);
    expect(retained.add(of(3))).toEqual([of(1), of(2, true)]);
  });

  it('refuses an id that does not grow', () => {
    expect(() => new RetainedCheckpoints([of(3)], 2).add(of(3))).toThrow(/must ascend/);
  });

  it('taking back restores the list as it was', () => {
    const steps = fc.array(fc.boolean(), { maxLength: 12 });
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 4 }), (savepoints, max) => {
        const retained = new RetainedCheckpoints([], max);
        savepoints.forEach((isSavepoint, at) => {
          const before = retained.list;
          const dropped = retained.add(of(at + 1, isSavepoint));
          const after = retained.list;
          retained.takeBack(at + 1, dropped);
          expect(retained.list).toEqual(before);
          retained.add(of(at + 1, isSavepoint));
          expect(retained.list).toEqual(after);
          expect(after.filter((one) => !one.isSavepoint).length).toBeLessThanOrEqual(max);
          expect(after.at(-1)!.id).toBe(at + 1);
        });
      }),
    );
  });
});
