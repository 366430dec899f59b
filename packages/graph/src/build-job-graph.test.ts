import { Configuration, OutputTag } from '@weir/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildJobGraph } from './build-job-graph.ts';
import type { JobGraph, JobVertex } from './job-graph.ts';
import { requiredSlots } from './job-graph.ts';
import type {
  OperatorRole,
  OperatorTransformation,
  ShipStrategy,
  Transformation,
} from './transformation.ts';

type Settings = Partial<Omit<OperatorTransformation, 'kind' | 'id' | 'inputs' | 'role'>>;

/** Makes transformations the way an environment does. */
class Sketch {
  readonly transformations: Transformation[] = [];
  #next = 1;

  operator(name: string, inputs: Transformation[], settings: Settings = {}) {
    return this.#add('operator', name, inputs, settings);
  }

  source(name: string, settings: Settings = {}) {
    return this.#add('source', name, [], settings);
  }

  sink(name: string, input: Transformation, settings: Settings = {}) {
    return this.#add('sink', name, [input], settings);
  }

  partition(input: Transformation, strategy: ShipStrategy): Transformation {
    const keySelector = strategy === 'HASH' ? (record: unknown) => record : null;
    return { kind: 'partition', id: this.#next++, input, strategy, keySelector };
  }

  union(...inputs: Transformation[]): Transformation {
    return { kind: 'union', id: this.#next++, inputs };
  }

  side(input: Transformation, id: string): Transformation {
    return { kind: 'sideOutput', id: this.#next++, input, tag: new OutputTag(id) };
  }

  build(program: Record<string, string> = {}, host: Record<string, string> = {}) {
    return buildJobGraph(
      {
        name: 'job',
        transformations: this.transformations,
        configuration: new Configuration(program),
      },
      { configuration: new Configuration(host), args: ['--x'], submittedAtMs: 42 },
    );
  }

  #add(role: OperatorRole, name: string, inputs: Transformation[], settings: Settings) {
    const made: OperatorTransformation = {
      kind: 'operator',
      id: this.#next++,
      role,
      operatorType: name,
      inputs,
      binding: { create: name },
      keyed: false,
      name,
      uid: null,
      parallelism: null,
      maxParallelism: null,
      chaining: 'ALWAYS',
      slotSharingGroup: 'default',
      origin: null,
      ...settings,
    };
    this.transformations.push(made);
    return made;
  }
}

function names(graph: JobGraph): string[] {
  return graph.vertices.map((vertex) => vertex.name);
}

function nameOf(graph: JobGraph, id: string): string {
  return graph.vertices.find((vertex: JobVertex) => vertex.id === id)!.name;
}

function arrows(graph: JobGraph): string[] {
  return graph.edges.map((edge) => {
    const tag = edge.outputTag === null ? '' : ` [${edge.outputTag}]`;
    return `${nameOf(graph, edge.source)} ${edge.strategy}${tag} ${nameOf(graph, edge.target)}`;
  });
}

/** source → map → keyed window → sink. */
function wordCount(change: (sketch: Sketch) => Settings = () => ({})) {
  const sketch = new Sketch();
  const map = sketch.operator('split', [sketch.source('lines')], change(sketch));
  const keyed = sketch.partition(map, 'HASH');
  const window = sketch.operator('window', [keyed], { keyed: true });
  sketch.sink('out', window);
  return sketch;
}

describe('chaining', () => {
  it('fuses forward neighbours and breaks at a keyed edge', () => {
    const { graph, bindings } = wordCount().build({ 'parallelism.default': '2' });
    expect(names(graph)).toEqual(['Source: lines -> split', 'window -> Sink: out']);
    expect(arrows(graph)).toEqual(['Source: lines -> split HASH window -> Sink: out']);
    expect(graph.edges[0]).toMatchObject({ sourceOperator: 1, targetInput: 0 });
    expect([...bindings.keySelectors.keys()]).toEqual([0]);
    expect([...bindings.operators.values()]).toEqual(
      ['lines', 'split', 'window', 'out'].map((create) => ({ create })),
    );
    expect(requiredSlots(graph)).toBe(2);
  });

  it('breaks at a keyed edge with parallelism 1, too', () => {
    expect(wordCount().build().graph.vertices).toHaveLength(2);
  });

  it('is switched off by the option, under both of its names', () => {
    for (const key of ['pipeline.operator-chaining.enabled', 'pipeline.operator-chaining']) {
      expect(names(wordCount().build({ [key]: 'false' }).graph)).toEqual([
        'Source: lines',
        'split',
        'window',
        'Sink: out',
      ]);
    }
  });

  it.each([
    ['NEVER upstream', { chaining: 'NEVER' as const }, ['Source: a', 'b', 'Sink: c']],
    ['HEAD', { chaining: 'HEAD' as const }, ['Source: a', 'b -> Sink: c']],
    ['another slot sharing group', { slotSharingGroup: 'g' }, ['Source: a', 'b', 'Sink: c']],
    ['another parallelism', { parallelism: 3 }, ['Source: a', 'b', 'Sink: c']],
    ['nothing', {}, ['Source: a -> b -> Sink: c']],
    ['another max parallelism', { maxParallelism: 7 }, ['Source: a -> b -> Sink: c']],
  ])('with %s', (_what, settings, expected) => {
    const sketch = new Sketch();
    sketch.sink('c', sketch.operator('b', [sketch.source('a')], settings));
    expect(names(sketch.build().graph)).toEqual(expected);
  });

  it('keeps an operator with two inputs apart, also when both come from one stream', () => {
    const sketch = new Sketch();
    const source = sketch.source('a');
    const both = sketch.operator('join', [source, source]);
    sketch.sink('out', both);
    const { graph } = sketch.build();
    expect(names(graph)).toEqual(['Source: a', 'join -> Sink: out']);
    expect(graph.edges.map((edge) => edge.targetInput)).toEqual([0, 1]);
  });

  it('names branches as Flink does and links them by position', () => {
    const sketch = new Sketch();
    const source = sketch.source('a');
    const left = sketch.operator('b', [source]);
    const right = sketch.operator('c', [source]);
    sketch.sink('d', left);
    sketch.sink('e', right);
    const [vertex] = sketch.build().graph.vertices;
    expect(vertex!.name).toBe('Source: a -> (b -> Sink: d, c -> Sink: e)');
    expect(vertex!.operators.map((operator) => operator.chainedOutputs)).toEqual([
      [
        { target: 1, outputTag: null },
        { target: 2, outputTag: null },
      ],
      [{ target: 3, outputTag: null }],
      [{ target: 4, outputTag: null }],
      [],
      [],
    ]);
  });
});

describe('edges', () => {
  it('rebalances between different parallelisms unless the program says otherwise', () => {
    const sketch = new Sketch();
    const source = sketch.source('a');
    sketch.sink('b', source, { parallelism: 2 });
    sketch.sink('c', sketch.partition(source, 'BROADCAST'), { parallelism: 2 });
    sketch.sink('d', sketch.partition(source, 'REBALANCE'));
    expect(arrows(sketch.build().graph)).toEqual([
      'Source: a REBALANCE Sink: b',
      'Source: a BROADCAST Sink: c',
      'Source: a REBALANCE Sink: d',
    ]);
  });

  it('lets the last of several partitions count', () => {
    const sketch = new Sketch();
    const twice = sketch.partition(sketch.partition(sketch.source('a'), 'HASH'), 'REBALANCE');
    sketch.sink('b', twice);
    expect(arrows(sketch.build().graph)).toEqual(['Source: a REBALANCE Sink: b']);
  });

  it('dissolves unions into several edges of one input', () => {
    const sketch = new Sketch();
    const union = sketch.union(sketch.source('a'), sketch.union(sketch.source('b')));
    sketch.sink('out', sketch.partition(union, 'HASH'));
    const { graph } = sketch.build();
    expect(arrows(graph)).toEqual(['Source: a HASH Sink: out', 'Source: b HASH Sink: out']);
    expect(graph.edges.map((edge) => edge.targetInput)).toEqual([0, 0]);
  });

  it('carries side outputs as tags, inside a chain and between vertices', () => {
    const sketch = new Sketch();
    const window = sketch.operator('window', [sketch.source('a')]);
    sketch.sink('out', window);
    sketch.sink('late', sketch.side(window, 'late-data'));
    sketch.sink('all', sketch.partition(sketch.side(window, 'late-data'), 'REBALANCE'));
    const { graph } = sketch.build();
    expect(arrows(graph)).toEqual([
      'Source: a -> window -> (Sink: out, Sink: late) REBALANCE [late-data] Sink: all',
    ]);
    expect(graph.vertices[0]!.operators[1]!.chainedOutputs).toEqual([
      { target: 2, outputTag: null },
      { target: 3, outputTag: 'late-data' },
    ]);
  });
});

describe('configuration', () => {
  it('lets the command line win over the program, and the program over server defaults', () => {
    const sketch = wordCount();
    const { graph } = buildJobGraph(
      {
        name: 'by program',
        transformations: sketch.transformations,
        configuration: new Configuration({ 'parallelism.default': '3', own: 'p' }),
      },
      {
        configuration: new Configuration({ own: 'cli' }),
        defaults: new Configuration({ 'parallelism.default': '7', other: 'd' }),
        args: ['--a', 'b'],
        submittedAtMs: 5,
      },
    );
    expect(graph.configuration).toEqual({ 'parallelism.default': '3', own: 'cli', other: 'd' });
    expect(graph).toMatchObject({ name: 'by program', args: ['--a', 'b'], submittedAtMs: 5 });
    expect(graph.vertices.map((vertex) => vertex.parallelism)).toEqual([3, 3]);
  });

  it('takes the name from pipeline.name before the one of execute()', () => {
    expect(wordCount().build({}, { 'pipeline.name': 'mine' }).graph.name).toBe('mine');
    expect(wordCount().build().graph.name).toBe('job');
  });

  it.each([
    [1, 128],
    [85, 128],
    [86, 256],
    [300, 512],
    [30_000, 32_768],
  ])('derives the max parallelism of %i as Flink does: %i', (parallelism, expected) => {
    const { graph } = wordCount().build({ 'parallelism.default': String(parallelism) });
    expect(graph.vertices[1]!.maxParallelism).toBe(expected);
  });

  it('takes the max parallelism from the option, and from the operator before it', () => {
    const sketch = wordCount(() => ({ maxParallelism: 9, chaining: 'HEAD' }));
    const { graph } = sketch.build({ 'pipeline.max-parallelism': '50' });
    expect(graph.vertices.map((vertex) => vertex.maxParallelism)).toEqual([50, 9, 50]);
  });
});

describe('errors say what to do', () => {
  const cases: [string, (sketch: Sketch) => void, RegExp][] = [
    ['an empty program', () => {}, /no sink.*sinkTo/],
    ['no sink', (s) => void s.operator('map', [s.source('a')]), /no sink.*"map"/],
    [
      'more than the max parallelism',
      (s) =>
        void s.sink('b', s.source('a', { parallelism: 5, maxParallelism: 4, origin: 'j.ts:3' })),
      /"a" \(j\.ts:3\) has parallelism 5.*max parallelism 4/,
    ],
    ['parallelism 0', (s) => void s.sink('b', s.source('a', { parallelism: 0 })), /from 1 to/],
    [
      'forward over different parallelisms',
      (s) => void s.sink('b', s.partition(s.source('a'), 'FORWARD'), { parallelism: 2 }),
      /forward\(\) from "a" \(parallelism 1\) to "b" \(parallelism 2\)/,
    ],
    [
      'a uid twice',
      (s) => void s.sink('b', s.source('a', { uid: 'u' }), { uid: 'u' }),
      /uid "u" is used twice, by "a" and by "b"/,
    ],
    ['an empty uid', (s) => void s.sink('b', s.source('a', { uid: '' })), /uid of "a" is empty/],
    [
      'a key that is no function',
      (s) => {
        const keyed = { ...s.partition(s.source('a'), 'HASH'), keySelector: null };
        s.sink('b', keyed as Transformation);
      },
      /keyBy needs a function/,
    ],
    ['reading from a sink', (s) => void s.sink('c', s.sink('b', s.source('a'))), /"b" is a sink/],
    ['an operator without input', (s) => void s.sink('b', s.operator('m', [])), /"m" has no input/],
    [
      'a cycle',
      (s) => {
        const inputs: Transformation[] = [s.source('a')];
        const map = s.operator('map', inputs);
        inputs.push(s.operator('back', [map]));
        s.sink('b', map);
      },
      /no cycles/,
    ],
    [
      'two environments',
      (s) => void s.sink('b', s.union(s.source('a'), new Sketch().source('x'))),
      /one environment/,
    ],
  ];
  it.each(cases)('%s', (_what, fill, message) => {
    const sketch = new Sketch();
    fill(sketch);
    expect(() => sketch.build()).toThrow(message);
    expect(() => sketch.build()).toThrow(
      expect.objectContaining({ code: 'JOB_DEFINITION_INVALID', retryable: false }),
    );
  });

  it('drops a source that nothing reads', () => {
    const sketch = new Sketch();
    sketch.source('unused');
    sketch.sink('b', sketch.source('a'));
    expect(names(sketch.build().graph)).toEqual(['Source: a -> Sink: b']);
  });
});

describe('ids', () => {
  const idsOf = (sketch: Sketch) =>
    sketch.build().graph.vertices.flatMap((vertex) => vertex.operators.map(({ id }) => id));

  it('are 32 hex digits, the vertex has the one of its head', () => {
    const { graph } = wordCount().build();
    for (const vertex of graph.vertices) {
      expect(vertex.id).toBe(vertex.operators[0]!.id);
      for (const { id } of vertex.operators) expect(id).toMatch(/^[0-9a-f]{32}$/);
    }
  });

  it('stay when names, parallelism or types change', () => {
    const renamed = wordCount(() => ({ name: 'other', operatorType: 'X', parallelism: 4 }));
    expect(idsOf(renamed)).toEqual(idsOf(wordCount()));
  });

  it('stay when an independent pipeline is written before', () => {
    const before = wordCount((sketch) => {
      const rest = sketch.operator('other', [sketch.source('s', { uid: 's' })], { keyed: true });
      sketch.sink('other sink', rest);
      return {};
    });
    const plain = idsOf(wordCount());
    const withOther = idsOf(before);
    expect(plain.filter((id) => !withOther.includes(id))).toEqual([]);
  });

  it('change for the operator with a new uid only', () => {
    const plain = idsOf(wordCount());
    const withUid = idsOf(wordCount(() => ({ uid: 'mine' })));
    expect(plain.map((id, at) => id === withUid[at])).toEqual([true, false, true, true]);
  });
});

interface Shape {
  readonly inputs: readonly number[];
  readonly parallelism: number;
  readonly chaining: 'ALWAYS' | 'HEAD' | 'NEVER';
  readonly hash: boolean;
}

const shapes = fc.array(
  fc.record<Shape>({
    inputs: fc.array(fc.nat(), { minLength: 1, maxLength: 3 }),
    parallelism: fc.integer({ min: 1, max: 2 }),
    chaining: fc.constantFrom('ALWAYS', 'HEAD', 'NEVER'),
    hash: fc.boolean(),
  }),
  { minLength: 1, maxLength: 12 },
);

function randomSketch(list: readonly Shape[]): Sketch {
  const sketch = new Sketch();
  const streams: Transformation[] = [sketch.source('s0'), sketch.source('s1')];
  list.forEach((shape, at) => {
    const inputs = shape.inputs.map((input) => streams[input % streams.length]!);
    const merged = inputs.length === 1 ? inputs[0]! : sketch.union(...inputs);
    const input = shape.hash ? sketch.partition(merged, 'HASH') : merged;
    const { parallelism, chaining } = shape;
    streams.push(sketch.operator(`o${at}`, [input], { parallelism, chaining }));
  });
  streams.forEach((stream, at) => void sketch.sink(`k${at}`, stream));
  return sketch;
}

/** Every connection between two operators, whether inside a chain or over an edge. */
function connections(graph: JobGraph): string[] {
  const found: string[] = [];
  for (const vertex of graph.vertices) {
    for (const operator of vertex.operators) {
      for (const { target } of operator.chainedOutputs) {
        found.push(`${operator.id}>${vertex.operators[target]!.id}`);
      }
    }
  }
  for (const edge of graph.edges) {
    const source = graph.vertices.find((vertex) => vertex.id === edge.source)!;
    found.push(`${source.operators[edge.sourceOperator]!.id}>${edge.target}`);
  }
  return found.sort();
}

describe('laws', () => {
  it('chaining changes nothing about who feeds whom', () => {
    fc.assert(
      fc.property(shapes, (list) => {
        const chained = randomSketch(list).build().graph;
        const apart = randomSketch(list).build({ 'pipeline.operator-chaining': 'false' }).graph;
        expect(connections(chained)).toEqual(connections(apart));
        expect(apart.vertices.every((vertex) => vertex.operators.length === 1)).toBe(true);
      }),
    );
  });

  it('vertices are in topological order, operators within them as well', () => {
    fc.assert(
      fc.property(shapes, (list) => {
        const { graph } = randomSketch(list).build();
        const position = new Map(graph.vertices.map((vertex, at) => [vertex.id, at]));
        graph.edges.forEach((edge, index) => {
          expect(edge.index).toBe(index);
          expect(position.get(edge.source)!).toBeLessThan(position.get(edge.target)!);
        });
        for (const vertex of graph.vertices) {
          vertex.operators.forEach((operator, at) => {
            for (const { target } of operator.chainedOutputs) expect(target).toBeGreaterThan(at);
          });
        }
      }),
    );
  });

  it('evaluating again gives the same graph, and ids are unique', () => {
    fc.assert(
      fc.property(shapes, (list) => {
        const { graph } = randomSketch(list).build();
        expect(randomSketch(list).build().graph).toEqual(graph);
        expect(JSON.parse(JSON.stringify(graph))).toEqual(graph);
        const ids = graph.vertices.flatMap((vertex) => vertex.operators.map(({ id }) => id));
        expect(new Set(ids).size).toBe(ids.length);
      }),
    );
  });
});
