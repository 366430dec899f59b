/**
 * A V8 profile of a slot's thread, taken apart by whose work it saw: parts by subtask, in each the
 * operators, below them the functions, in the user's files and lines.
 *
 * How work is told apart: each subtask and each operator is entered through a script of its own
 * (`entry-script.ts`, `generated-loop.ts`), so its frame stands on the stack. What runs outside of
 * those, as a promise that was awaited does, belongs to the operator that is defined nearest above
 * the outermost line of the user's on its stack.
 *
 * V8 gives code that it has inlined to the function around it, with a line but without the file.
 * Bundles and generated scripts have lines that no other file has, which tells whose line it is;
 * the way from there to the inlined function is known where another sample showed it. Of the
 * engine's inlined code, keyed state is told from the rest by its line in the engine's own bundle.
 *
 * Law: the self times of all parts add up to the share of samples that were not idle, times the
 * slice's length.
 */
import {
  GENERATED_LINE,
  type SampledFrame,
  type SampledPart,
  type ScriptOwner,
  scriptOwner,
  type TaskLocation,
} from '@weir/runtime';
import { type CallFrame, CallTree, frameKey, ROOT } from '../../profiles/call-tree.ts';
import { STATE_FOLDER } from '../../profiles/hot-function.ts';
import type { CodePlaces } from './code-places.ts';
import type { V8Profile, V8ProfileNode } from './slot-profiler.ts';

const GARBAGE_COLLECTOR = '(garbage collector)';
const IDLE = '(idle)';
const PROGRAM = '(program)';
type Frame = CallFrame<SampledFrame['kind']>;

const NAMELESS: Frame = {
  name: '',
  kind: 'native',
  file: null,
  line: null,
  package: null,
  vertexId: null,
  operatorId: null,
};
const COLLECTOR: Frame = { ...NAMELESS, name: 'garbage collection', kind: 'gc' };
const NATIVE: Frame = { ...NAMELESS, name: 'native code', package: 'native' };
const INLINED_ENGINE: Frame = { ...NAMELESS, name: 'inlined engine code', kind: 'engine' };

const INLINED_STATE: Frame = {
  ...INLINED_ENGINE,
  name: 'inlined keyed state',
  file: STATE_FOLDER,
  package: '@weir/runtime',
};
/** In one bundle of the engine with keyed state, so that lines mean the same. */
const BESIDE_STATE = /^packages\/runtime\//;

/** An operator of a subtask. */
export type Owner = TaskLocation & { readonly operatorId: string };

/** What runs in the thread. */
export interface ThreadTasks {
  /** Null for what is no operator of the job. */
  operatorName(owner: ScriptOwner): string | null;
  isVertex(vertexId: string): boolean;
  /** The operator that is defined nearest above `file:line`; null when there is none in the file. */
  near(place: string): Owner | null;
  /** The one whose calls the event loop answers; null when there are none or several. */
  readonly waiting: Owner | null;
}

interface Part {
  readonly task: TaskLocation | null;
  readonly tree: CallTree<SampledFrame['kind']>;
  samples: number;
}

/** Where in the new tree a node of V8's is. */
interface Spot {
  readonly part: Part;
  readonly node: number;
  /** Within which operator. */
  readonly operatorId: string | null;
  /** V8's node is one of the bundle's functions. */
  readonly inBundle: boolean;
  readonly frame: Frame | null;
  /** What was passed since the last frame that is not the bundle's. */
  readonly way: readonly Frame[];
  /** Names that last frame. */
  readonly from: string;
}

export class ProfileAttribution {
  readonly #places: CodePlaces;
  readonly #tasks: ThreadTasks;
  /** By the frame around and the inlined function: what stands between them on the stack. */
  readonly #ways = new Map<string, readonly Frame[]>();

  /** By file of the user's: the operators under which it was seen. */
  readonly #files = new Map<string | null, Map<string, Owner>>();

  constructor(places: CodePlaces, tasks: ThreadTasks) {
    this.#places = places;
    this.#tasks = tasks;
  }

  /** `spanMs` is the slice's length, which all samples share equally. */
  parts({ nodes }: V8Profile, spanMs: number): SampledPart[] {
    const byId = new Map(nodes.map((node) => [node.id, node]));
    const samples = nodes.reduce((sum, { hitCount = 0 }) => sum + hitCount, 0);
    const root = nodes[0];
    if (samples === 0 || root === undefined) return [];
    const msPerSample = spanMs / samples;
    const parts = new Map<string, Part>();
    const outside = partOf(parts, null);
    const visit = (node: V8ProfileNode, above: Spot): void => {
      const spot = this.#spot(node, above, parts);
      if (spot === null) return;
      this.#addSelf(node, spot, msPerSample);
      for (const child of node.children ?? []) visit(byId.get(child)!, spot);
    };
    for (const child of root.children ?? []) visit(byId.get(child)!, topOf(outside));
    return [...parts.values()]
      .filter((part) => part.samples > 0)
      .map(({ task, tree, samples }) => ({ task, samples, tree: tree.toTree() }));
  }

  /** Null for what is not work. */
  #spot(node: V8ProfileNode, above: Spot, parts: Map<string, Part>): Spot | null {
    const { functionName, url, lineNumber, columnNumber } = node.callFrame;
    if (functionName === IDLE) return null;
    if (functionName === GARBAGE_COLLECTOR) return below(above, COLLECTOR);
    if (functionName === PROGRAM) return below(above, NATIVE);
    const owner = scriptOwner(url);
    if (owner !== null && this.#tasks.isVertex(owner.vertexId))
      return this.#ownedSpot(owner, functionName, above, parts);
    const place = { url, line: lineNumber + 1, column: columnNumber };
    const frame = this.#places.frameAt(functionName, place);
    if (!this.#places.isBundle(url)) return below(above, frame);
    return this.#bundleSpot(frame, this.#adopted(frame, above, parts));
  }

  #ownedSpot(owner: ScriptOwner, name: string, above: Spot, parts: Map<string, Part>): Spot {
    const { vertexId, subtask, operatorId } = owner;
    const task = above.part.task;
    const same = task?.vertexId === vertexId && task.subtask === subtask;
    const part = same ? above.part : partOf(parts, { vertexId, subtask });
    const base = same ? above : topOf(part);
    if (operatorId === null) return base;
    const entered =
      base.operatorId === operatorId
        ? base
        : { ...below(base, this.#operatorFrame(owner)), operatorId };
    if (name === 'enter') return entered;
    return below(entered, { ...NAMELESS, name, kind: 'engine', package: '@weir/runtime' });
  }

  #operatorFrame(owner: ScriptOwner): Frame {
    const { vertexId, operatorId } = owner;
    const name = this.#tasks.operatorName(owner) ?? `${operatorId}`;
    return { ...NAMELESS, name, kind: 'operator', vertexId, operatorId };
  }

  /** The user's code outside of any subtask goes to the operator that it was written for. */
  #adopted(frame: Frame, above: Spot, parts: Map<string, Part>): Spot {
    if (frame.kind !== 'user') return above;
    const { task } = above.part;
    if (task !== null) {
      this.#remember(frame.file, { ...task, operatorId: above.operatorId ?? '' });
      return above;
    }
    const owner = this.#ownerOf(frame);
    if (owner === null) return above;
    const { vertexId, subtask, operatorId } = owner;
    const part = partOf(parts, { vertexId, subtask });
    return { ...below(topOf(part), this.#operatorFrame(owner)), operatorId };
  }

  #ownerOf({ file, line }: Frame): Owner | null {
    const seen = [...(this.#files.get(file)?.values() ?? [])];
    if (seen.length === 1) return seen[0]!;
    return this.#tasks.near(`${file}:${line}`) ?? this.#tasks.waiting;
  }

  #remember(file: string | null, owner: Owner): void {
    if (owner.operatorId === '') return;
    const owners = this.#files.get(file) ?? new Map<string, Owner>();
    this.#files.set(file, owners);
    owners.set(`${owner.vertexId}/${owner.operatorId}#${owner.subtask}`, owner);
  }

  #bundleSpot(frame: Frame, above: Spot): Spot {
    const way = [...above.way, frame];
    this.#ways.set(`${above.from}>${frameKey(frame)}`, way);
    const node = above.part.tree.child(above.node, frame);
    return { ...above, node, inBundle: true, frame, way };
  }

  #addSelf(node: V8ProfileNode, spot: Spot, msPerSample: number): void {
    let left = node.hitCount ?? 0;
    if (left === 0) return;
    spot.part.samples += left;
    const { tree } = spot.part;
    // A subtask's own script has no frame here: what it ran itself is the engine's.
    const own = spot.node === ROOT ? tree.child(ROOT, INLINED_ENGINE) : spot.node;
    for (const { line, ticks } of node.positionTicks ?? []) {
      left -= ticks;
      const { at, shown } = this.#lineSpot(line, spot, own);
      tree.addSelf(at, ticks * msPerSample, shown);
    }
    if (left > 0) tree.addSelf(own, left * msPerSample);
  }

  /** The node that a line's samples belong to, and the line as the user knows it. */
  #lineSpot(line: number, spot: Spot, own: number): { at: number; shown: number | null } {
    const { tree } = spot.part;
    const places = this.#places;
    if (places.isBundleLine(line)) {
      const shown = places.sourceLine(line);
      const frame = places.frameOnLine(line);
      if (frame === null || (spot.frame !== null && sameFrame(frame, spot.frame))) {
        return { at: own, shown };
      }
      const way = spot.inBundle
        ? [frame]
        : (this.#ways.get(`${spot.from}>${frameKey(frame)}`) ?? [frame]);
      return { at: way.reduce((parent, one) => tree.child(parent, one), own), shown };
    }
    if (line < GENERATED_LINE && mayInlineState(spot) && places.isStateLine(line)) {
      return { at: tree.child(own, INLINED_STATE), shown: null };
    }
    if (spot.inBundle && places.tellsByLine) {
      return { at: tree.child(own, INLINED_ENGINE), shown: null };
    }
    return { at: own, shown: null };
  }
}

/** The user's code, a generated loop, and what of the engine lies in one bundle with state. */
function mayInlineState({ inBundle, frame }: Spot): boolean {
  const file = frame?.file ?? null;
  if (inBundle) return true;
  if (frame?.kind !== 'engine' || file?.startsWith(STATE_FOLDER) === true) return false;
  return file === null || BESIDE_STATE.test(file);
}

function topOf(part: Part): Spot {
  return { part, node: ROOT, operatorId: null, inBundle: false, frame: null, way: [], from: '' };
}

function below(above: Spot, frame: Frame): Spot {
  const node = above.part.tree.child(above.node, frame);
  const from = `${above.operatorId}|${frameKey(frame)}`;
  return { ...above, node, inBundle: false, frame, way: [], from };
}

function partOf(parts: Map<string, Part>, task: TaskLocation | null): Part {
  const key = task === null ? '' : `${task.vertexId}#${task.subtask}`;
  const known = parts.get(key);
  if (known !== undefined) return known;
  const part = { task, tree: new CallTree<SampledFrame['kind']>(), samples: 0 };
  parts.set(key, part);
  return part;
}

function sameFrame(left: Frame, right: Frame): boolean {
  return left === right || frameKey(left) === frameKey(right);
}
