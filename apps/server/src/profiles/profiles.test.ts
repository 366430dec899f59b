import type { FlameTree } from '@weir/console-protocol';
import type { JobGraph } from '@weir/graph';
import type { SampledFrame, SampledPart } from '@weir/runtime';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flinkTree } from '../http/flink/flame-graph.ts';
import { type CallFrame, CallTree, ROOT, totalOf } from './call-tree.ts';
import { flameProfile } from './flame-profile.ts';
import { hotFunction, STATE_FOLDER, stateShare } from './hot-function.ts';
import { type ProfileSlice, ProfileStore } from './profile-store.ts';
import type { SubtaskTimes } from './task-times.ts';

type Kind = SampledFrame['kind'];

function frame<K extends CallFrame['kind']>(kind: K, name: string): CallFrame<K> {
  const isUser = kind === 'user';
  return {
    name,
    kind,
    file: isUser ? `${name}.ts` : null,
    line: isUser ? 3 : null,
    package: null,
    vertexId: null,
    operatorId: null,
  };
}

/** A stack and how long it ran, ms. */
type Stack = readonly [names: readonly string[], ms: number];

function treeOf(...stacks: readonly Stack[]) {
  const tree = new CallTree<Kind>();
  for (const [names, ms] of stacks) {
    const node = names.reduce((at, name) => tree.child(at, frame('user', name)), ROOT);
    tree.addSelf(node, ms, 7);
  }
  return tree.toTree();
}

const stacks = fc.array(
  fc.tuple(
    fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 5 }),
    fc.integer({ min: 1, max: 1000 }),
  ),
  { maxLength: 12 },
);

const GRAPH = {
  vertices: [
    { id: 'v', name: 'Source: in -> map', operators: [operator('read', 'Source: in')] },
    { id: 'w', name: 'look-up', operators: [operator('call', 'look-up', 'airports')] },
  ],
  edges: [{ index: 0, source: 'v', target: 'w' }],
} as unknown as JobGraph;

function operator(id: string, name: string, callSite: string | null = null) {
  return { id, name, callSite };
}

function timesOf(vertexId: string, subtask: number, ms: SubtaskTimes['ms']): SubtaskTimes {
  const externalMs = vertexId === 'w' ? { call: ms.external * 0.75 } : {};
  const blockedMs = vertexId === 'v' ? { 0: ms.blocked } : {};
  return { vertexId, subtask, ms, externalMs, blockedMs };
}

const BUSY = { running: 60, queued: 20, external: 0, blocked: 15, starved: 5 };
const WAITING = { running: 10, queued: 0, external: 80, blocked: 0, starved: 10 };

function partOf(vertexId: string | null, subtask: number, ...some: Stack[]): SampledPart {
  const task = vertexId === null ? null : { vertexId, subtask };
  return { task, samples: some.length, tree: treeOf(...some) };
}

function sliceOf(fromMs: number, toMs: number, ...parts: readonly SampledPart[]): ProfileSlice {
  const samples = parts.reduce((sum, part) => sum + part.samples, 0);
  const times = [timesOf('v', 0, BUSY), timesOf('v', 1, BUSY), timesOf('w', 0, WAITING)];
  return { fromMs, toMs, intervalMicros: 10_000, threads: 2, samples, parts, times };
}

const SLICE = sliceOf(
  0,
  100,
  partOf('v', 0, [['parse', 'scan'], 30], [['parse'], 10]),
  partOf('v', 1, [['parse', 'scan'], 20]),
  partOf('w', 0, [['find'], 8]),
  partOf(null, 0, [['collect'], 2]),
);

describe('a call tree', () => {
  it('adds equal stacks together, and loses no time', () => {
    fc.assert(
      fc.property(stacks, stacks, (some, others) => {
        const sum = new CallTree<Kind>();
        sum.add(treeOf(...some));
        sum.add(treeOf(...others));
        const all = [...some, ...others];
        expect(totalOf(sum.toTree())).toBe(all.reduce((total, [, ms]) => total + ms, 0));
        expect(sum.toTree()).toEqual(treeOf(...all));
        const ways = all.flatMap(([names]) => names.map((_, i) => names.slice(0, i + 1).join('>')));
        expect(sum.size).toBe(new Set(ways).size);
      }),
    );
  });

  it('counts the lines of a function over all its calls', () => {
    const { frames } = treeOf([['a', 'b'], 5], [['b'], 2]);
    const lines = frames.find(({ name }) => name === 'b')?.lines;
    expect(lines).toEqual([[7, 7]]);
  });
});

describe('what a viewer is shown', () => {
  const profileOf = (
    mode: 'on' | 'off' | 'mixed',
    vertexId: string | null,
    subtask: number | null,
  ) => flameProfile([SLICE], GRAPH, { mode, vertexId, subtask });

  it('has all threads on the CPU, by vertex', () => {
    const { tree, samples } = profileOf('on', null, null);
    expect(totalOf(tree)).toBe(70);
    expect(samples).toBe(5);
    expect(tree.frames.filter(({ kind }) => kind === 'vertex').map(({ name }) => name)).toEqual([
      'in',
      'look-up',
    ]);
  });

  it('is one vertex, or one subtask of it', () => {
    expect(totalOf(profileOf('on', 'v', null).tree)).toBe(60);
    expect(totalOf(profileOf('on', 'v', 1).tree)).toBe(20);
    expect(profileOf('off', 'v', 1).times).toHaveLength(1);
  });

  it('has what subtasks waited for off the CPU, and for whom', () => {
    const { tree } = profileOf('off', null, null);
    expect(totalOf(tree)).toBeCloseTo(2 * 40 + 90, 9);
    const names = tree.frames.map(({ name }) => name);
    expect(names).toContain('look-up: airports');
    expect(names).toContain('look-up: checkpoint or commit');
    expect(names).toContain('in → look-up');
    expect(names).toContain('look-up ← in');
    expect(names).toContain('in: nothing to read');
  });

  it('puts both on the wall clock of the subtasks', () => {
    const { tree, times } = profileOf('mixed', null, null);
    expect(totalOf(tree)).toBeCloseTo(300, 9);
    const shares = times.map(({ running, queued, external, blocked, starved, subtasks }) => [
      running + queued + external + blocked + starved,
      subtasks,
    ]);
    for (const [sum, subtasks] of shares) expect(sum).toBeCloseTo(subtasks!, 9);
    expect(times[0]!.running).toBeCloseTo(1.2, 9);
    const running = profileOf('mixed', 'v', null).tree;
    const at = running.frames.findIndex(({ name }) => name === 'scan');
    const scanMs = running.self.reduce(
      (sum, ms, i) => (running.frame[i] === at ? sum + ms : sum),
      0,
    );
    expect(scanMs).toBeCloseTo((120 * 50) / 60, 9);
  });

  it('names the job’s hottest function, with what it calls and is not the job’s', () => {
    const tree = new CallTree();
    const parse = tree.child(ROOT, frame('user', 'parse'));
    tree.addSelf(parse, 10, 4);
    tree.addSelf(tree.child(parse, frame('native', 'JSON.parse')), 50);
    tree.addSelf(tree.child(ROOT, frame('user', 'other')), 30, 9);
    tree.addSelf(tree.child(ROOT, frame('engine', 'emit')), 10);
    expect(hotFunction(tree.toTree())).toEqual({
      function: 'parse',
      file: 'parse.ts',
      line: 4,
      functionLine: 3,
      share: 0.6,
    });
    expect(hotFunction({ frames: [], frame: [], parent: [], self: [] })).toBeNull();
  });

  it('tells the part of keyed state, with what it calls; what timers call back is not', () => {
    const tree = new CallTree();
    const process = tree.child(ROOT, frame('user', 'process'));
    const state = { ...frame('engine', 'get'), file: `${STATE_FOLDER}hashmap/map-state.ts` };
    const timers = { ...frame('engine', 'advance'), file: `${STATE_FOLDER}hashmap/timers.ts` };
    tree.addSelf(process, 10);
    const get = tree.child(process, state);
    tree.addSelf(get, 40);
    tree.addSelf(tree.child(get, frame('engine', 'hash')), 20);
    tree.addSelf(tree.child(tree.child(ROOT, timers), frame('user', 'onTimer')), 30);
    expect(stateShare(tree.toTree())).toBeCloseTo(0.6);
    expect(stateShare({ frames: [], frame: [], parent: [], self: [] })).toBe(0);
  });

  it('becomes Flink’s tree of samples', () => {
    const root = flinkTree(treeOf([['a', 'b'], 100], [['a'], 50]) as FlameTree, 100);
    expect(root).toEqual({
      name: 'root',
      value: 15,
      children: [
        { name: 'a.ts.a:3', value: 15, children: [{ name: 'b.ts.b:3', value: 10, children: [] }] },
      ],
    });
  });
});

describe('what is kept', () => {
  const filled = (seconds: number): ProfileStore => {
    const store = new ProfileStore();
    for (let at = 0; at < seconds; at += 2) {
      store.add(sliceOf(at * 1000, (at + 2) * 1000, partOf('v', 0, [['parse'], 1000])));
    }
    return store;
  };

  it('is merged when it grows old, without losing time or shares', () => {
    const moments = filled(600).moments();
    expect(moments.length).toBeLessThan(120);
    expect(moments.at(0)).toMatchObject({ from: 0, cores: { v: 0.5 } });
    moments.reduce((before, moment) => {
      expect(moment.from).toBe(before.to);
      return moment;
    });
    expect(moments.at(-1)?.to).toBe(600_000);
  });

  it('ends after an hour', () => {
    const [oldest] = filled(4000).moments();
    expect(oldest!.to).toBeGreaterThanOrEqual(400_000);
  });

  it('is found by a moment, if something near it was sampled', () => {
    const store = filled(20);
    expect(store.nearest(7500, 0)).toMatchObject({ fromMs: 6000, toMs: 8000 });
    expect(store.nearest(25_000, 10_000)).toMatchObject({ toMs: 20_000 });
    expect(store.nearest(99_000, 10_000)).toBeNull();
    expect(store.within(4000, 8000).map(({ fromMs }) => fromMs)).toEqual([4000, 6000]);
  });
});
