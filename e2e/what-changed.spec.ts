import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expectAccessible } from './accessible.ts';
import { ConsolePage, type Theme } from './console-page.ts';
import { expect, test } from './weir-server.ts';

/** One program in two versions: the second has another rule, which fails. */
function program(rule: string, limit: number): string {
  return `import { StreamExecutionEnvironment } from '@weir/datastream';

const LIMIT = ${limit};

const env = StreamExecutionEnvironment.getExecutionEnvironment();
env.setParallelism(1).enableCheckpointing(500);
env
  .fromSequence({ rows: null, keys: 10, keyType: 'string', startMs: 0, stepMs: 10 })
  .toDataStream()
  .map((row) => {
    const end = performance.now() + 0.2;
    while (performance.now() < end);
    return Number(row.id);
  })
  .name('numbers')
  .uid('numbers')
  .map((id) => {
    ${rule}
    return id;
  })
  .name('rule')
  .uid('rule')
  .keyBy((id) => id % 10)
  .reduce((a, b) => Math.max(a, b))
  .name('largest')
  .uid('largest')
  .filter((id) => id < 0)
  .print();
await env.execute('ruled');
`;
}

for (const theme of ['light', 'dark'] satisfies Theme[]) {
  test(`an edited program: what differs, what it explains, the way back (${theme})`, async ({
    page,
    weir,
  }) => {
    const view = new ConsolePage(page);
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    const file = join(weir.folder, 'job.ts');
    writeFileSync(file, program('if (id > LIMIT) return LIMIT;', 1_000_000));
    const first = await weir.run(file, ['--mode', 'calm']);
    await view.openJob(weir, first, 'What changed');
    const says = page.getByRole('status', { name: 'What the version explains' });
    await expect(says).toContainText('Version 1 is the first that is known');
    await view.job.getByRole('button', { name: 'Stop with savepoint' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Stop with savepoint' }).click();
    await view.expectState('FINISHED');

    writeFileSync(file, program("if (id > LIMIT) throw new RangeError('over the limit');", 300));
    const second = await weir.run(file, ['--mode', 'wild'], ['-D', 'heartbeat.timeout=60 s']);
    await view.openJob(weir, second, 'What changed');
    await expect(says).toContainText('Version 2 explains the RangeError at job.ts:18');
    await expect(says).toContainText('It changed 1 file (+2 −2), the arguments and 1 option.');

    const comparedWith = page.getByRole('combobox', { name: 'The version compared with' });
    await expect(comparedWith).toHaveValue(first);
    await expect(page.getByRole('combobox', { name: 'The version shown' })).toHaveValue(second);

    const changed = page.getByRole('region', { name: 'Changed', exact: true });
    const lines = changed.getByRole('region', { name: 'Lines of job.ts' });
    await expect(lines).toContainText(
      "+    if (id > LIMIT) throw new RangeError('over the limit');",
    );
    await expect(lines).toContainText('−    if (id > LIMIT) return LIMIT;');
    await expect(lines).toContainText('−const LIMIT = 1000000;');
    const values = changed.getByRole('table', { name: 'Values that changed' });
    const row = (name: string) => values.getByRole('row').filter({ hasText: name });
    await expect(row('arguments')).toContainText('--mode calm→ --mode wild');
    await expect(row('heartbeat.timeout')).toContainText('60 s');
    await changed.getByRole('button', { name: 'Split' }).click();
    await expect(lines).toContainText('return LIMIT;');

    const deployments = page.getByRole('region', { name: 'Deployments' });
    await expect(deployments.getByRole('listitem').first()).toContainText('v2');
    await expect(deployments).toContainText(
      /takes the state of version 2: all \d+ operators match/,
    );
    await expectAccessible(page);

    await deployments.getByRole('button', { name: 'Go back to version 1…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Go back to version 1 of ruled' });
    await expect(
      dialog.getByRole('radio', { name: /savepoint, the last of version 1/ }),
    ).toBeChecked();
    await expect(dialog.getByRole('textbox', { name: 'Arguments' })).toHaveValue('--mode calm');
    await dialog.getByRole('button', { name: /^Restart from #/ }).click();
    await expect(page).not.toHaveURL(new RegExp(second));
    await view.expectState('RUNNING');
    await view.tab('What changed');
    await expect(says).toContainText('Version 3');
    await expect(changed).toContainText(
      "−    if (id > LIMIT) throw new RangeError('over the limit');",
    );
    await view.tab('Timeline');
    await expect(
      page.getByRole('grid', { name: 'What happened' }).getByRole('row', { name: /Submitted/ }),
    ).toContainText('from the console');

    await view.openJob(weir, second);
    await page.getByRole('link', { name: /^job [0-9a-f]{8}$/ }).click();
    await expect(page).not.toHaveURL(new RegExp(second));
  });
}
