/**
 * Flink's flame graph of a vertex, in samples. Flink's clients do not say when they stop looking,
 * so a request samples for a moment and a later one shows it; it stays the same for a minute.
 */
import type { FlameMode, FlameTree } from '@weir/console-protocol';
import type { FlameGraph, FlameNode } from '@weir/flink-rest';
import { TERMINAL_STATUS } from '@weir/runtime';
import type { HandlerContext } from './handler-context.ts';
import { notFound, vertexOf } from './handler-context.ts';

const ENDED = -1;
const WAITING = -3;
const FRESH_MS = 60_000;
const VIEWER = 'flink-rest';

const MODES: Readonly<Record<string, FlameMode>> = { on_cpu: 'on', off_cpu: 'off', full: 'mixed' };

export interface FlameGraphRequest {
  readonly jobId: string;
  readonly vertexId: string;
  /** Null = the whole vertex. */
  readonly subtask: number | null;
  /** Flink's word. */
  readonly type: string;
}

export function flinkFlameGraph(context: HandlerContext, request: FlameGraphRequest): FlameGraph {
  const { view, vertex } = vertexOf(context, request.jobId, request.vertexId);
  if (TERMINAL_STATUS.has(view.status)) return { endTimestamp: ENDED };
  const { subtask } = request;
  if (subtask !== null && !(subtask < vertex.parallelism)) {
    throw notFound(`Invalid subtask index for vertex ${vertex.id}.`);
  }
  const { control } = context.service.job(view.jobId)!;
  const question = {
    mode: MODES[request.type] ?? 'mixed',
    vertexId: vertex.id,
    subtask,
    windowMs: FRESH_MS,
    atMs: null,
  };
  const { profile, hz } = context.profiles.view(control, { ...question, viewer: null });
  if (profile === null) {
    context.profiles.view(control, { ...question, viewer: VIEWER });
    return { endTimestamp: WAITING };
  }
  return { endTimestamp: profile.to, data: flinkTree(profile.tree, hz) };
}

/** Numbers of samples; where nothing was sampled, as many as there would have been. */
export function flinkTree({ frames, frame, parent, self }: FlameTree, hz: number): FlameNode {
  const nodes = frame.map((at): FlameNode & { ms: number } => ({
    name: nameOf(frames[at]!),
    value: 0,
    children: [],
    ms: 0,
  }));
  const root = { name: 'root', value: 0, children: [] as FlameNode[], ms: 0 };
  for (let i = nodes.length - 1; i >= 0; i--) {
    const node = nodes[i]!;
    const above = parent[i]! < 0 ? root : nodes[parent[i]!]!;
    node.ms += self[i]!;
    above.ms += node.ms;
    above.children.unshift(node);
  }
  return counted(root, hz / 1000);
}

function counted(node: FlameNode & { ms?: number }, samplesPerMs: number): FlameNode {
  return {
    name: node.name,
    value: Math.round((node.ms ?? 0) * samplesPerMs),
    children: node.children.map((child) => counted(child, samplesPerMs)),
  };
}

/** As Flink writes a frame: where it is, what it is, and its line. */
function nameOf({ name, file, line }: FlameTree['frames'][number]): string {
  return file === null ? name : `${file}.${name}:${line ?? 0}`;
}
