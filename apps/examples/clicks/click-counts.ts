/** Clicks and different users of a page in a window. */
import {
  type AggregateFunction,
  type Collector,
  ProcessWindowFunction,
  types,
  type WindowContext,
} from '@weir/datastream';
import type { Click, ClickCount } from './click.ts';

interface Counted {
  readonly clicks: number;
  readonly users: readonly string[];
}

export const COUNTED = types.object({
  clicks: types.i32(),
  users: types.array(types.string()),
});

export const countClicks: AggregateFunction<Click, Counted, Counted> = {
  createAccumulator: () => ({ clicks: 0, users: [] }),
  add: ({ userId }, { clicks, users }) => ({
    clicks: clicks + 1,
    users: users.includes(userId) ? users : [...users, userId],
  }),
  getResult: (counted) => counted,
};

/** Says which page and window the counts are of. */
export class NameWindow extends ProcessWindowFunction<Counted, ClickCount, string> {
  process(
    page: string,
    context: WindowContext,
    results: Iterable<Counted>,
    out: Collector<ClickCount>,
  ): void {
    const { start, end } = context.window();
    const windowStart = new Date(start).toISOString();
    const windowEnd = new Date(end).toISOString();
    for (const { clicks, users } of results) {
      out.collect({ windowStart, windowEnd, page, clicks, users: users.length });
    }
  }
}
