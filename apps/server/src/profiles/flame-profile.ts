/**
 * Makes of slices what a viewer asks for: the call tree of a job, a vertex or a subtask, on CPU,
 * off CPU, or both on one scale.
 *
 * Laws: `on`: nodes add up to the sampled time of the threads. `off`: to the subtasks' time that
 * they did not run. `mixed`: to the subtasks' whole time; samples are scaled to the running time
 * that the tasks counted themselves.
 */
import type { FlameMode, FlameProfile, VertexTimes } from '@weir/console-protocol';
import type { JobGraph, JobVertex } from '@weir/graph';
import type { SampledPart } from '@weir/runtime';
import { type CallFrame, CallTree, ROOT, totalOf } from './call-tree.ts';
import type { ProfileSlice } from './profile-store.ts';
import { type SubtaskTimes, sumOfTimes, TASK_ACTIVITIES, type TaskActivity } from './task-times.ts';

export interface FlameScope {
  readonly mode: FlameMode;
  /** Null = the whole job. */
  readonly vertexId: string | null;
  /** Null = all of the vertex. */
  readonly subtask: number | null;
}

/** `slices` in the order of time, at least one. */
export function flameProfile(
  slices: readonly ProfileSlice[],
  graph: JobGraph,
  scope: FlameScope,
): FlameProfile {
  const parts = slices.flatMap((slice) => slice.parts).filter(({ task }) => inScope(task, scope));
  const times = sumOfTimes(slices.map((slice) => slice.times)).filter((one) => inScope(one, scope));
  const sampledMs = slices.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
  return {
    from: slices[0]!.fromMs,
    to: slices.at(-1)!.toMs,
    sampledMs,
    samples: parts.reduce((sum, part) => sum + part.samples, 0),
    tree: treeOf(parts, times, graph, scope).toTree(),
    times: graph.vertices
      .filter(({ id }) => scope.vertexId === null || id === scope.vertexId)
      .map((vertex) => vertexTimes(vertex, times)),
  };
}

function inScope(
  task: { readonly vertexId: string; readonly subtask: number } | null,
  { vertexId, subtask }: FlameScope,
): boolean {
  if (vertexId === null) return true;
  return task?.vertexId === vertexId && (subtask === null || task.subtask === subtask);
}

function treeOf(
  parts: readonly SampledPart[],
  times: readonly SubtaskTimes[],
  graph: JobGraph,
  scope: FlameScope,
): CallTree {
  const tree = new CallTree();
  const top = (vertex: JobVertex) =>
    scope.vertexId === null ? tree.child(ROOT, vertexFrame(vertex)) : ROOT;
  if (scope.mode === 'on') {
    for (const { task, tree: part } of parts) {
      const vertex = graph.vertices.find(({ id }) => id === task?.vertexId);
      tree.add(part, vertex === undefined ? ROOT : top(vertex));
    }
    return tree;
  }
  for (const vertex of graph.vertices) {
    const own = times.filter(({ vertexId }) => vertexId === vertex.id);
    if (own.length === 0) continue;
    if (scope.mode === 'mixed') {
      const under = top(vertex);
      const sampled = parts.filter(({ task }) => task?.vertexId === vertex.id);
      addRunning(
        tree,
        under,
        sampled,
        sumOf(own, ({ ms }) => ms.running),
      );
      addWaiting(tree, () => under, vertex, own, graph);
    } else {
      addWaiting(tree, (activity) => tree.child(ROOT, activityFrame(activity)), vertex, own, graph);
    }
  }
  return tree;
}

function addRunning(
  tree: CallTree,
  under: number,
  parts: readonly SampledPart[],
  runningMs: number,
): void {
  const sampledMs = sumOf(parts, (part) => totalOf(part.tree));
  if (runningMs <= 0) return;
  const running = tree.child(under, activityFrame('running'));
  if (sampledMs === 0) tree.addSelf(running, runningMs);
  for (const part of parts) tree.add(part.tree, running, runningMs / sampledMs);
}

/** Each kind of waiting, and below it what for. */
function addWaiting(
  tree: CallTree,
  under: (activity: TaskActivity) => number,
  vertex: JobVertex,
  times: readonly SubtaskTimes[],
  graph: JobGraph,
): void {
  for (const activity of TASK_ACTIVITIES) {
    if (activity === 'running') continue;
    const totalMs = sumOf(times, ({ ms }) => ms[activity]);
    if (totalMs <= 0) continue;
    const causes = causesOf(activity, vertex, times, graph);
    const knownMs = sumOf(causes, ({ ms }) => ms);
    // Counters are read one after another: the parts may be a little more than the whole.
    const scale = knownMs > totalMs ? totalMs / knownMs : 1;
    const node = under(activity);
    for (const { frame, ms } of causes) tree.addSelf(tree.child(node, frame), ms * scale);
    const restMs = totalMs - knownMs * scale;
    if (restMs > totalMs / 1e6) {
      tree.addSelf(tree.child(node, restFrame(activity, vertex, graph)), restMs);
    }
  }
}

interface Cause {
  readonly frame: CallFrame;
  readonly ms: number;
}

function causesOf(
  activity: TaskActivity,
  vertex: JobVertex,
  times: readonly SubtaskTimes[],
  graph: JobGraph,
): Cause[] {
  if (activity === 'external') {
    return vertex.operators.flatMap(({ id, name, callSite }) => {
      const ms = sumOf(times, ({ externalMs }) => externalMs[id] ?? 0);
      const text = callSite === null || callSite === name ? name : `${name}: ${callSite}`;
      const frame = { ...stateFrame(activity, text, vertex), operatorId: id };
      return ms > 0 ? [{ frame, ms }] : [];
    });
  }
  if (activity !== 'blocked') return [];
  return graph.edges.flatMap(({ index, source, target }) => {
    if (source !== vertex.id) return [];
    const ms = sumOf(times, ({ blockedMs }) => blockedMs[index] ?? 0);
    const text = `${titleOf(vertex)} → ${nameOf(target, graph)}`;
    return ms > 0 ? [{ frame: stateFrame(activity, text, vertex), ms }] : [];
  });
}

/** What is left when the causes that are known are taken away. */
function restFrame(activity: TaskActivity, vertex: JobVertex, graph: JobGraph): CallFrame {
  const name = titleOf(vertex);
  const inputs = graph.edges.filter(({ target }) => target === vertex.id);
  switch (activity) {
    case 'starved': {
      const from = inputs.map(({ source }) => nameOf(source, graph)).join(', ');
      const text = inputs.length === 0 ? `${name}: nothing to read` : `${name} ← ${from}`;
      return stateFrame(activity, text, vertex);
    }
    case 'external':
      return stateFrame(activity, `${name}: checkpoint or commit`, vertex);
    case 'queued':
      return stateFrame(activity, `${name}: its thread runs other subtasks`, vertex);
    default:
      return stateFrame(activity, name, vertex);
  }
}

const ACTIVITY_NAMES: Readonly<Record<TaskActivity, string>> = {
  running: 'running',
  queued: 'queued for the thread',
  external: 'waiting on external calls',
  blocked: 'blocked on output: channel full',
  starved: 'starved: no input',
};

function activityFrame(activity: TaskActivity): CallFrame {
  return { ...frameOf(ACTIVITY_NAMES[activity], activity), vertexId: null };
}

function stateFrame(activity: TaskActivity, name: string, { id }: JobVertex): CallFrame {
  return { ...frameOf(name, activity), vertexId: id };
}

function vertexFrame(vertex: JobVertex): CallFrame {
  return { ...frameOf(titleOf(vertex), 'vertex'), vertexId: vertex.id };
}

function frameOf(name: string, kind: CallFrame['kind']): CallFrame {
  return { name, kind, file: null, line: null, package: null, vertexId: null, operatorId: null };
}

function nameOf(vertexId: string, graph: JobGraph): string {
  const vertex = graph.vertices.find(({ id }) => id === vertexId);
  return vertex === undefined ? vertexId : titleOf(vertex);
}

/** A chain's whole name is too long for a frame: its first operator's. */
function titleOf({ name, operators }: JobVertex): string {
  return operators[0]?.name.replace(/^(Source|Sink): /, '') ?? name;
}

/** In subtasks: a subtask's parts add up to one. */
function vertexTimes({ id }: JobVertex, times: readonly SubtaskTimes[]): VertexTimes {
  const own = times.filter(({ vertexId }) => vertexId === id);
  const share = (activity: TaskActivity): number =>
    sumOf(own, ({ ms }) => ms[activity] / Math.max(Number.MIN_VALUE, wholeMs(ms)));
  return {
    vertexId: id,
    subtasks: own.length,
    running: share('running'),
    queued: share('queued'),
    external: share('external'),
    blocked: share('blocked'),
    starved: share('starved'),
  };
}

function wholeMs(ms: SubtaskTimes['ms']): number {
  return sumOf(TASK_ACTIVITIES, (activity) => ms[activity]);
}

function sumOf<T>(all: readonly T[], value: (one: T) => number): number {
  return all.reduce((sum, one) => sum + value(one), 0);
}
