/**
 * Shapes of plain objects in the self-describing codec. A shape is the list of an object's field
 * names; its header (count and names) is encoded once and then copied, and on reading compared as
 * bytes and turned into an object by a generated function. Bounded: beyond `SHAPES_MAX` shapes
 * objects are written loosely, name by name.
 */
import { DataInput } from './data-input.ts';
import { DataOutput } from './data-output.ts';

const SHAPES_MAX = 2_000;
const FIELDS_MAX = 64;
const RECENT = 64;

export interface Shape {
  readonly names: readonly string[];
  /** Length, hash and names: what stands in the data. */
  readonly header: Uint8Array;
}

type ReadValue = (input: DataInput) => unknown;
type ReadObject = (input: DataInput, read: ReadValue) => object;

class ShapeNode {
  readonly next = new Map<string, ShapeNode>();
  shape: Shape | null = null;
}

const root = new ShapeNode();
let shapes = 0;

/** The shape of an object with these own keys; null when it is to be written loosely. */
export function shapeOf(names: readonly string[]): Shape | null {
  if (names.length > FIELDS_MAX) return null;
  let node = root;
  for (let i = 0; i < names.length; i++) {
    const name = names[i] as string;
    let next = node.next.get(name);
    if (next === undefined) {
      if (shapes >= SHAPES_MAX) return null;
      next = new ShapeNode();
      node.next.set(name, next);
    }
    node = next;
  }
  if (node.shape !== null) return node.shape;
  if (shapes >= SHAPES_MAX || names.includes('__proto__')) return null;
  shapes++;
  node.shape = { names: names.slice(), header: encodeHeader(names) };
  return node.shape;
}

function encodeHeader(names: readonly string[]): Uint8Array {
  const body = new DataOutput();
  body.writeVarint(names.length);
  for (const name of names) body.writeString(name);
  const header = new DataOutput();
  header.writeVarint(body.position);
  header.writeInt32(hashBytes(body.bytes()));
  header.writeRaw(body.bytes());
  return header.toBytes();
}

interface KnownHeader {
  readonly bytes: Uint8Array;
  readonly read: ReadObject;
}

const known = new Map<number, KnownHeader>();
const recent: (KnownHeader | undefined)[] = new Array(RECENT).fill(undefined);
const recentHashes = new Int32Array(RECENT);

/** Reads a shape's header and the object that follows. */
export function readShaped(input: DataInput, read: ReadValue): object {
  const length = input.readVarint();
  const hash = input.readInt32();
  const bytes = input.readRaw(length);
  const at = hash & (RECENT - 1);
  let header = recentHashes[at] === hash ? recent[at] : undefined;
  if (header === undefined) {
    header = known.get(hash);
    if (header !== undefined) {
      recent[at] = header;
      recentHashes[at] = hash;
    }
  }
  if (header !== undefined && same(header.bytes, bytes)) return header.read(input, read);
  return learn(hash, bytes)(input, read);
}

function learn(hash: number, bytes: Uint8Array): ReadObject {
  const input = new DataInput(bytes);
  const names: string[] = [];
  for (let left = input.readVarint(); left > 0; left--) names.push(input.readString());
  const read = generateReader(names);
  if (known.size < SHAPES_MAX && !known.has(hash)) known.set(hash, { bytes: bytes.slice(), read });
  return read;
}

/** A literal: all objects that it makes have one hidden class. */
function generateReader(names: readonly string[]): ReadObject {
  const fields = names.map((name) => `${JSON.stringify(name)}: read(input)`);
  return new Function('input', 'read', `return {${fields.join(', ')}};`) as ReadObject;
}

function same(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false;
  for (let i = 0; i < left.length; i++) if (left[i] !== right[i]) return false;
  return true;
}

function hashBytes(bytes: Uint8Array): number {
  let h = 0x811c9dc5 | 0;
  for (let i = 0; i < bytes.length; i++) h = Math.imul(h ^ (bytes[i] as number), 0x01000193);
  return h;
}
