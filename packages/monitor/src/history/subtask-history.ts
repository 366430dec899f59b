/**
 * The subtasks of one job over time: heat every ten seconds and every minute, and each second in
 * full where the job is small enough.
 *
 * Invariants: times increase within a series; a block is of one parallelism; memory holds the rows
 * of the open blocks only.
 */
import type { JobTopology } from '@weir/console-protocol';
import { type HistoryStorage, SERIES, SUBTASK_SERIES } from './history-storage.ts';
import { journalRow, readJournalRow } from './journal-row.ts';
import { encodeNumber } from './number-code.ts';
import { readableBlocks } from './readable-blocks.ts';
import { packSubtasks, type SubtaskRows, unpackSubtasks } from './subtask-block.ts';
import { placesOf, SUBTASK_COLUMNS, subtasksOf, type VertexPlace } from './subtask-columns.ts';
import type { SubtaskFigures } from './subtask-sampler.ts';

/** Jobs with fewer keep every subtask by the second. */
export const FINE_SUBTASKS_MAX = 2000;
const FINE_STEP_MS = 1000;
const OPEN_BYTES_MAX = 8 * 1_048_576;
const OPEN_ROWS_MIN = 6;

type Vertices = readonly { readonly id: string; readonly parallelism: number }[];

interface OpenBlock {
  readonly vertices: Vertices;
  readonly places: readonly VertexPlace[];
  readonly times: number[];
  readonly rows: Int16Array[];
}

export class SubtaskHistory {
  readonly #jobId: string;
  readonly #storage: HistoryStorage;
  readonly #open = new Map<number, OpenBlock>();
  #vertices: Vertices;
  #places: readonly VertexPlace[];
  #fine: boolean;

  /** Seals what an earlier process left open. */
  constructor(jobId: string, topology: JobTopology, storage: HistoryStorage) {
    this.#jobId = jobId;
    this.#storage = storage;
    this.#vertices = verticesOf(topology);
    this.#places = placesOf(this.#vertices);
    this.#fine = subtasksOf(topology) < FINE_SUBTASKS_MAX;
    for (const series of SUBTASK_SERIES) this.#sealLeftOver(series);
  }

  /** Steps of what is merged. */
  static readonly MERGED_STEPS: readonly number[] = SUBTASK_SERIES.map(
    (series) => SERIES[series].stepMs,
  ).filter((stepMs) => stepMs !== FINE_STEP_MS);

  setTopology(topology: JobTopology): void {
    for (const series of SUBTASK_SERIES) this.#seal(series);
    this.#vertices = verticesOf(topology);
    this.#places = placesOf(this.#vertices);
    this.#fine = subtasksOf(topology) < FINE_SUBTASKS_MAX;
  }

  /** @param figures of this topology, later than all before of their step. */
  add({ stepMs, t, values }: SubtaskFigures): void {
    const series = SUBTASK_SERIES.find((one) => SERIES[one].stepMs === stepMs);
    if (series === undefined || (stepMs === FINE_STEP_MS && !this.#fine)) return;
    const span = (time: number) => Math.floor(time / SERIES[series].blockMs);
    const first = this.#open.get(series)?.times[0];
    if (first !== undefined && span(first) !== span(t)) this.#seal(series);
    const open = this.#open.get(series) ?? emptyBlock(this.#vertices);
    this.#open.set(series, open);
    const codes = encodeFigures(this.#places, values);
    const note = open.times.length === 0 ? { vertices: open.vertices } : {};
    open.times.push(t);
    open.rows.push(codes);
    this.#storage.addRow(this.#jobId, series, { t, body: journalRow(note, codes) });
    const bytes = open.rows.length * codes.byteLength;
    if (bytes > OPEN_BYTES_MAX && open.rows.length >= OPEN_ROWS_MIN) this.#seal(series);
  }

  /** Of the first column in from ≤ t < to, about; null = none. */
  firstIn(series: number, vertexId: string, from: number, to: number): number | null {
    const block = this.#storage.firstBlock(this.#jobId, series, vertexId, from, to);
    if (block !== null) return Math.max(from, block.from);
    const open = this.#open.get(series);
    if (open === undefined || !open.vertices.some(({ id }) => id === vertexId)) return null;
    return open.times.find((t) => t >= from && t < to) ?? null;
  }

  /** Of the newest column in a series; null = there is none. */
  last(series: number, vertexId: string): number | null {
    const open = this.#openRows(series, vertexId)?.times.at(-1);
    return open ?? this.#storage.newestBlock(this.#jobId, series, vertexId)?.to ?? null;
  }

  /** All rows of a vertex with from ≤ t < to, in blocks, oldest first. */
  range(series: number, vertexId: string, from: number, to: number): SubtaskRows[] {
    const stored = this.#storage.blocks(this.#jobId, series, vertexId, from, to);
    const blocks = readableBlocks(stored, unpackSubtasks).map((one) => within(one, from, to));
    const open = this.#openRows(series, vertexId);
    if (open !== null) blocks.push(within(open, from, to));
    return blocks.filter(({ times }) => times.length > 0);
  }

  #openRows(series: number, vertexId: string): SubtaskRows | null {
    const open = this.#open.get(series);
    const place = open?.places.find(({ id }) => id === vertexId);
    if (open === undefined || place === undefined) return null;
    const { parallelism, at, width } = place;
    const rows = open.rows.map((row) => row.subarray(at, at + width));
    const codeErrors = SUBTASK_COLUMNS.map(() => 0);
    return { parallelism, times: open.times, rows, codeErrors };
  }

  #sealLeftOver(series: number): void {
    let block: OpenBlock | null = null;
    const blocks: OpenBlock[] = [];
    for (const { t, body } of this.#storage.rows(this.#jobId, series)) {
      const { note, codes } = readJournalRow(body);
      const { vertices } = note as { vertices?: Vertices };
      if (vertices !== undefined) {
        block = emptyBlock(vertices);
        blocks.push(block);
      }
      block?.times.push(t);
      block?.rows.push(codes);
    }
    if (blocks.length > 0) this.#store(series, blocks);
  }

  #seal(series: number): void {
    const open = this.#open.get(series);
    this.#open.delete(series);
    if (open !== undefined) this.#store(series, [open]);
  }

  #store(series: number, blocks: readonly OpenBlock[]): void {
    const form = SERIES[series]!.stepMs === FINE_STEP_MS ? 'codes' : 'heat';
    const stored = blocks.flatMap(({ places, times, rows }) =>
      places.flatMap(({ id, parallelism, at, width }) => {
        const own = rows.map((row) => row.subarray(at, at + width));
        const body = packSubtasks({ parallelism, times, rows: own }, form);
        if (body === null) return [];
        return [{ part: id, from: times[0]!, to: times.at(-1)!, body }];
      }),
    );
    this.#storage.seal(this.#jobId, series, stored);
  }
}

function encodeFigures(places: readonly VertexPlace[], values: Float64Array): Int16Array {
  const codes = new Int16Array(values.length);
  for (const { at, parallelism } of places) {
    SUBTASK_COLUMNS.forEach(({ kind }, column) => {
      const from = at + column * parallelism;
      for (let i = from; i < from + parallelism; i++) codes[i] = encodeNumber(kind, values[i]!);
    });
  }
  return codes;
}

function within(rows: SubtaskRows, from: number, to: number): SubtaskRows {
  const kept = rows.times.map((t) => t >= from && t < to);
  return {
    ...rows,
    times: rows.times.filter((_, i) => kept[i]),
    rows: rows.rows.filter((_, i) => kept[i]),
  };
}

function verticesOf({ vertices }: JobTopology): Vertices {
  return vertices.map(({ id, parallelism }) => ({ id, parallelism }));
}

function emptyBlock(vertices: Vertices): OpenBlock {
  return { vertices, places: placesOf(vertices), times: [], rows: [] };
}
