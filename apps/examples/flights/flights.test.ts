/**
 * The whole job on a real server, left alone and with everything that can be killed being killed:
 * each time the committed rows are exactly those that other programs computed.
 *
 * `WEIR_FULL=1` adds all three million flights with the other bounds.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import expected from './fixtures/expected.json' with { type: 'json' };
import { descendantsOf, gone, type RunOptions, WeirServer } from '../testing/weir-server.ts';

const JOB = fileURLToPath(new URL('./job.ts', import.meta.url));
const MINUTES_MS = 60_000;
const ALL = 3_000_000;

const FULL_SPEED = ['--once', '--speed', 'max'];
/** Slow enough for whoever wants to kill it: 300,000 arrivals are 18 days, which take 10 s. */
const PACED = [
  ...['--once', '--speed', '150000', '--bound', '613m'],
  ...['--lookup-batch', '256', '--database-latency', '0'],
];
/** The first 100,000 arrivals take 10 s. */
const SLOWER = ['--once', '--speed', '50000', '--lookup-batch', '256', '--database-latency', '0'];
const ARRIVALS = 300_000;
const KNOWN = expected.tumble1h['first300000-no-late'];

const CHECKPOINT_MS = 500;
const RESILIENT = {
  'execution.checkpointing.interval': `${CHECKPOINT_MS} ms`,
  'restart-strategy.type': 'fixed-delay',
  'restart-strategy.fixed-delay.attempts': '100',
  'restart-strategy.fixed-delay.delay': '100 ms',
};

/** Lines of the committed files of a folder. */
function committed(folder: string): string[] {
  const parts = readdirSync(folder).filter((name) => name.startsWith('part-'));
  const text = parts.map((name) => readFileSync(join(folder, name), 'utf8')).join('');
  return text.split('\n').slice(0, -1);
}

/** What came out, in the form of the expectations. */
function results(out: string) {
  const lines = committed(join(out, 'delays')).toSorted();
  return {
    lateDropped: committed(join(out, 'late')).length,
    windows: lines.length,
    sha256: createHash('sha256')
      .update(lines.map((line) => `${line}\n`).join(''))
      .digest('hex'),
  };
}

function hidden(out: string): string[] {
  return readdirSync(out, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /(^|\/)\.part-/.test(name),
  );
}

/** A moment of the time between two checkpoints, at random. */
function moment(): Promise<void> {
  return delay(Math.random() * CHECKPOINT_MS);
}

describe('the flights job', { timeout: 10 * MINUTES_MS }, () => {
  const weir = new WeirServer();
  let runs = 0;

  beforeAll(() => weir.start());
  afterAll(() => weir.close());

  function nextOut(): string {
    return join(weir.folder, `out-${runs++}`);
  }

  function start(out: string, limit: number, options: RunOptions): Promise<string> {
    const args = [...options.args, '--limit', String(limit), '--out', out];
    return weir.run(JOB, { ...options, args });
  }

  async function outcome(limit: number, options: RunOptions) {
    const out = nextOut();
    await weir.finished(await start(out, limit, options));
    return results(out);
  }

  const bounded = [...FULL_SPEED, '--bound', '613m'];

  it('finds the known delays of all three million flights at parallelism 2', async () => {
    const found = await outcome(ALL, { parallelism: 2, args: bounded });
    expect(found).toEqual(expected.tumble1h['no-late']);
  });

  it.each([
    ['30min', '30m', 10_000],
    ['30min', '30m', 100_000],
    ['2h', '2h', 10_000],
    ['2h', '2h', 100_000],
  ] as const)(
    'loses the known flights to a bound of %s (--bound %s), of %d',
    async (name, bound, limit) => {
      const args = [...FULL_SPEED, '--per-record-watermarks', '--bound', bound];
      const found = await outcome(limit, { parallelism: 1, args });
      expect(found).toEqual(expected.tumble1h[`first${limit}-${name}`]);
    },
  );

  it('finds them exactly once although its TaskManager is killed again and again', async () => {
    const out = nextOut();
    const args = PACED;
    const job = await start(out, ARRIVALS, { parallelism: 2, args, configuration: RESILIENT });
    let checkpoint = 0;
    for (let kill = 1; kill <= 4; kill++) {
      checkpoint = await weir.checkpointAfter(job, checkpoint);
      await moment();
      const taskManager = await weir.taskManager(job);
      const services = await descendantsOf(taskManager);
      process.kill(taskManager, 'SIGKILL');
      await gone([taskManager, ...services]);
    }
    await weir.finished(job);
    const { restarts } = await weir.get<{ restarts: number }>(`/weir/v1/jobs/${job}`);
    expect(restarts).toBe(4);
    expect(results(out)).toEqual(KNOWN);
    expect(hidden(out)).toEqual([]);
  });

  it('calls the same flights late although its TaskManager is killed', async () => {
    const out = nextOut();
    const args = [...SLOWER, '--per-record-watermarks', '--bound', '2h'];
    const job = await start(out, 100_000, { parallelism: 1, args, configuration: RESILIENT });
    let checkpoint = 0;
    for (let kill = 1; kill <= 3; kill++) {
      checkpoint = await weir.checkpointAfter(job, checkpoint);
      await moment();
      process.kill(await weir.taskManager(job), 'SIGKILL');
    }
    await weir.finished(job);
    expect(results(out)).toEqual(expected.tumble1h['first100000-2h']);
  });

  it('finds them exactly once although the server is killed, alone and with all it started', async () => {
    const out = nextOut();
    const args = PACED;
    const job = await start(out, ARRIVALS, { parallelism: 2, args, configuration: RESILIENT });
    let checkpoint = 0;
    for (const victims of ['the server', 'everything']) {
      checkpoint = await weir.checkpointAfter(job, checkpoint);
      await moment();
      const children = await descendantsOf(weir.pid);
      expect(children.length).toBeGreaterThan(0);
      if (victims === 'everything') for (const pid of children) process.kill(pid, 'SIGKILL');
      await weir.kill();
      await gone(children);
      await weir.start();
    }
    await weir.finished(job);
    expect(results(out)).toEqual(KNOWN);
    expect(hidden(out)).toEqual([]);
  });

  it.each([
    [2, 3],
    [3, 1],
  ])('goes on from a savepoint of parallelism %d at %d', async (before, after) => {
    const out = nextOut();
    const args = PACED;
    const configuration = RESILIENT;
    const first = await start(out, ARRIVALS, { parallelism: before, args, configuration });
    await weir.checkpointAfter(first, await weir.checkpointAfter(first, 0));
    await moment();
    const stopped = await weir.weir('stop', first);
    const from = /savepoint: (\S+)/.exec(stopped)?.[1] ?? expect.fail(stopped);
    await weir.finished(first);
    const half = results(out);
    expect(half.windows).toBeGreaterThan(0);
    expect(half.windows).toBeLessThan(KNOWN.windows);

    await weir.finished(await start(out, ARRIVALS, { parallelism: after, args: bounded, from }));
    expect(results(out)).toEqual(KNOWN);
    expect(hidden(out)).toEqual([]);
  });

  if (process.env.WEIR_FULL === '1') {
    it.each([
      ['30min', '30m'],
      ['2h', '2h'],
      ['6h', '6h'],
    ] as const)(
      'loses the known ones of all to a bound of %s (--bound %s)',
      async (name, bound) => {
        const args = [...FULL_SPEED, '--per-record-watermarks', '--bound', bound];
        const found = await outcome(ALL, { parallelism: 1, args });
        expect(found).toEqual(expected.tumble1h[name]);
      },
    );
  }
});
