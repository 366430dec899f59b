import type { JobTopology } from '@weir/console-protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fitCamera, zoomLevel } from '../model/graph/graph-camera.ts';
import { graphScene } from '../model/graph/graph-scene.ts';
import {
  COLUMN_GAP,
  type GraphShape,
  graphShape,
  NODE_WIDTH,
  ROW_GAP,
  shapeKey,
} from '../model/graph/graph-shape.ts';
import { neighbour, relatedVertices } from '../model/graph/graph-walk.ts';
import { LOOKUP, SINK, SOURCE, topology } from '../model/test-story.ts';
import { layoutGraph } from './graph-layout.ts';

/** Any acyclic graph of up to twelve vertices. */
const shapes = fc
  .integer({ min: 1, max: 12 })
  .chain((size) =>
    fc.record({
      size: fc.constant(size),
      pairs: fc.array(fc.tuple(fc.nat(size - 1), fc.nat(size - 1)), { maxLength: 20 }),
    }),
  )
  .map(({ size, pairs }): GraphShape => {
    const edges = pairs
      .filter(([a, b]) => a !== b)
      .map(([a, b], index) => ({
        index,
        source: `${Math.min(a, b)}`,
        target: `${Math.max(a, b)}`,
      }));
    const node = (id: number) => ({
      id: `${id}`,
      width: NODE_WIDTH,
      height: 123 + (id % 3) * 17,
      below: id % 4 === 1 ? 76 : 0,
    });
    const nodes = Array.from({ length: size }, (_, id) => node(id));
    return { nodes, edges, columnGap: COLUMN_GAP, rowGap: ROW_GAP };
  });

const shapeOf = (whole: JobTopology) => graphShape(graphScene(whole, null, null, new Set()));

describe('the layout', () => {
  test('nodes never overlap and edges run to the right', () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const { nodes, edges } = layoutGraph(shape);
        expect(edges).toHaveLength(shape.edges.length);
        for (const a of nodes) {
          for (const b of nodes) {
            if (a.id === b.id || Math.abs(a.x - b.x) >= NODE_WIDTH) continue;
            expect(a.y + a.height <= b.y || b.y + b.height <= a.y).toBe(true);
          }
        }
        for (const { source, target } of shape.edges) {
          const from = nodes.find(({ id }) => id === source)!;
          const to = nodes.find(({ id }) => id === target)!;
          expect(to.x).toBeGreaterThanOrEqual(from.x + from.width);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('a chain of operators is level', () => {
    const { nodes } = layoutGraph(shapeOf(topology));
    const middles = nodes.map(({ y, height }) => y + height / 2);
    expect(new Set(middles.map(Math.round)).size).toBe(1);
  });

  test('depends on the shape only', () => {
    const renamed = {
      ...topology,
      vertices: topology.vertices.map((vertex) => ({ ...vertex, parallelism: 9 })),
    };
    expect(shapeKey(shapeOf(renamed))).toBe(shapeKey(shapeOf(topology)));
    expect(layoutGraph(shapeOf(renamed))).toEqual(layoutGraph(shapeOf(topology)));
  });
});

describe('walking', () => {
  const { nodes } = layoutGraph(shapeOf(topology));

  test('arrows follow the edges', () => {
    expect(neighbour(nodes, topology.edges, SOURCE, 'right')).toBe(LOOKUP);
    expect(neighbour(nodes, topology.edges, LOOKUP, 'left')).toBe(SOURCE);
    expect(neighbour(nodes, topology.edges, SINK, 'right')).toBeNull();
    expect(neighbour(nodes, topology.edges, SINK, 'up')).toBeNull();
  });

  test('related is all that is upstream or downstream', () => {
    const fork = [...topology.edges, { index: 2, source: 'other', target: SINK }];
    expect(relatedVertices(fork, LOOKUP)).toEqual(new Set([SOURCE, LOOKUP, SINK]));
    expect(relatedVertices(fork, 'other')).toEqual(new Set(['other', SINK]));
  });
});

describe('the camera', () => {
  test('never enlarges beyond 1.25 and shows everything', () => {
    const camera = fitCamera({ width: 200, height: 100 }, [], { width: 1400, height: 600 });
    expect(camera.zoom).toBe(1.25);
    const wide = fitCamera({ width: 4000, height: 300 }, [], { width: 1024, height: 500 });
    expect(wide.zoom).toBeCloseTo(0.25);
  });

  test('levels of detail', () => {
    expect([1, 0.8, 0.5, 0.2].map(zoomLevel)).toEqual(['near', 'near', 'middle', 'far']);
  });
});
