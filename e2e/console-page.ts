/**
 * What a viewer of the console looks at, by role and label: one place that knows the words, so
 * that the specs read as what somebody does and sees.
 */
import type { Locator, Page } from '@playwright/test';
import { expect, type WeirServer } from './weir-server.ts';

export type Theme = 'light' | 'dark';
export type Tab =
  | 'Graph'
  | 'Checkpoints'
  | 'Watermarks'
  | 'Flame graph'
  | 'Timeline'
  | 'What changed'
  | 'Exceptions'
  | 'Logs'
  | 'Config';

export class ConsolePage {
  readonly page: Page;
  readonly verdict: Locator;
  readonly job: Locator;

  constructor(page: Page) {
    this.page = page;
    this.job = page.getByRole('region', { name: 'Job', exact: true });
    this.verdict = page.getByRole('status', { name: 'Verdict' });
  }

  async openJobs(weir: WeirServer): Promise<void> {
    await this.page.goto(`${weir.url}/c/embedded/jobs`);
    await expect(this.page.getByRole('heading', { name: 'Jobs', level: 1 })).toBeVisible();
  }

  async openJob(weir: Pick<WeirServer, 'url'>, jobId: string, tab: Tab = 'Graph'): Promise<void> {
    await this.page.goto(`${weir.url}/c/embedded/jobs/${jobId}/${addressOf(tab)}`);
    await expect(this.job).toBeVisible();
  }

  async tab(name: Tab): Promise<void> {
    const tabs = this.page.getByRole('navigation', { name: 'Job views' });
    await tabs.getByRole('link', { name: new RegExp(`^${name}`) }).click();
  }

  /** The job's state, as its header says it. */
  async expectState(state: string): Promise<void> {
    await expect(this.job.getByText(state, { exact: true })).toBeVisible();
  }

  /** One of the five figures under the verdict. */
  figure(label: string): Locator {
    return this.page.getByRole('group', { name: label, exact: true });
  }

  /** A vertex of the graph, by the name of its first operator. */
  node(title: string): Locator {
    return this.#node(`(Bottleneck )?${title} ×\\d+ `);
  }

  /** The same, once it is marked as what limits the job. */
  cause(title: string): Locator {
    return this.#node(`Bottleneck ${title} ×\\d+ `);
  }

  /** The same, once it is marked as held up by another. */
  victim(title: string): Locator {
    return this.#node(`${title} ×\\d+ backpressured `);
  }

  #node(name: string): Locator {
    const graph = this.page.getByRole('application', { name: 'Job graph' });
    return graph.getByRole('button', { name: new RegExp(`^${name}`) });
  }

  edge(from: string, to: string): Locator {
    const label = new RegExp(`^${from} to ${to}, `);
    return this.page.getByRole('application', { name: 'Job graph' }).getByLabel(label);
  }

  /** The cell of a table's row in the column with this head. */
  async cell(row: Locator, head: string): Promise<Locator> {
    const table = row.locator('xpath=ancestor::table');
    const heads = await table.getByRole('columnheader').allInnerTexts();
    const at = heads.findIndex((text) => text.trim() === head);
    expect(at, `a column "${head}" in ${heads.join(' | ')}`).toBeGreaterThanOrEqual(0);
    // The first column holds row headers.
    return row.getByRole('cell').nth(at - 1);
  }

  toast(title: string | RegExp): Locator {
    const toasts = this.page.getByRole('region', { name: 'Progress and results' });
    return toasts.getByRole('article', { name: title });
  }
}

function addressOf(tab: Tab): string {
  return tab === 'Flame graph' ? 'flame' : tab.toLowerCase().replace(' ', '-');
}

/** Resolves when the text is another one than it is now: something that is live. */
export async function expectToMove(place: Locator): Promise<void> {
  const before = await place.textContent();
  await expect
    .poll(() => place.textContent(), { message: `moves on from ${before}` })
    .not.toBe(before);
}
