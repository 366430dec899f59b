import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FLINK_ROUTES, type Route } from './routes.ts';
import { errorBody } from './wire-values.ts';

interface Sample {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly body: unknown;
}

function samples(version: string): Sample[] {
  const url = new URL(`../fixtures/${version}.json`, import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8')) as Sample[];
}

function routeOf(sample: Sample): Route | null {
  const path = sample.path.split('?')[0]!.replace(/^\/v1/, '');
  for (const route of Object.values(FLINK_ROUTES) as Route[]) {
    const pattern = new RegExp(`^${route.path.replace(/:[a-z]+/gi, '[^/]+')}$`);
    if (route.method === sample.method && pattern.test(path)) return route;
  }
  return null;
}

describe.each(['2.3.0', '1.20.3'])('answers of Apache Flink %s', (version) => {
  const all = samples(version);
  const served = all.filter((sample) => sample.status < 300 && routeOf(sample) !== null);

  it('are recorded for most routes', () => {
    expect(served.length).toBeGreaterThan(version === '2.3.0' ? 70 : 30);
  });

  it.each(served.map((sample) => [sample.name, sample] as const))('%s is read', (_, sample) => {
    const route = routeOf(sample)!;
    const result = route.response.safeParse(sample.body);
    expect(result.error?.issues ?? []).toEqual([]);
    if (version === '2.3.0') {
      // Nothing that Flink sends is lost on the way through the schema.
      expect(result.data).toEqual(sample.body);
    }
  });

  it('errors are lists of texts', () => {
    for (const sample of all.filter((one) => one.status >= 400)) {
      expect(errorBody.safeParse(sample.body).success).toBe(true);
    }
  });
});
