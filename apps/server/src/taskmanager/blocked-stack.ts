/**
 * Where a thread hangs. It is stopped from outside through the inspector, whose stack is exact to
 * the line and shows functions that V8 has inlined. A thread that does not reach a point where it
 * can be stopped (a regular expression, a native call) is profiled for a moment instead.
 */
import { Session } from 'node:inspector';
import type { SourceMap } from 'node:module';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Worker } from 'node:worker_threads';
import { sourceMapOf } from '../artifacts/source-map.ts';
import { isEngineFile } from '../engine-resolution.ts';

const PAUSE_MS_MAX = 1000;
const PROFILE_MS = 200;

export interface BlockedFrame {
  readonly functionName: string;
  /** Absolute path, or what V8 calls the script. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
}

/** A frame as V8 gives it; positions are 0-based, a column of -1 is unknown. */
interface RawFrame {
  readonly functionName: string;
  readonly url: string;
  readonly line: number;
  readonly column: number;
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

interface DebuggerMessage {
  readonly id?: number;
  readonly method?: string;
  readonly params?: {
    readonly callFrames?: readonly DebuggerFrame[];
    readonly scriptId?: string;
    readonly url?: string;
  };
}

interface DebuggerFrame {
  readonly functionName: string;
  readonly location: {
    readonly scriptId: string;
    readonly lineNumber: number;
    readonly columnNumber?: number;
  };
}

const START = ['Debugger.enable', 'Debugger.pause'];
/** Numbered after `START`. A thread whose debugger leaves without them stays stopped for ever. */
const END = ['Debugger.resume', 'Debugger.disable'];

async function pausedFrames(worker: Worker): Promise<readonly RawFrame[] | null> {
  const session = new Session();
  session.connect();
  const paused = Promise.withResolvers<readonly RawFrame[]>();
  const urls = new Map<string | undefined, string | undefined>();
  const released = Promise.withResolvers<void>();
  let send = (_: readonly string[], __: number): void => {};
  session.on('NodeWorker.attachedToWorker', ({ params: { sessionId, workerInfo } }) => {
    if (Number(workerInfo.workerId) !== worker.threadId) return;
    send = (methods, firstId) => {
      methods.forEach((method, at) => {
        const message = JSON.stringify({ id: firstId + at, method });
        session.post('NodeWorker.sendMessageToWorker', { sessionId, message });
      });
    };
    send(START, 0);
  });
  session.on('NodeWorker.receivedMessageFromWorker', ({ params: { message } }) => {
    const { id, method, params } = JSON.parse(message) as DebuggerMessage;
    if (method === 'Debugger.scriptParsed') urls.set(params?.scriptId, params?.url);
    if (method === 'Debugger.paused') {
      paused.resolve((params?.callFrames ?? []).map((frame) => rawFrame(frame, urls)));
    }
    if (id === START.length + END.length - 1) released.resolve();
  });
  session.post('NodeWorker.enable', { waitForDebuggerOnStart: false });
  const frames = await Promise.race([paused.promise, delay(PAUSE_MS_MAX, null)]);
  send(END, START.length);
  await Promise.race([released.promise, delay(PAUSE_MS_MAX)]);
  session.disconnect();
  return frames;
}

function rawFrame(
  { functionName, location }: DebuggerFrame,
  urls: ReadonlyMap<string | undefined, string | undefined>,
): RawFrame {
  const { scriptId, lineNumber: line, columnNumber: column = -1 } = location;
  return { functionName, url: urls.get(scriptId) ?? '', line, column };
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
    line: hottest === undefined ? lineNumber : hottest.line - 1,
    column: -1,
  };
}

function inSource(frame: RawFrame, artifactUrl: string, map: SourceMap | null): BlockedFrame {
  const { url, line, column } = frame;
  const functionName = frame.functionName === '' ? '<anonymous>' : frame.functionName;
  if (url === artifactUrl && map !== null) {
    // Without a column the line's last mapping: the first may belong to the line before.
    const entry = map.findEntry(line, column < 0 ? Number.MAX_SAFE_INTEGER : column);
    if ('originalSource' in entry) {
      const file = fileURLToPath(entry.originalSource);
      return { functionName, file, line: entry.originalLine + 1 };
    }
  }
  const file = url.startsWith('file:') ? fileURLToPath(url) : url;
  return { functionName, file, line: line + 1 };
}
