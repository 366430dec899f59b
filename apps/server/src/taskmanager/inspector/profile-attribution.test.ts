import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { SampledPart } from '@weir/runtime';
import { describe, expect, it } from 'vitest';
import { BUNDLE_LINE } from '../../artifacts/bundle-line.ts';
import { CodePlaces } from './code-places.ts';
import { type Owner, ProfileAttribution, type ThreadTasks } from './profile-attribution.ts';
import type { V8Profile, V8ProfileNode } from './slot-profiler.ts';

const SOURCE = `function score(row) {
  return burn(row);
}
function burn(row) {
  return row * 2;
}
async function query() {
}
`;
const LINES = { score: 1, burn: 4, query: 7 };

const path = join(mkdtempSync(join(tmpdir(), 'weir-bundle-')), 'job.mjs');
writeFileSync(path, '\n'.repeat(BUNDLE_LINE) + SOURCE);
const BUNDLE = pathToFileURL(path).href;

const WAITING: Owner = { vertexId: 'w', subtask: 1, operatorId: 'call' };

function attribution(waiting: Owner | null = null): ProfileAttribution {
  const tasks: ThreadTasks = {
    operatorName: ({ operatorId }) => `name of ${operatorId}`,
    isVertex: (vertexId) => vertexId === 'v' || vertexId === 'w',
    near: () => null,
    waiting,
  };
  return new ProfileAttribution(new CodePlaces(BUNDLE), tasks);
}

interface Call {
  readonly name: string;
  readonly url?: string;
  readonly line?: number;
  readonly hits?: number;
  /** Ticks by line of the bundle's text, or as they are beyond it. */
  readonly ticks?: Readonly<Record<number, number>>;
  readonly calls?: readonly Call[];
}

/** A profile as V8 gives it, from calls within calls. */
function profileOf(...calls: readonly Call[]): V8Profile {
  const nodes: V8ProfileNode[] = [];
  const add = ({ name, url = '', line = 1, hits = 0, ticks = {}, calls: below = [] }: Call) => {
    const id = nodes.length + 1;
    const at = url === BUNDLE ? BUNDLE_LINE + line - 1 : line - 1;
    const callFrame = { functionName: name, url, lineNumber: at, columnNumber: 20 };
    const positionTicks = Object.entries(ticks).map(([place, count]) => ({
      line: Number(place),
      ticks: count,
    }));
    const node = { id, callFrame, hitCount: hits, positionTicks, children: [] as number[] };
    nodes.push(node);
    node.children = below.map(add);
    return id;
  };
  add({ name: '(root)', calls });
  return { nodes };
}

/** Stacks with their time, by subtask. */
function stacksOf(parts: readonly SampledPart[]): Record<string, Record<string, number>> {
  const all: Record<string, Record<string, number>> = {};
  for (const { task, tree } of parts) {
    const stacks: Record<string, number> = {};
    tree.self.forEach((ms, node) => {
      if (ms === 0) return;
      const names: string[] = [];
      for (let at = node; at >= 0; at = tree.parent[at]!) {
        names.unshift(tree.frames[tree.frame[at]!]!.name);
      }
      stacks[names.join(' > ')] = ms;
    });
    all[task === null ? '' : `${task.vertexId}#${task.subtask}`] = stacks;
  }
  return all;
}

const userCall = (name: keyof typeof LINES, hits = 0, ...calls: Call[]): Call => ({
  name,
  url: BUNDLE,
  line: LINES[name],
  hits,
  calls,
});
const inTask = (vertex: string, ...calls: Call[]): Call => ({ name: 'enter', url: vertex, calls });

describe('whose work a profile saw', () => {
  it('is told by the scripts of subtasks and operators; idle time is none', () => {
    const profile = profileOf(
      inTask(
        'v#0',
        { name: 'step', hits: 1 },
        inTask('v/map#0', { name: 'process', calls: [userCall('score', 3)] }),
      ),
      inTask('v#1', inTask('v/map#1', userCall('score', 2))),
      { name: '(garbage collector)', hits: 1 },
      { name: '(idle)', hits: 13 },
    );
    expect(stacksOf(attribution().parts(profile, 200))).toEqual({
      'v#0': { step: 10, 'name of map > process > score': 30 },
      'v#1': { 'name of map > score': 20 },
      '': { 'garbage collection': 10 },
    });
  });

  it('gives inlined code to the function whose line it is', () => {
    const burnLine = BUNDLE_LINE + LINES.burn + 1;
    const loop: Call = { name: 'map', url: 'v/map#0', hits: 4, ticks: { [burnLine]: 4 } };
    const seen = attribution();
    const [before] = seen.parts(profileOf(inTask('v#0', loop)), 40);
    expect(stacksOf([before!])['v#0']).toEqual({ 'name of map > map > burn': 40 });
    expect(before!.tree.frames.find(({ name }) => name === 'burn')?.lines).toEqual([
      [burnLine, 40],
    ]);
    // Once a sample has shown who calls it, later ones go the same way.
    const shown = profileOf(
      inTask('v#0', { ...loop, calls: [userCall('score', 0, userCall('burn', 1))] }),
    );
    seen.parts(shown, 50);
    expect(stacksOf(seen.parts(shown, 50))['v#0']).toEqual({
      'name of map > map > score > burn': 50,
    });
  });

  it('keeps the engine apart where V8 inlined it into the user’s code', () => {
    const call: Call = { ...userCall('score', 3), ticks: { 17: 2, [BUNDLE_LINE + 2]: 1 } };
    const stacks = stacksOf(attribution().parts(profileOf(inTask('v/map#0', call)), 30))['v#0'];
    expect(stacks).toEqual({
      'name of map > score': 10,
      'name of map > score > inlined engine code': 20,
    });
  });

  it('gives what follows an await to the operator that makes such calls', () => {
    const profile = profileOf({ name: 'runMicrotasks', calls: [userCall('query', 2)] });
    expect(stacksOf(attribution(WAITING).parts(profile, 20))).toEqual({
      'w#1': { 'name of call > query': 20 },
    });
    expect(stacksOf(attribution(null).parts(profile, 20))).toEqual({
      '': { 'runMicrotasks > query': 20 },
    });
  });

  it('adds up to what was not idle', () => {
    const profile = profileOf(
      inTask('v#0', userCall('score', 5), { name: 'step', hits: 2 }),
      { name: '(program)', hits: 3 },
      { name: '(idle)', hits: 10 },
    );
    const parts = attribution().parts(profile, 1000);
    const all = parts.flatMap(({ tree }) => tree.self).reduce((sum, ms) => sum + ms, 0);
    expect(all).toBeCloseTo(500, 6);
    expect(attribution().parts({ nodes: [] }, 1000)).toEqual([]);
  });
});
