import { describe, expect, it } from 'vitest';
import { replayLine, runSeed } from './simulation.ts';
import { soak } from './soak-runner.ts';

const SEEDS = 1000;
const SEEDS_TIMEOUT_MS = 900_000;

describe('the simulator', () => {
  it(
    `${SEEDS} jobs under faults keep every law`,
    async () => {
      const { seeds, failures } = await soak({ from: 1, seeds: SEEDS, workers: 1 });
      const broken = failures.map(({ seed, violations }) => ({
        replay: replayLine(seed),
        violations,
      }));
      expect(broken).toEqual([]);
      expect(seeds).toBe(SEEDS);
    },
    SEEDS_TIMEOUT_MS,
  );

  it('a seed is the same run every time, here and in a worker', async () => {
    const inWorkers = new Map<number, string>();
    const seeds = { from: 1, seeds: 12, workers: 2 };
    await soak({ ...seeds, onReport: ({ seed, traceHash }) => inWorkers.set(seed, traceHash) });
    for (const [seed, hash] of inWorkers) {
      const report = await runSeed(seed);
      expect({ seed, hash: report.traceHash }).toEqual({ seed, hash });
      expect((await runSeed(seed)).traceHash).toBe(hash);
    }
    expect(new Set(inWorkers.values()).size).toBe(inWorkers.size);
  }, 120_000);

  it('a trace tells what happened', async () => {
    const { trace, events, violations } = await runSeed(1, { trace: true });
    expect(violations).toEqual([]);
    expect(events).toBeGreaterThan(100);
    const text = trace.join('\n');
    expect(text).toContain('server sends triggerCheckpoint 1');
    expect(text).toContain('job is FINISHED');
  });

  it('names the line that replays a seed', () => {
    expect(replayLine(42)).toBe('npm run soak -- --seed 42 --trace');
  });
});
