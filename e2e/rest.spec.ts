import { ConsolePage } from './console-page.ts';
import { expect, test, type WeirServer } from './weir-server.ts';

interface JobDetails {
  readonly name: string;
  readonly state: string;
  readonly vertices: readonly {
    readonly id: string;
    readonly name: string;
    readonly parallelism: number;
    readonly status: string;
  }[];
}

interface CheckpointDetails {
  readonly state_size: number;
  readonly end_to_end_duration: number;
  readonly num_subtasks: number;
  readonly num_acknowledged_subtasks: number;
  readonly external_path: string;
}

test('what the page shows is what Flink’s REST API says', async ({ page, weir }) => {
  const view = new ConsolePage(page);
  const id = await weir.run('e2e/jobs/slow-map.ts');
  const job = await running(weir, id);
  expect(job.vertices.map(({ parallelism }) => parallelism)).toEqual([2, 2, 2]);
  await view.openJob(weir, id);
  await view.expectState(job.state);
  await expect(page.getByRole('heading', { name: job.name, level: 1 })).toBeVisible();
  for (const { name, parallelism } of job.vertices) {
    const title = name.replace(/^Source: /, '').split(' -> ')[0] ?? name;
    await expect(view.node(title)).toContainText(`×${parallelism}`);
  }
  const plan = await weir.get<{ plan: { nodes: { inputs?: { ship_strategy: string }[] }[] } }>(
    `/jobs/${id}/plan`,
  );
  const strategies = plan.plan.nodes.flatMap(({ inputs = [] }) =>
    inputs.map(({ ship_strategy }) => ship_strategy),
  );
  expect(strategies.sort()).toEqual(['HASH', 'REBALANCE']);

  const first = await firstCheckpoint(weir, id);
  await page.goto(`${weir.url}/c/embedded/jobs/${id}/checkpoints?checkpoint=1`);
  const shown = page.getByRole('region', { name: 'Checkpoint #1' });
  const { num_acknowledged_subtasks: done, num_subtasks: all } = first;
  await expect(shown).toContainText(`${done} of ${all} acknowledged`);
  // A last zero is not written.
  const size = (first.state_size / 1024).toFixed(2).replace(/(\.\d)0$/, '$1');
  await expect(shown).toContainText(`${size}\u202fKiB`);
  await expect(shown).toContainText(duration(first.end_to_end_duration));
  await expect(shown).toContainText(first.external_path);

  await view.tab('Config');
  const config = await weir.get<{ 'execution-config': { 'job-parallelism': number } }>(
    `/jobs/${id}/config`,
  );
  expect(config['execution-config']['job-parallelism']).toBe(2);
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Jobs' }).click();
  const overview = await weir.get<{ jobs: { jid: string; tasks: { running: number } }[] }>(
    '/jobs/overview',
  );
  expect(overview.jobs.map(({ jid }) => jid)).toEqual([id]);
  const row = page.getByRole('row', { name: /^slow-map/ });
  const tasks = overview.jobs[0]?.tasks.running;
  await expect(await view.cell(row, 'Tasks')).toHaveText(`${tasks}/6`);

  await page.goto(weir.url);
  const cluster = await weir.get<{ 'slots-total': number; 'slots-available': number }>('/overview');
  const used = cluster['slots-total'] - cluster['slots-available'];
  await expect(page.getByRole('region', { name: 'This server' })).toContainText(
    `${used} of ${cluster['slots-total']}`,
  );
});

async function running(weir: WeirServer, id: string): Promise<JobDetails> {
  const read = () => weir.get<JobDetails>(`/jobs/${id}`);
  await expect.poll(async () => (await read()).vertices.every(runs)).toBe(true);
  return read();
}

function runs({ status }: { readonly status: string }): boolean {
  return status === 'RUNNING';
}

async function firstCheckpoint(weir: WeirServer, id: string): Promise<CheckpointDetails> {
  const counts = () => weir.get<{ counts: { completed: number } }>(`/jobs/${id}/checkpoints`);
  await expect.poll(async () => (await counts()).counts.completed).toBeGreaterThan(0);
  return weir.get<CheckpointDetails>(`/jobs/${id}/checkpoints/details/1`);
}

/** As the console writes durations below a minute. */
function duration(ms: number): string {
  return ms < 1000 ? `${ms}\u202fms` : `${(Math.floor(ms / 100) / 10).toFixed(1)}\u202fs`;
}
