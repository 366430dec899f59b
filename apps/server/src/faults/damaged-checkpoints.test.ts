/** Checkpoints that were damaged on disk, and folders that take none. */
import { cpSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COUNTED_CONFIGURATION, countedJob } from './testing/counted-job.ts';
import { HEALTHY } from './testing/fault-programs.ts';
import { ServerProcess, until, Workspace } from './testing/server-process.ts';

const RETAINED = 3;
/** More than any of these tests gets to. */
const COUNT = 1_000_000;

interface Checkpoints {
  readonly counts: { readonly completed: number; readonly failed: number };
  readonly latest: { readonly restored: { readonly id: number } | null };
}

const workspace = new Workspace();
let server: ServerProcess;
let entry = '';
/** Folders of the retained checkpoints, oldest first. */
let retained: readonly string[] = [];

beforeAll(async () => {
  server = await ServerProcess.start(workspace.dataDirectory);
  entry = workspace.write('counted.ts', countedJob(COUNT, join(workspace.root, 'out')));
  const jobId = await server.submit(entry, {
    configuration: {
      ...COUNTED_CONFIGURATION,
      'execution.checkpointing.num-retained': String(RETAINED),
      'execution.checkpointing.externalized-checkpoint-retention': 'RETAIN_ON_CANCELLATION',
    },
  });
  await completes(jobId, RETAINED);
  await server.cancel(jobId);
  await server.reaches(jobId, 'CANCELED');
  const folder = join(workspace.dataDirectory, 'checkpoints', jobId);
  await until(
    () => checkpointsIn(folder).length === RETAINED,
    () => `${folder} holds ${readdirSync(folder).join(', ')}`,
  );
  retained = checkpointsIn(folder);
});

afterAll(() => server.close());

/** Oldest first; those under way included. */
function checkpointsIn(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => /^chk-\d+$/.test(name))
    .sort((a, b) => Number(a.slice(4)) - Number(b.slice(4)))
    .map((name) => join(folder, name));
}

function checkpointsOf(jobId: string): Promise<Checkpoints> {
  return server.get(`/jobs/${jobId}/checkpoints`);
}

async function completes(jobId: string, count: number): Promise<void> {
  await until(
    async () => (await checkpointsOf(jobId)).counts.completed >= count,
    async () => JSON.stringify([await checkpointsOf(jobId), await server.exceptions(jobId)]),
    40_000,
  );
}

/** A copy of the newest checkpoint, for a test to damage. */
function copyOf(name: string): string {
  const copy = join(workspace.root, name);
  cpSync(retained.at(-1)!, copy, { recursive: true });
  return copy;
}

function stateFileOf(folder: string): string {
  const names = readdirSync(folder).filter((name) => name !== '_metadata');
  const sized = names.map((name) => ({
    path: join(folder, name),
    bytes: statSync(join(folder, name)).size,
  }));
  return sized.sort((a, b) => b.bytes - a.bytes)[0]!.path;
}

/** Starts from the folder and answers with what the job failed of. */
async function failureFrom(restorePath: string): Promise<string> {
  const jobId = await server.submit(entry, { restorePath, configuration: COUNTED_CONFIGURATION });
  await server.reaches(jobId, 'FAILED');
  const { restarts } = await server.info(jobId);
  expect(restarts, 'another attempt would meet the same').toBe(0);
  return (await server.exceptions(jobId))[0]!.stacktrace;
}

const WHAT_TO_DO = /Restore from an earlier checkpoint or a savepoint/;

describe('a checkpoint', { timeout: 60_000 }, () => {
  it('is kept as often as asked for, and an older one can be started from', async () => {
    expect(retained).toHaveLength(RETAINED);
    const oldest = retained[0]!;
    const jobId = await server.submit(entry, {
      restorePath: oldest,
      configuration: COUNTED_CONFIGURATION,
    });
    await completes(jobId, 1);
    const { latest } = await checkpointsOf(jobId);
    expect(`chk-${latest.restored?.id}`).toBe(basename(oldest));
    await server.cancel(jobId);
    await server.reaches(jobId, 'CANCELED');
  });

  it('whose metadata is cut short is refused', async () => {
    const folder = copyOf('short-metadata');
    const path = join(folder, '_metadata');
    writeFileSync(path, readFileSync(path).subarray(0, 100));
    const shown = await failureFrom(folder);
    expect(shown).toContain('short-metadata/_metadata');
    expect(shown).toMatch(/cut short/);
    expect(shown).toMatch(WHAT_TO_DO);
  });

  it('without metadata was never complete', async () => {
    const folder = copyOf('no-metadata');
    rmSync(join(folder, '_metadata'));
    const shown = await failureFrom(folder);
    expect(shown).toMatch(
      /no-metadata.*no _metadata, so the checkpoint was never completed; use an/,
    );
  });

  it('that lacks a state file is refused', async () => {
    const folder = copyOf('no-state');
    const file = stateFileOf(folder);
    rmSync(file);
    const shown = await failureFrom(folder);
    expect(shown).toContain(file);
    expect(shown).toMatch(WHAT_TO_DO);
  });

  it('with a state file cut short is refused', async () => {
    const folder = copyOf('short-state');
    const file = stateFileOf(folder);
    writeFileSync(file, readFileSync(file).subarray(0, 20));
    const shown = await failureFrom(folder);
    expect(shown).toContain(basename(file));
    expect(shown).toContain('short-state');
    expect(shown).toMatch(WHAT_TO_DO);
  });

  it('with a flipped bit in its state is refused', async () => {
    const folder = copyOf('flipped-state');
    const file = stateFileOf(folder);
    const bytes = readFileSync(file);
    const middle = Math.floor(bytes.length / 2);
    bytes[middle] = bytes[middle]! ^ 1;
    writeFileSync(file, bytes);
    const shown = await failureFrom(folder);
    expect(shown).toContain(basename(file));
    expect(shown).toContain('flipped-state');
    expect(shown).toMatch(WHAT_TO_DO);
  });

  it('that is not there is refused at once', async () => {
    const { status, body } = await server.trySubmit(entry, { restorePath: '/nowhere/chk-7' });
    expect(status).toBe(404);
    expect(JSON.stringify(body)).toMatch(/no savepoint or checkpoint at \/nowhere\/chk-7/);
  });
});

describe('a job whose newest checkpoint is damaged while it runs', { timeout: 60_000 }, () => {
  it('is suspended with its older checkpoints kept, and can go on from one', async () => {
    const jobId = await server.submit(entry, {
      configuration: {
        ...COUNTED_CONFIGURATION,
        'execution.checkpointing.num-retained': String(RETAINED),
        // Time to do the damage before the next attempt reads.
        'restart-strategy.fixed-delay.delay': '3 s',
      },
    });
    await completes(jobId, RETAINED);
    const folder = join(workspace.dataDirectory, 'checkpoints', jobId);
    const { pid } = await server.info(jobId);
    process.kill(pid!, 'SIGKILL');
    await server.reaches(jobId, 'RESTARTING');
    await until(
      () => checkpointsIn(folder).length === RETAINED,
      () => readdirSync(folder).join(', '),
    );
    const [older = '', newest = ''] = checkpointsIn(folder).slice(-2);
    writeFileSync(join(newest, '_metadata'), 'damaged');
    await server.reaches(jobId, 'SUSPENDED');
    const [exception] = await server.exceptions(jobId);
    expect(exception?.stacktrace).toMatch(/_metadata can't be used: .*Restore from an earlier/s);
    expect(exception?.stacktrace).toContain(`--from ${older}`);

    const next = await server.submit(entry, {
      restorePath: older,
      configuration: COUNTED_CONFIGURATION,
    });
    await completes(next, 1);
    for (const id of [jobId, next]) {
      await server.cancel(id);
      await server.reaches(id, 'CANCELED');
    }
  });
});

describe('a checkpoint folder that takes no files', { timeout: 60_000 }, () => {
  const file = workspace.write('not-a-folder', '');
  const configuration = {
    'execution.checkpointing.dir': join(file, 'checkpoints'),
    'execution.checkpointing.interval': '50 ms',
    'restart-strategy.type': 'none',
  };

  it('fails the job when no failed checkpoint is tolerated', async () => {
    const jobId = await server.submit(workspace.write('healthy.ts', HEALTHY), { configuration });
    await server.reaches(jobId, 'FAILED');
    const shown = (await server.exceptions(jobId))[0]!.stacktrace;
    expect(shown).toMatch(/Exceeded checkpoint tolerable failure threshold.*declined checkpoint 1/);
    expect(shown).toContain(file);
    expect(shown).toMatch(/ENOTDIR|not a directory|is a file/i);
    expect((await checkpointsOf(jobId)).counts).toMatchObject({ completed: 0, failed: 1 });
  });

  it('lets the job go on as long as failed checkpoints are tolerated', async () => {
    const jobId = await server.submit(workspace.write('healthy.ts', HEALTHY), {
      configuration: {
        ...configuration,
        'execution.checkpointing.tolerable-failed-checkpoints': '1000',
      },
    });
    await until(
      async () => (await checkpointsOf(jobId)).counts.failed >= 3,
      async () => JSON.stringify(await checkpointsOf(jobId)),
    );
    expect(await server.status(jobId)).toBe('RUNNING');
    expect(await server.info(jobId)).toMatchObject({ attempt: 0 });
    await server.cancel(jobId);
    await server.reaches(jobId, 'CANCELED');
  });
});
