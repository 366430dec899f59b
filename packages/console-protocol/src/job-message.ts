/**
 * Messages of a job at the socket, in binary: the length of a JSON head (4 bytes, little endian),
 * the head, zeros up to a multiple of 8, the ticks' doubles, their singles. The numbers' places
 * follow from the topology, which a viewer has had in the snapshot before.
 *
 * Words are the same for most vertices (a call site, the states of its tasks), so that they go as
 * runs: `[how many, what]`. They are the same for most ticks as well, so that they go as a text of
 * their own, which is read only when it is another one than the last. So does the topology: a second
 * snapshot leaves a viewer with the objects that it had.
 */
import { z } from 'zod';
import { type JobEvent, type JobTopology, jobEvent, jobState, jobTopology } from './job-stream.ts';
import type { JobMessage } from './socket.ts';
import {
  doubleColumns,
  shapeOf,
  singleColumns,
  type TickShape,
  type TickWords,
} from './tick-columns.ts';
import { packedTicks, type TickPack } from './tick-pack.ts';
import { lazyTick } from './tick-reading.ts';
import { bottleneck } from './verdict.ts';

const LENGTH_BYTES = 4;
const ALIGNMENT = 8;

const packedWords = z.object({
  state: jobState,
  bottleneck: bottleneck.nullable().optional(),
  forming: bottleneck.nullable().optional(),
  /** JSON of `vertexWords`. */
  vertices: z.string(),
});
type PackedWords = z.infer<typeof packedWords>;

/** Of all vertices, in runs. */
const vertexWords = z.object({
  callSites: z.array(z.tuple([z.number().int(), z.string().nullable()])),
  tasks: z.array(z.tuple([z.number().int(), z.record(z.string(), z.number())])),
});
type VertexWords = Pick<TickWords, 'callSites' | 'tasks'>;

const head = z.object({
  op: z.enum(['job.snapshot', 'job.delta']),
  jobId: z.string(),
  seq: z.number().int(),
  /** JSON; null = as it was, never in a snapshot. */
  topology: z.string().nullable(),
  events: z.array(jobEvent),
  words: z.array(packedWords),
  wordOf: z.array(z.number().int()),
});

export interface JobMessageParts {
  readonly op: JobMessage['op'];
  readonly jobId: string;
  readonly seq: number;
  readonly topology: JobTopology | null;
  readonly events: readonly JobEvent[];
  /** Of the topology that the viewer has once it has read this; null without a tick. */
  readonly pack: TickPack | null;
}

export function encodeJobMessage(parts: JobMessageParts): Uint8Array<ArrayBuffer> {
  const { pack, ...rest } = parts;
  const topology = rest.topology === null ? null : JSON.stringify(rest.topology);
  const words = (pack?.words ?? []).map(packWords);
  const text = JSON.stringify({ ...rest, topology, words, wordOf: pack?.wordOf ?? [] });
  const bytes = new TextEncoder().encode(text);
  const numbers = aligned(LENGTH_BYTES + bytes.byteLength);
  const single = pack?.single ?? new Float32Array();
  const double = pack?.double ?? new Float64Array();
  const message = new Uint8Array(numbers + double.byteLength + single.byteLength);
  new DataView(message.buffer).setUint32(0, bytes.byteLength, true);
  message.set(bytes, LENGTH_BYTES);
  new Float64Array(message.buffer, numbers, double.length).set(double);
  new Float32Array(message.buffer, numbers + double.byteLength, single.length).set(single);
  return message;
}

/**
 * @param known the shape of a job whose snapshot was read before; null if there is none.
 * @returns null for what is no such message, or whose numbers do not fit its topology.
 */
export function decodeJobMessage(
  message: ArrayBuffer,
  known: (jobId: string) => TickShape | null,
): JobMessage | null {
  if (message.byteLength < LENGTH_BYTES) return null;
  const length = new DataView(message).getUint32(0, true);
  if (LENGTH_BYTES + length > message.byteLength) return null;
  const parsed = head.safeParse(jsonIn(new Uint8Array(message, LENGTH_BYTES, length)));
  if (!parsed.success) return null;
  const { op, jobId, seq, events, words, wordOf } = parsed.data;
  const topology = parsed.data.topology === null ? null : topologyIn(parsed.data.topology);
  if (topology === undefined) return null;
  const shape = topology === null ? known(jobId) : shapeOf(topology);
  if (shape === null && wordOf.length > 0) return null;
  const pack = numbersIn(message, aligned(LENGTH_BYTES + length), shape, words, wordOf);
  if (pack === null) return null;
  const packed = shape === null ? [] : packedTicks(shape, pack);
  if (op === 'job.delta') {
    const last = packed.at(-1);
    if (last === undefined) return { op, jobId, seq, data: { topology, tick: null, events } };
    return { op, jobId, seq, data: { topology, tick: lazyTick(last), packed: last, events } };
  }
  if (topology === null) return null;
  return { op, jobId, seq, data: { topology, history: packed.map(lazyTick), packed, events } };
}

function numbersIn(
  message: ArrayBuffer,
  from: number,
  shape: TickShape | null,
  words: readonly PackedWords[],
  wordOf: readonly number[],
): TickPack | null {
  const rows = wordOf.length;
  const doubles = shape === null ? 0 : rows * doubleColumns(shape);
  const singles = shape === null ? 0 : rows * singleColumns(shape);
  const double = doubles * Float64Array.BYTES_PER_ELEMENT;
  const single = singles * Float32Array.BYTES_PER_ELEMENT;
  if (message.byteLength !== from + double + single) return null;
  if (wordOf.some((word) => words[word] === undefined)) return null;
  const unpacked = words.map(unpackWords);
  if (!unpacked.every((one) => one !== null)) return null;
  return {
    double: new Float64Array(message, from, doubles),
    single: new Float32Array(message, from + double, singles),
    words: unpacked,
    wordOf,
  };
}

function packWords({ callSites, tasks, ...rest }: TickWords) {
  return { ...rest, vertices: JSON.stringify({ callSites: runs(callSites), tasks: runs(tasks) }) };
}

function unpackWords({ vertices, state, bottleneck, forming }: PackedWords): TickWords | null {
  const words = vertexWordsIn(vertices);
  return words === null ? null : { state, bottleneck, forming, ...words };
}

let lastTopology: { readonly text: string; readonly topology: JobTopology } | null = null;

/** The same object as long as the text is the same; undefined for what is none. */
function topologyIn(text: string): JobTopology | undefined {
  if (lastTopology?.text === text) return lastTopology.topology;
  const { data: topology } = jobTopology.safeParse(parsedJson(text));
  if (topology !== undefined) lastTopology = { text, topology };
  return topology;
}

let lastRead: { readonly text: string; readonly words: VertexWords } | null = null;

function vertexWordsIn(text: string): VertexWords | null {
  if (lastRead?.text === text) return lastRead.words;
  const parsed = vertexWords.safeParse(parsedJson(text));
  if (!parsed.success) return null;
  const { callSites, tasks } = parsed.data;
  const words = { callSites: spread(callSites), tasks: spread(tasks) };
  lastRead = { text, words };
  return words;
}

function runs<T>(values: readonly T[]): [number, T][] {
  const found: [number, T][] = [];
  let last = '';
  for (const value of values) {
    const text = JSON.stringify(value);
    const run = found.at(-1);
    if (run !== undefined && text === last) run[0]++;
    else found.push([1, value]);
    last = text;
  }
  return found;
}

function spread<T>(found: readonly (readonly [number, T])[]): T[] {
  return found.flatMap(([count, value]) => Array.from({ length: count }, () => value));
}

function jsonIn(bytes: Uint8Array): unknown {
  return parsedJson(new TextDecoder().decode(bytes));
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}
