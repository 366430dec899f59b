/**
 * Where a thread hangs: profiles it from outside for a moment and reads the hottest stack out of
 * the CPU profile, in terms of the user's sources.
 */
import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Worker } from 'node:worker_threads';
import { isEngineFile } from '../engine-resolution.ts';

const PROFILE_MS = 200;

interface ProfileNode {
  readonly id: number;
  readonly hitCount: number;
  readonly callFrame: {
    readonly functionName: string;
    readonly url: string;
    /** 0-based; where the function begins. */
    readonly lineNumber: number;
  };
  readonly children?: readonly number[];
  /** Lines are 1-based. */
  readonly positionTicks?: readonly { readonly line: number; readonly ticks: number }[];
}

export interface BlockedFrame {
  readonly functionName: string;
  /** Absolute path, or what V8 calls the script. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
}

/** Innermost frame first; empty when the thread was in no JavaScript at all. */
export async function blockedStack(worker: Worker, artifactUrl: string): Promise<BlockedFrame[]> {
  const profile = await worker.startCpuProfile();
  await delay(PROFILE_MS);
  const { nodes } = JSON.parse(await profile.stop()) as { nodes: readonly ProfileNode[] };
  return hottestStack(nodes, artifactUrl);
}

/** The innermost frame that is the user's own, else the innermost at all. */
export function culprit(frames: readonly BlockedFrame[]): BlockedFrame | null {
  const own = frames.find((frame) => frame.file.startsWith('/') && !isEngineFile(frame.file));
  return own ?? frames[0] ?? null;
}

export function frameText({ functionName, file, line }: BlockedFrame): string {
  return `    at ${functionName} (${file}:${line})`;
}

function hottestStack(nodes: readonly ProfileNode[], artifactUrl: string): BlockedFrame[] {
  const parents = new Map<number, ProfileNode>();
  let hottest: ProfileNode | null = null;
  for (const node of nodes) {
    for (const child of node.children ?? []) parents.set(child, node);
    // Names in parentheses are V8's own: (program), (idle), (garbage collector), (root).
    if (node.callFrame.functionName.startsWith('(')) continue;
    if (hottest === null || node.hitCount > hottest.hitCount) hottest = node;
  }
  const map = sourceMapOf(artifactUrl);
  const frames: BlockedFrame[] = [];
  for (
    let node: ProfileNode | undefined = hottest ?? undefined;
    node;
    node = parents.get(node.id)
  ) {
    if (!node.callFrame.functionName.startsWith('(')) frames.push(frameOf(node, artifactUrl, map));
  }
  return frames;
}

function frameOf(node: ProfileNode, artifactUrl: string, map: SourceMap | null): BlockedFrame {
  const { functionName, url, lineNumber } = node.callFrame;
  const ticks = [...(node.positionTicks ?? [])].sort((left, right) => right.ticks - left.ticks);
  const line = ticks[0]?.line ?? lineNumber + 1;
  const name = functionName === '' ? '<anonymous>' : functionName;
  if (url === artifactUrl && map !== null) {
    // The last mapping of the line: the first may belong to the line before.
    const entry = map.findEntry(line - 1, Number.MAX_SAFE_INTEGER);
    if ('originalSource' in entry) {
      const file = fileURLToPath(entry.originalSource);
      return { functionName: name, file, line: entry.originalLine + 1 };
    }
  }
  return { functionName: name, file: url.startsWith('file:') ? fileURLToPath(url) : url, line };
}

function sourceMapOf(artifactUrl: string): SourceMap | null {
  try {
    return new SourceMap(JSON.parse(readFileSync(`${fileURLToPath(artifactUrl)}.map`, 'utf8')));
  } catch {
    // Without its map a bundle's own lines are still better than nothing.
    return null;
  }
}
