import { expect, test } from 'vitest';
import { rescaledOperators } from './rescale-operators.ts';
import { topology } from '../test-story.ts';

const ids = topology.vertices.map(({ id }) => id);
const [first] = topology.vertices;

test('the busiest come first; who has a parallelism of its own keeps it', () => {
  const vertices = topology.vertices.map((vertex, at) => ({
    ...vertex,
    parallelism: at === 0 ? 1 : 4,
  }));
  const busyOf = (id: string) => (id === ids[1] ? 0.9 : id === ids[0] ? 0.4 : null);
  const { rows } = rescaledOperators(vertices, busyOf, 4, 8, 9);
  expect(rows[0]).toMatchObject({ id: ids[1], busy: 0.9, now: 4, next: 8 });
  expect(rows[1]).toMatchObject({ id: ids[0], busy: 0.4, now: 1, next: 1 });
});

test('a long list is cut, but never for a single one', () => {
  const many = (count: number) => Array.from({ length: count }, () => first!);
  const sizes = (count: number) => {
    const { rows, more } = rescaledOperators(many(count), () => null, 1, 2, 4);
    return [rows.length, more];
  };
  expect([3, 4, 5, 6].map(sizes)).toEqual([
    [3, 0],
    [4, 0],
    [5, 0],
    [4, 2],
  ]);
});
