import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../seeded-random.ts';
import { drawScenario, type Scenario } from './scenario.ts';
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

  it('gives the job a date, chance and timers that are the seed’s', async () => {
    const saw: string[] = [];
    for (let seed = 1; saw.length < 20; seed++) {
      const { trace } = await runSeed(seed, { trace: true });
      saw.push(...trace.filter((line) => line.includes(' saw ')));
    }
    const calls = saw.filter((line) => line.includes('a call from'));
    expect(calls.length).toBeGreaterThan(0);
    for (const line of calls) expect(line).toContain('a call from 2023-11-14T22:13:2');
    expect(new Date().getFullYear()).toBeGreaterThan(2023);
  });

  it('draws every kind of job', () => {
    const shapes = Array.from({ length: 200 }, (_, seed) => drawScenario(new SeededRandom(seed)));
    const some = (is: (shape: Scenario) => boolean) => shapes.filter(is).length;
    expect(some(({ job }) => job.mode === 'AT_LEAST_ONCE')).toBeGreaterThan(10);
    expect(some(({ job }) => job.ending === 'drained early')).toBeGreaterThan(10);
    expect(some(({ data }) => data.discoveryIntervalMs !== null)).toBeGreaterThan(10);
    expect(some(({ job }) => job.columnRows > 0)).toBeGreaterThan(10);
    expect(some(({ job }) => job.parallelism.length > 1)).toBeGreaterThan(10);
  });

  it('names the line that replays a seed', () => {
    expect(replayLine(42)).toBe('npm run soak -- --seed 42 --trace');
  });
});
