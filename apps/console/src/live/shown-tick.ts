/**
 * The newest tick as panels read it: single vertices and edges, or one number of all vertices. What
 * came in columns stays there until somebody asks for it, and no object is made twice.
 */
import {
  type EdgeField,
  type JobTick,
  type PackedTick,
  readColumn,
  readEdgeValue,
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

  /** Ids of the vertices with tasks that do not run yet. */
  get starting(): readonly string[] {
    if (this.#packed === null) {
      return this.#tick.vertices.filter(({ tasks }) => starts(tasks)).map(({ id }) => id);
    }
    // The same states come with tick after tick; a thousand of them are looked at once.
    const { words, shape } = this.#packed;
    let found = startingIn.get(words.tasks);
    if (found === undefined) {
      found = shape.vertexIds.filter((_, at) => starts(words.tasks[at] ?? {}));
      startingIn.set(words.tasks, found);
    }
    return found;
  }

  /** One number of an edge; NaN where unknown. All of them are asked for with every tick. */
  edgeValue(index: number, field: EdgeField): number {
    const at = this.#places.edges.get(index);
    if (at === undefined) return Number.NaN;
    if (this.#packed === null) return this.#tick.edges[at]![field] ?? Number.NaN;
    return readEdgeValue(this.#packed, at, field);
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

const BEFORE_RUNNING = ['CREATED', 'SCHEDULED', 'DEPLOYING', 'INITIALIZING'] as const;

const startingIn = new WeakMap<readonly VertexTick['tasks'][], readonly string[]>();

function starts(tasks: VertexTick['tasks']): boolean {
  return BEFORE_RUNNING.some((state) => tasks[state]);
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
