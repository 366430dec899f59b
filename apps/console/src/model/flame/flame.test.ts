import type { FlameProfile, JobTopology } from '@weir/console-protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffStep, flameDiff } from './flame-diff.ts';
import { cpuProfile, foldedStacks } from './flame-export.ts';
import { type FlameForest, flameForest, frameOf, nodeAt } from './flame-forest.ts';
import { flameLayout, hitNode, SiblingOrder, stepFrom } from './flame-layout.ts';
import { heaviestBySelf, matchesOf, sandwich } from './flame-reading.ts';
import { diffSentence, flameSentence, inUse, pointsText, shareText } from './flame-words.ts';
import { treeOf } from './test-flame.ts';

const TREE = treeOf(
  'vertex:look-up;engine:step;engine:drive;operator:find;user:find;native:parse 6',
  'vertex:look-up;engine:step;engine:drive;operator:find;user:find 2',
  'vertex:look-up;engine:step;native:notify 4',
  'vertex:delays;engine:step;operator:window;user:parse;user:find 3',
  'gc:collection 1',
);

function named(forest: FlameForest, name: string): number[] {
  return forest.path.flatMap((_, node) => (frameOf(forest, node).name === name ? [node] : []));
}

const stacks = fc.array(
  fc
    .tuple(
      fc.array(
        fc
          .tuple(fc.constantFrom('user', 'engine', 'native', 'operator'), fc.constantFrom(...'abc'))
          .map(([kind, name]) => `${kind}:${name}`),
        { minLength: 1, maxLength: 6 },
      ),
      fc.integer({ min: 1, max: 100 }),
    )
    .map(([frames, ms]) => `${frames.join(';')} ${ms}`),
  { minLength: 1, maxLength: 20 },
);

describe('the forest of a profile', () => {
  it('folds the engine’s frames into one below whom they worked for', () => {
    const forest = flameForest(TREE, 'folded');
    const [lookUp] = named(forest, 'look-up');
    const below = forest.children[lookUp!]!.map((node) => [
      frameOf(forest, node).name,
      forest.total[node],
    ]);
    expect(below).toEqual([
      ['find', 8],
      ['engine', 4],
    ]);
    expect(named(forest, 'step')).toEqual([]);
    expect(named(flameForest(TREE, 'shown'), 'step')).toHaveLength(2);
  });

  it('tells an operator that is alone in its vertex once', () => {
    const tree = treeOf(
      'vertex:a;engine:step;operator:a;user:find 6',
      'vertex:a;engine:step;operator:a 1',
      'vertex:b;engine:step;operator:b;user:find 2',
    );
    const forest = flameForest(tree, 'folded', new Set(['a']));
    const [once, ...others] = named(forest, 'a');
    expect(others).toEqual([]);
    expect([forest.total[once!], forest.self[once!]]).toEqual([7, 1]);
    expect(named(forest, 'b')).toHaveLength(2);
  });

  it('loses no time, whether the engine is shown or folded', () => {
    fc.assert(
      fc.property(stacks, fc.constantFrom('shown' as const, 'folded' as const), (some, engine) => {
        const tree = treeOf(...some);
        const forest = flameForest(tree, engine);
        const all = tree.self.reduce((sum, ms) => sum + ms, 0);
        expect(forest.totalMs).toBe(all);
        forest.children.forEach((children, node) => {
          const below = children.reduce((sum, child) => sum + forest.total[child]!, 0);
          expect(below + forest.self[node]!).toBe(forest.total[node]);
        });
        expect(new Set(forest.path).size).toBe(forest.path.length);
      }),
    );
  });
});

describe('the layout', () => {
  it('gives each frame the width of its time, within its caller', () => {
    const forest = flameForest(TREE, 'folded');
    const { node, left, right, row } = flameLayout(forest, -1, new SiblingOrder(), 0);
    node.forEach((one, i) => {
      expect(right[i]! - left[i]!).toBeCloseTo(forest.total[one]! / forest.totalMs, 9);
      const caller = node.indexOf(forest.parent[one]!);
      if (caller < 0) return;
      expect(left[i]).toBeGreaterThanOrEqual(left[caller]! - 1e-9);
      expect(right[i]).toBeLessThanOrEqual(right[caller]! + 1e-9);
      expect(row[i]).toBe(row[caller]! + 1);
    });
  });

  it('keeps siblings where they are when their weights change', () => {
    const order = new SiblingOrder();
    const before = flameForest(treeOf('user:a 5', 'user:b 4'), 'shown');
    const after = flameForest(treeOf('user:a 4', 'user:b 5', 'user:c 9'), 'shown');
    flameLayout(before, -1, order, 0);
    const { node } = flameLayout(after, -1, order, 0);
    expect(node.map((one) => frameOf(after, one).name)).toEqual(['a', 'b', 'c']);
  });

  it('zooms: the frame and its callers take the whole width', () => {
    const forest = flameForest(TREE, 'folded');
    const zoom = named(forest, 'parse').find((node) => frameOf(forest, node).kind === 'user')!;
    const { node, left, right } = flameLayout(forest, zoom, new SiblingOrder(), 0);
    const names = node.map((one) => frameOf(forest, one).name);
    expect(names.sort()).toEqual(['delays', 'find', 'parse', 'window']);
    expect([...left]).toEqual([0, 0, 0, 0]);
    expect([...right]).toEqual([1, 1, 1, 1]);
  });

  it('is walked by keys and hit by the pointer', () => {
    const forest = flameForest(TREE, 'folded');
    const layout = flameLayout(forest, -1, new SiblingOrder(), 0);
    const first = hitNode(layout, 0, 1);
    expect(frameOf(forest, first).name).toBe('look-up');
    const down = stepFrom(layout, forest, first, 'down');
    expect(frameOf(forest, down).name).toBe('find');
    expect(stepFrom(layout, forest, down, 'up')).toBe(first);
    expect(frameOf(forest, stepFrom(layout, forest, first, 'right')).name).toBe('delays');
    expect(stepFrom(layout, forest, first, 'left')).toBe(first);
    expect(hitNode(layout, 0.5, 99)).toBe(-1);
    expect(nodeAt(forest, forest.path[down])).toBe(down);
  });
});

describe('reading a profile', () => {
  it('puts a function between its callers and callees', () => {
    const forest = flameForest(TREE, 'folded');
    const key = forest.keys[forest.frame[named(forest, 'find').at(-1)!]!]!;
    const found = sandwich(forest, key)!;
    expect([found.total, found.self]).toEqual([11, 5]);
    expect(found.callers.map(({ frame, total }) => [frame.name, total])).toEqual([
      ['find', 8],
      ['parse', 3],
    ]);
    expect(found.callees.map(({ frame, total }) => [frame.name, total])).toEqual([['parse', 6]]);
  });

  it('counts a function that calls itself once', () => {
    const forest = flameForest(treeOf('user:f;user:g;user:f 4', 'user:f 1'), 'shown');
    const found = sandwich(forest, forest.keys[forest.frame[0]!]!)!;
    expect([found.total, found.self]).toEqual([5, 5]);
    expect(matchesOf(forest, 'f')).toMatchObject({ ms: 5 });
  });

  it('finds by name and file, and says the share of what it found', () => {
    const forest = flameForest(TREE, 'folded');
    expect(matchesOf(forest, 'JOBS/PARSE').ms).toBe(3);
    expect(matchesOf(forest, 'parse').nodes.size).toBe(2);
    expect(matchesOf(forest, '  ').nodes.size).toBe(0);
  });

  it('lists functions by self time', () => {
    const heaviest = heaviestBySelf(flameForest(TREE, 'folded'), 2);
    expect(heaviest.map(({ frame, self }) => [frame.name, self])).toEqual([
      ['parse', 6],
      ['find', 5],
    ]);
  });

  it('writes shares and points', () => {
    expect(shareText(1, 3)).toBe('33\u202f%');
    expect(shareText(1, 40)).toBe('2.5\u202f%');
    expect(shareText(1, 10_000)).toBe('<0.1\u202f%');
    expect(shareText(0, 0)).toBe('0.0\u202f%');
    expect([pointsText(1.96), pointsText(-0.2), pointsText(0.01)]).toEqual([
      '+2.0\u202fpt',
      '−0.2\u202fpt',
      '0.0\u202fpt',
    ]);
  });
});

describe('the difference of two profiles', () => {
  it('is in points of the whole, whatever the two lasted', () => {
    const now = flameForest(treeOf('user:a 30', 'user:b 10'), 'shown');
    const before = flameForest(treeOf('user:a 5', 'user:b 4', 'user:c 1'), 'shown');
    const { total, gone } = flameDiff(now, before);
    expect([...total]).toEqual([25, -15]);
    expect(gone.map(({ frame, points }) => [frame.name, points])).toEqual([['c', -10]]);
    expect([25, 1, -0.2, 0.1].map(diffStep)).toEqual([3, 2, -1, 0]);
  });

  it('adds up to nothing', () => {
    fc.assert(
      fc.property(stacks, stacks, (some, others) => {
        const now = flameForest(treeOf(...some), 'shown');
        const { self, gone } = flameDiff(now, flameForest(treeOf(...others), 'shown'));
        const points = self.reduce((sum, one) => sum + one, 0);
        expect(gone.reduce((sum, one) => sum + one.points, points)).toBeCloseTo(0, 6);
      }),
    );
  });
});

describe('exports', () => {
  it('folds stacks, one line each, with all of the time', () => {
    fc.assert(
      fc.property(stacks, (some) => {
        const tree = treeOf(...some);
        const lines = foldedStacks(tree).trim().split('\n');
        const micros = lines.map((line) => Number(line.slice(line.lastIndexOf(' '))));
        const ms = tree.self.reduce((sum, one) => sum + one, 0);
        expect(micros.reduce((sum, one) => sum + one, 0)).toBe(ms * 1000);
      }),
    );
    expect(foldedStacks(treeOf('vertex:v;user:a 2'))).toBe('v;a (jobs/a.ts:12) 2000\n');
  });

  it('writes V8’s profile: a sample for each hit, and their time', () => {
    const profile = { tree: TREE, from: 1000, to: 2000, samples: 16 } as FlameProfile;
    const written = JSON.parse(cpuProfile(profile)) as {
      nodes: { id: number; hitCount: number; children: number[]; callFrame: object }[];
      samples: number[];
      timeDeltas: number[];
    };
    expect(written.samples).toHaveLength(16);
    expect(written.timeDeltas.reduce((sum, delta) => sum + delta, 0)).toBe(16_000);
    const ids = new Set(written.nodes.map(({ id }) => id));
    expect(written.nodes.flatMap(({ children }) => children).every((id) => ids.has(id))).toBe(true);
    expect(written.nodes.reduce((sum, { hitCount }) => sum + hitCount, 0)).toBe(16);
    expect(written.nodes.map(({ callFrame }) => callFrame)).toContainEqual({
      functionName: 'find',
      scriptId: '0',
      url: 'jobs/find.ts',
      lineNumber: 11,
      columnNumber: 0,
    });
  });
});

describe('the sentence of a profile', () => {
  const topology = {
    name: 'flights',
    vertices: [
      { id: 'look-up', name: 'look-up', operators: [{ name: 'look-up', callSite: 'airports' }] },
      { id: 'source', name: 'source', operators: [{ name: 'Source: source', callSite: null }] },
    ],
  } as unknown as JobTopology;
  const still = { running: 0, queued: 0, external: 0, blocked: 0, starved: 0 };
  const profileOf = (...times: FlameProfile['times']): FlameProfile => ({
    from: 0,
    to: 20,
    sampledMs: 20,
    samples: 16,
    tree: TREE,
    times,
  });
  const forest = flameForest(TREE, 'folded');

  it('says how much runs, the line that costs most, and where the time is rather', () => {
    const waits = { ...still, vertexId: 'look-up', subtasks: 2, running: 0.2, external: 1.8 };
    expect(flameSentence(forest, profileOf(waits), 'on', topology)).toEqual({
      lead: '0.80 cores in use.',
      rest:
        'Most in the job’s own code: find at find.ts:12 with 69\u202f%. ' +
        'look-up waits 90\u202f% of its time.',
      instead: 'off',
    });
  });

  it('says what is waited for, and whose fault it is', () => {
    const waits = { ...still, vertexId: 'look-up', subtasks: 2, running: 0.2, external: 1.8 };
    const victim = { ...still, vertexId: 'source', subtasks: 1, blocked: 0.9, running: 0.1 };
    const said = flameSentence(forest, profileOf(waits, victim), 'off', topology);
    expect(said.lead).toBe('look-up waits 1.8 subtasks’ worth of time on airports.');
    expect(said.rest).toContain('consequence');
    expect(flameSentence(forest, profileOf(victim), 'off', topology).lead).toContain('is blocked');
    const idle = { ...still, vertexId: 'source', subtasks: 1, starved: 1 };
    expect(flameSentence(forest, profileOf(idle), 'off', topology).lead).toContain('Nothing holds');
    expect(inUse(forest, profileOf(waits, victim), 'off')).toBe('2.70');
    expect(inUse(forest, profileOf(waits, victim), 'mixed')).toBe('3');
  });

  it('says who takes more than then', () => {
    const before = flameForest(
      treeOf(
        'vertex:look-up;operator:find;user:find 1',
        'vertex:delays;operator:window;user:parse 3',
      ),
      'folded',
    );
    const then = { to: 0, samples: 500 };
    const { lead, rest } = diffSentence(forest, flameDiff(forest, before), topology, then);
    expect(lead).toMatch(/points (more|less) than at \d\d:\d\d:\d\d\.$/);
    expect(rest).toContain('pt');
    expect(rest).not.toContain('says little');
    const few = { to: 0, samples: 4 };
    const same = diffSentence(forest, flameDiff(forest, forest), topology, few);
    expect(same.lead).toMatch(/^Much the same as at/);
    expect(same.rest).toContain('Only 4 samples are kept of then, which says little.');
  });
});
