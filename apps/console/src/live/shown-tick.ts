/**
 * The newest tick as panels read it: single vertices and edges, or one number of all vertices. What
 * came in columns stays there until somebody asks for it, and no object is made twice.
 */
import {
  type EdgeTick,
  type JobTick,
  type PackedTick,
  readColumn,
  readEdge,
  readVertex,
  type TickShape,
  type VertexField,
  type VertexTick,
} from '@weir/console-protocol';

export class ShownTick {
  readonly #tick: JobTick;
  readonly #packed: PackedTick | null;
  readonly #places: Places;
  readonly #vertices: (VertexTick | undefined)[] = [];
  readonly #edges: (EdgeTick | undefined)[] = [];

  /** @param packed the same tick, if it came so. */
  constructor(tick: JobTick, packed: PackedTick | null) {
    this.#tick = tick;
    this.#packed = packed;
    this.#places = packed === null ? placesOf(tick) : placesIn(packed.shape);
  }

  vertex(id: string): VertexTick | null {
    const at = this.#places.vertices.get(id);
    if (at === undefined) return null;
    if (this.#packed === null) return this.#tick.vertices[at]!;
    this.#vertices[at] ??= readVertex(this.#packed, at);
    return this.#vertices[at];
  }

  tasks(id: string): VertexTick['tasks'] | null {
    const at = this.#places.vertices.get(id);
    if (at === undefined) return null;
    return this.#packed?.words.tasks[at] ?? this.vertex(id)?.tasks ?? null;
  }

  edge(index: number): EdgeTick | null {
    const at = this.#places.edges.get(index);
    if (at === undefined) return null;
    if (this.#packed === null) return this.#tick.edges[at]!;
    this.#edges[at] ??= readEdge(this.#packed, at);
    return this.#edges[at];
  }

  /** One number of the vertices of a shape, in its order; NaN where unknown. */
  column({ vertexIds }: TickShape, field: VertexField, into: Float64Array): void {
    if (this.#packed?.shape.vertexIds === vertexIds) {
      readColumn(this.#packed, field, into);
      return;
    }
    for (const [at, id] of vertexIds.entries()) into[at] = this.vertex(id)?.[field] ?? Number.NaN;
  }
}

interface Places {
  readonly vertices: ReadonlyMap<string, number>;
  readonly edges: ReadonlyMap<number, number>;
}

const places = new WeakMap<TickShape, Places>();

function placesIn(shape: TickShape): Places {
  let found = places.get(shape);
  if (found === undefined) {
    found = placesBy(shape.vertexIds, shape.edgeIndexes);
    places.set(shape, found);
  }
  return found;
}

function placesOf({ vertices, edges }: JobTick): Places {
  return placesBy(
    vertices.map(({ id }) => id),
    edges.map(({ index }) => index),
  );
}

function placesBy(vertexIds: readonly string[], edgeIndexes: readonly number[]): Places {
  return {
    vertices: new Map(vertexIds.map((id, at) => [id, at])),
    edges: new Map(edgeIndexes.map((index, at) => [index, at])),
  };
}
