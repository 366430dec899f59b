import { type KafkaCluster, kafkaProblem, startKafka } from '@weir/dev-services';
import { ConsolePage } from './console-page.ts';
import { expect, test } from './weir-server.ts';

const TOPIC = 'orders';
/** Ten to twenty seconds of work for the job. */
const BURST = 20_000;

const missing = await kafkaProblem();
test.skip(missing !== null, `nothing to run a broker with: ${missing}`);

let kafka: KafkaCluster;

test.beforeAll(async () => {
  test.setTimeout(240_000);
  kafka = await startKafka();
  await kafka.createTopic(TOPIC, 3);
});
test.afterAll(() => kafka?.stop());

/** All of one key, so that they lie in one partition and the other two stay empty. */
async function produce(count: number): Promise<void> {
  const lines = Array.from({ length: count }, (_, n) => `a\torder ${n}`).join('\n');
  const keyed = ['--topic', TOPIC, '--reader-property', 'parse.key=true'];
  await kafka.tool('console-producer', keyed, `${lines}\n`);
}

test('a burst into a topic is seen as lag per partition, and that it drains', async ({
  page,
  weir,
}) => {
  test.setTimeout(120_000);
  const view = new ConsolePage(page);
  const id = await weir.run('e2e/jobs/kafka-lag.ts', [kafka.bootstrapServers, TOPIC]);
  await view.openJob(weir, id, 'Watermarks');
  await view.expectState('RUNNING');
  const splits = page.getByRole('region', { name: 'Source splits' });
  await expect(splits).toContainText('3 splits');
  await produce(BURST);

  await splits.getByRole('button', { name: 'Records' }).click();
  const rows = splits.getByRole('table', { name: /^Splits of the sources/ });
  const first = rows.getByRole('row', { name: /^orders-\d/ }).first();
  const records = await view.cell(first, 'Records');
  const lag = async () => {
    const title = await records.locator('[title]').first().getAttribute('title');
    return Number((title ?? '').replaceAll(/\D/g, ''));
  };
  await expect.poll(lag, 'records that wait').toBeGreaterThan(BURST / 10);
  await expect(await view.cell(first, 'Behind'), 'the time that they have waited').toHaveText(
    /\d.?(ms|s)$/,
  );
  await expect(splits, 'the empty partitions').toContainText('3 splits, 1 active, 2 idle');
  const idle = rows.getByRole('row', { name: /^orders-\d idle/ });
  await expect(idle).toHaveCount(2);
  await expect.poll(lag, { message: 'it drains', timeout: 60_000 }).toBe(0);
});
