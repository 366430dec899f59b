/**
 * Where a thread hangs. It is stopped from outside through the inspector, whose stack is exact to
 * the line and shows functions that V8 has inlined. A thread that does not reach a point where it
 * can be stopped (a regular expression, a native call) is profiled for a moment instead.
 */
import type { SourceMap } from 'node:module';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Worker } from 'node:worker_threads';
import { sourceMapOf } from '../artifacts/source-map.ts';
import { isEngineFile } from '../engine-resolution.ts';
import { pausedStack, type RawFrame } from './inspector/paused-stack.ts';
import { WorkerInspector } from './inspector/worker-inspector.ts';

const PAUSE_MS_MAX = 1000;
const PROFILE_MS = 200;

export interface BlockedFrame {
  readonly functionName: string;
  /** Absolute path, or what V8 calls the script. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
}

/**
 * Innermost frame first; empty when the thread was in no JavaScript at all. The thread goes on
 * afterwards.
 */
export async function blockedStack(worker: Worker, artifactUrl: string): Promise<BlockedFrame[]> {
  const frames = (await pausedFrames(worker)) ?? (await profiledFrames(worker));
  const map = sourceMapOf(artifactUrl);
  return frames.map((frame) => inSource(frame, artifactUrl, map));
}

/** The innermost frame that is the user's own, else the innermost of the engine. */
export function culprit(frames: readonly BlockedFrame[]): BlockedFrame | null {
  const own = frames.find(({ file }) => file.startsWith('/') && !isEngineFile(file));
  // Node's own frames say nothing: a profile also holds what ran before the thread hung.
  return own ?? frames.find(({ file }) => !file.startsWith('node:')) ?? null;
}

export function frameText({ functionName, file, line }: BlockedFrame): string {
  return `    at ${functionName} (${file}:${line})`;
}

async function pausedFrames(worker: Worker): Promise<readonly RawFrame[] | null> {
  const inspector = new WorkerInspector();
  try {
    const link = await inspector.link(worker);
    return link === null ? null : await pausedStack(link, PAUSE_MS_MAX);
  } finally {
    inspector.close();
  }
}

interface ProfileNode {
  readonly id: number;
  readonly hitCount: number;
  readonly callFrame: {
    readonly functionName: string;
    readonly url: string;
    readonly lineNumber: number;
  };
  readonly children?: readonly number[];
  /** Lines are 1-based. */
  readonly positionTicks?: readonly { readonly line: number; readonly ticks: number }[];
}

async function profiledFrames(worker: Worker): Promise<readonly RawFrame[]> {
  const profile = await worker.startCpuProfile();
  await delay(PROFILE_MS);
  const { nodes } = JSON.parse(await profile.stop()) as { nodes: readonly ProfileNode[] };
  const parents = new Map<number, ProfileNode>();
  let hottest: ProfileNode | undefined;
  for (const node of nodes) {
    for (const child of node.children ?? []) parents.set(child, node);
    if (isScript(node) && node.hitCount > (hottest?.hitCount ?? 0)) hottest = node;
  }
  const frames: RawFrame[] = [];
  for (let node = hottest; node !== undefined; node = parents.get(node.id)) {
    if (isScript(node)) frames.push(profiledFrame(node));
  }
  return frames;
}

/** Names in parentheses are V8's own: (program), (idle), (garbage collector), (root). */
function isScript({ callFrame }: ProfileNode): boolean {
  return !callFrame.functionName.startsWith('(');
}

function profiledFrame({ callFrame, positionTicks = [] }: ProfileNode): RawFrame {
  const { functionName, url, lineNumber } = callFrame;
  const [hottest] = [...positionTicks].sort((left, right) => right.ticks - left.ticks);
  return {
    functionName,
    url,
    line: hottest?.line ?? lineNumber + 1,
    column: null,
  };
}

function inSource(frame: RawFrame, artifactUrl: string, map: SourceMap | null): BlockedFrame {
  const { url, line, column } = frame;
  const functionName = frame.functionName === '' ? '<anonymous>' : frame.functionName;
  if (url === artifactUrl && map !== null) {
    // Without a column the line's last mapping: the first may belong to the line before.
    const entry = map.findEntry(line - 1, column ?? Number.MAX_SAFE_INTEGER);
    if ('originalSource' in entry) {
      const file = fileURLToPath(entry.originalSource);
      return { functionName, file, line: entry.originalLine + 1 };
    }
  }
  const file = url.startsWith('file:') ? fileURLToPath(url) : url;
  return { functionName, file, line };
}
