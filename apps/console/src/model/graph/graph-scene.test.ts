import type { JobTopology } from '@weir/console-protocol';
import { describe, expect, test } from 'vitest';
import { COLOUR_MODES, colourScale, modeColour, modeValue, position } from './colour-mode.ts';
import { groupingOf } from './graph-groups.ts';
import { EVERY_VERTEX, graphScene, sceneNodeOf } from './graph-scene.ts';
import { graphValues, HATCH, type ValuesSource } from './graph-values.ts';
import { causeIn, groupView } from './group-view.ts';
import { hatches, isVictim } from './node-view.ts';
import { jobTick, LOOKUP, SINK, SOURCE, topology, vertexTick } from '../test-story.ts';
import { vertexLag } from '../watermarks/vertex-lag.ts';

/** Rows of `name-<i>`, each group reading from the one before, row by row. */
function wide(groups: readonly string[], rows: number, sharing: readonly string[] = []) {
  const vertices = groups.flatMap((group, step) =>
    Array.from({ length: rows }, (_, row) => ({
      ...topology.vertices[1]!,
      id: `${group}-${row}`,
      name: `${group}-${row}`,
      slotSharingGroup: sharing[step] ?? 'default',
      operators: [{ ...topology.vertices[1]!.operators[0]!, name: `${group}-${row}` }],
    })),
  );
  const edges = groups.slice(1).flatMap((group, step) =>
    Array.from({ length: rows }, (_, row) => ({
      ...topology.edges[0]!,
      index: step * rows + row,
      source: `${groups[step]}-${row}`,
      target: `${group}-${row}`,
    })),
  );
  return { ...topology, vertices, edges } satisfies JobTopology;
}

const LARGE = wide(['read', 'parse', 'write'], 60);

describe('groups', () => {
  test('a small graph has none', () => {
    expect(groupingOf(topology)).toBeNull();
  });

  test('by slot sharing group where there are several, else by the first word', () => {
    const shared = wide(['a', 'b', 'c'], 60, ['left', 'left', 'right']);
    expect(groupingOf(shared)).toMatchObject({ by: 'slot sharing group' });
    expect(groupingOf(shared)!.groups.map(({ name }) => name)).toEqual(['left', 'right']);
    const grouping = groupingOf(LARGE)!;
    expect(grouping.by).toBe('name');
    expect(grouping.groups.map(({ vertexIds }) => vertexIds.length)).toEqual([60, 60, 60]);
    expect(grouping.groupOf.get('parse-7')).toBe('parse');
  });

  test('by distance from the sources where names say nothing', () => {
    const vertices = LARGE.vertices.map((vertex, at) => ({
      ...vertex,
      operators: [{ ...vertex.operators[0]!, name: `map${at}` }],
    }));
    const grouping = groupingOf({ ...LARGE, vertices })!;
    expect(grouping.by).toBe('stage');
    expect(grouping.groups).toHaveLength(3);
  });
});

describe('the scene', () => {
  const grouping = groupingOf(LARGE);

  test('at the top: a node a group, a bundle between two', () => {
    const scene = graphScene(LARGE, grouping, null, new Set());
    expect(scene.nodes.map(({ kind }) => kind)).toEqual(['group', 'group', 'group']);
    expect(scene.edges.map(({ members }) => members.length)).toEqual([60, 60]);
    expect(sceneNodeOf(scene, 'write-3')!.id).toBe('group write');
  });

  test('inside: its vertices between stubs; nothing of the rest', () => {
    const scene = graphScene(LARGE, grouping, 'parse', new Set());
    expect(scene.open!.name).toBe('parse');
    expect(scene.nodes).toHaveLength(62);
    expect(scene.nodes[0]).toMatchObject({ kind: 'stub', id: 'in read' });
    expect(scene.nodes.at(-1)).toMatchObject({ kind: 'stub', id: 'out write' });
    expect(scene.edges).toHaveLength(120);
  });

  test('every vertex: each edge stands for itself; an unknown group is the top', () => {
    const every = graphScene(LARGE, grouping, EVERY_VERTEX, new Set());
    expect(every.nodes).toHaveLength(180);
    expect(every.edges).toHaveLength(120);
    expect(graphScene(LARGE, grouping, 'gone', new Set()).open).toBeNull();
  });

  test('two edges between the same two vertices stay two', () => {
    const twice = { ...topology, edges: [...topology.edges, { ...topology.edges[1]!, index: 2 }] };
    expect(graphScene(twice, null, null, new Set()).edges).toHaveLength(3);
  });

  test('only a chain can be expanded', () => {
    const scene = graphScene(topology, null, null, new Set([SOURCE]));
    expect(scene.nodes[0]).toMatchObject({ kind: 'vertex', expanded: false });
  });
});

const NONE = new Map<string, number>();

function source(limited: boolean): ValuesSource {
  const tick = jobTick(10_000, limited);
  const watermarks = new Map([[SINK, 6000]]);
  const vertices = tick.vertices.map((one) => ({
    ...one,
    watermark: watermarks.get(one.id) ?? 9000,
    stateBytes: one.id === SINK ? null : 10,
  }));
  const vertex = (id: string) => vertices.find((one) => one.id === id) ?? null;
  return {
    topology,
    latest: tick,
    vertex,
    watermarkLag: (id) => vertexLag(tick, vertex(id)),
    column: (field, into) => {
      for (const [at, one] of vertices.entries()) into[at] = one[field] ?? Number.NaN;
    },
    limiting: limited ? LOOKUP : null,
  };
}

describe('colours', () => {
  test('red belongs to the cause alone', () => {
    const scale = colourScale('busyness', [0.1, 1]);
    expect(modeColour(scale, 1, true).fill).toBe('var(--busy-100)');
    expect(modeColour(scale, 1, false).fill).toBe('var(--busy-90)');
    const lag = colourScale('lag', [0, 4000]);
    expect(modeColour(lag, 4000, true).fill).not.toContain('busy');
  });

  test('a share stands where it is, all else between the lowest and the highest', () => {
    expect(position(colourScale('busyness', [0.2, 0.4]), 0.4)).toBe(0.4);
    expect(position(colourScale('lag', [1000, 4000]), 4000)).toBe(1);
    expect(position(colourScale('skew', [1, 3]), 1)).toBe(0);
    expect(position(colourScale('state', [null]), null)).toBe(0);
  });

  test('skew is how many times its fair share the subtask with the most gets', () => {
    const tick = vertexTick(LOOKUP, { recordsIn: 400, recordsInMax: 300 });
    const skewed = { vertex: () => tick, watermarkLag: () => null };
    expect(modeValue('skew', skewed, LOOKUP, NONE)).toBe(3);
    expect(modeValue('checkpoint', skewed, LOOKUP, new Map([[LOOKUP, 61]]))).toBe(61);
  });

  test('a group shows its highest, or what it waits when half of it is held up', () => {
    const group = { name: 'all', vertexIds: [SOURCE, LOOKUP, SINK], places: [0, 1, 2] };
    const values = graphValues(source(true), 'busyness', NONE);
    expect(groupView(values, group)).toMatchObject({ before: 'max', after: 'busy' });
    expect(causeIn(source(true), group)).toBe(LOOKUP);
    const waiting = { name: 'in', vertexIds: [SOURCE], places: [0] };
    expect(groupView(values, waiting).after).toBe('backpr.');
    expect(causeIn(source(true), waiting)).toBeNull();
    const lag = groupView(graphValues(source(false), 'lag', NONE), group);
    expect(lag).toMatchObject({ before: 'max', value: '4\u202fs', after: 'lag' });
  });

  test.each(COLOUR_MODES)('%s is the same for all at once as for each', (mode) => {
    const job = source(true);
    const checkpoints = new Map([[LOOKUP, 61]]);
    const { values, fills, scale, cause } = graphValues(job, mode, checkpoints);
    for (const [at, { id }] of topology.vertices.entries()) {
      const value = modeValue(mode, job, id, checkpoints);
      expect(values[at]).toBe(value ?? Number.NaN);
      const hatched = hatches(scale) && isVictim(job.vertex(id)) && at !== cause;
      expect(fills[at]).toBe(hatched ? HATCH : modeColour(scale, value, at === cause).fill);
    }
  });
});
