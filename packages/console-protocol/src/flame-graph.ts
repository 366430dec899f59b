/**
 * Profiles of a job: call trees of its slots' threads, attributed to vertices, subtasks, operators
 * and lines of the user's source, and what its subtasks waited for. Sampled only while someone
 * looks: each request with a `viewer` renews that viewer's lease.
 */
import { z } from 'zod';

const nullable = z.number().nullable();

/** Without another request a viewer counts as gone, and sampling ends after the last one, ms. */
export const FLAME_LEASE_MS = 8000;

/**
 * `on`: what threads ran. `off`: what subtasks waited for. `mixed`: both, on the wall clock of the
 * subtasks.
 */
export const flameMode = z.enum(['on', 'off', 'mixed']);
export type FlameMode = z.infer<typeof flameMode>;

export const frameKind = z.enum([
  /** Not functions: everything below belongs to this vertex, this operator. */
  'vertex',
  'operator',
  /** Functions, by whose file they are in: the job's own, a package of npm, Weir, Node. */
  'user',
  'library',
  'engine',
  'node',
  /** Native code and V8's builtins. */
  'native',
  'gc',
  /** What subtasks do by their task states; below it, which edge or call site. */
  'running',
  'queued',
  'external',
  'blocked',
  'starved',
]);
export type FrameKind = z.infer<typeof frameKind>;

export const flameFrame = z.object({
  name: z.string(),
  kind: frameKind,
  /** As the user knows it, relative to the job's folder or the package; null = in no file. */
  file: z.string().nullable(),
  /** 1-based, where the function begins. */
  line: nullable,
  /** Of a library frame: the package's name. */
  package: z.string().nullable(),
  /** Of `vertex`, `operator` and the frames of task states. */
  vertexId: z.string().nullable(),
  operatorId: z.string().nullable(),
  /** Lines that ran most, with their self time in ms; heaviest first. */
  lines: z.array(z.tuple([z.number(), z.number()])),
});
export type FlameFrame = z.infer<typeof flameFrame>;

/**
 * A forest in columns: node i is a call of `frames[frame[i]]` from node `parent[i]`, -1 = from
 * nowhere. A parent comes before its children. Total time of a node is its self time and that of
 * its descendants.
 */
export const flameTree = z.object({
  frames: z.array(flameFrame),
  frame: z.array(z.number().int()),
  parent: z.array(z.number().int()),
  /** ms: of threads' time with mode `on`, of subtasks' time otherwise. */
  self: z.array(z.number()),
});
export type FlameTree = z.infer<typeof flameTree>;

/** Shares of time of a vertex's subtasks, in subtasks: they add up to `subtasks`. */
export const vertexTimes = z.object({
  vertexId: z.string(),
  subtasks: z.number(),
  running: z.number(),
  queued: z.number(),
  external: z.number(),
  blocked: z.number(),
  starved: z.number(),
});
export type VertexTimes = z.infer<typeof vertexTimes>;

export const flameProfile = z.object({
  /** Epoch ms. */
  from: z.number(),
  to: z.number(),
  /** ms between `from` and `to` in which threads were sampled. */
  sampledMs: z.number(),
  /** Samples in the tree; task states are not sampled. */
  samples: z.number(),
  tree: flameTree,
  /** Of all vertices asked for, in topological order. */
  times: z.array(vertexTimes),
});
export type FlameProfile = z.infer<typeof flameProfile>;

/** A span that was sampled and is kept. */
export const flameMoment = z.object({
  from: z.number(),
  to: z.number(),
  /** Cores in use, by vertex; `''` = what belongs to no vertex. */
  cores: z.record(z.string(), z.number()),
});
export type FlameMoment = z.infer<typeof flameMoment>;

/**
 * `GET /weir/v1/jobs/<id>/flamegraph?viewer=&mode=&vertex=&subtask=&window=&at=` → this. `window`
 * is the length of the span in ms; `at` (epoch ms) asks for a kept one that ends there, without it
 * the newest is given and `viewer` renews the lease. With neither `viewer` nor `at` nothing is
 * sampled: what is kept is answered.
 */
export const flameGraphAnswer = z.object({
  /**
   * `starting`: sampling, nothing gathered yet. `live`: being sampled. `kept`: a past profile.
   * `none`: nothing is kept of what was asked for. `ended`: the job does not run.
   */
  status: z.enum(['starting', 'live', 'kept', 'none', 'ended']),
  /** Why there is no profile, in a sentence that says what to do; null with one. */
  reason: z.string().nullable(),
  /** Samples per second and thread. */
  hz: z.number(),
  viewers: z.number(),
  /** Threads with a profiler attached at the moment, as the TaskManager says. */
  attached: z.number(),
  profile: flameProfile.nullable(),
  /** Everything that is kept of the job, oldest first. */
  moments: z.array(flameMoment),
  /** Files with kept profiles that could not be read: what they held is left out. */
  damaged: z.number().int(),
});
export type FlameGraphAnswer = z.infer<typeof flameGraphAnswer>;
