/**
 * Which operator limits a job, why, since when, and where it is going. Found once, in the monitor;
 * everyone else only words it. What is not known is null or absent, never guessed.
 */
import { z } from 'zod';

const nullable = z.number().nullable();

/** What dominates the limiting subtasks. */
export const verdictCause = z.enum([
  /** Its own code. */
  'cpu',
  /** Waits for something outside: a look-up, a sink's target. */
  'external',
  /** Waits for its slot thread, which others use. */
  'queued',
  /** One subtask takes far more than its share. */
  'skew',
  /** Its thread collects garbage. */
  'gc',
  /** Inputs wait for the barrier of a late one. */
  'alignment',
  /** Single calls hold the thread for so long that nothing else on it goes on. */
  'blocked',
  /** Reading and writing state: more than half of what a profile saw of it. */
  'state',
  /** A source cannot read faster, although more is waiting. */
  'source',
  /** Input waits, and nothing goes in or out any more. */
  'stuck',
  /** The machine has no core left for its thread. */
  'machine',
]);
export type VerdictCause = z.infer<typeof verdictCause>;

/** Those of which a line of code may be the reason, and of which a profile of the CPU tells. */
export const COMPUTING_CAUSES: ReadonlySet<VerdictCause> = new Set([
  'cpu',
  'blocked',
  'skew',
  'gc',
  'machine',
  'state',
]);

export const verdictSeverity = z.enum(['critical', 'warning', 'notice']);
export type VerdictSeverity = z.infer<typeof verdictSeverity>;

export const verdictTrend = z.enum(['worse', 'steady', 'recovering']);
export type VerdictTrend = z.infer<typeof verdictTrend>;

/** What the cause points at. */
export const verdictSubject = z.object({
  kind: z.enum(['callSite', 'operator', 'edge', 'code', 'key']),
  /** As it is shown: `PostgreSQL airports`, an operator's name, `format (src/job.ts:41)`, a key. */
  name: z.string(),
  /** Of an operator; the sender's of an edge. */
  vertexId: z.string().nullable(),
  /** Of an edge. */
  edge: nullable,
});
export type VerdictSubject = z.infer<typeof verdictSubject>;

/** Shares are 0…1 of the limiting subtask's second unless said otherwise. */
export const verdictFigures = z.object({
  busy: nullable,
  /** Of all subtasks of the vertex, without the busiest: their median. */
  busyOthers: nullable,
  running: nullable,
  queued: nullable,
  external: nullable,
  /** Of the operator, where the vertex is a chain. */
  operatorRunning: nullable,
  /** Who waits: the fullest input edge, and the most backpressured subtask upstream. */
  inputFill: nullable,
  upstreamBackpressured: nullable,
  recordsPerSecond: nullable,
  /** Records per second at busy = 100 %, all subtasks. */
  capacityPerSecond: nullable,
  /** Records per second that arrive at the sources from outside. */
  supplyPerSecond: nullable,
  backlogRecords: nullable,
  /** Growth of the backlog, records per second; negative = it shrinks. */
  backlogSlope: nullable,
  /** Until the backlog is gone; null = never, or not known. */
  drainMs: nullable,
  asyncInFlight: nullable,
  asyncCapacity: nullable,
  /** Mean time of a call, with the time in which its answer waits to go on. */
  callMs: nullable,
  /** Of the limiting subtask's calls lately, from call to answer: the median, and the slow ones. */
  callP50Ms: nullable,
  callP99Ms: nullable,
  /** The subject's share of the slot thread. */
  neighbourRunning: nullable,
  /** Of the slot thread per second. */
  gcMs: nullable,
  heapUsedBytes: nullable,
  heapLimitBytes: nullable,
  eventLoopDelayMs: nullable,
  /** Cores that the slot thread got. */
  threadCpu: nullable,
  /** Cores of the machine in use, and how many there are. */
  machineBusy: nullable,
  machineCores: nullable,
  /** Times the usual subtask's records. */
  skewFactor: nullable,
  /** Of the busiest subtask's records, those with its most frequent key; of a sample. */
  keyShare: nullable,
  keyGroup: nullable,
  /** Blocked by alignment. */
  alignment: nullable,
  /** Share of samples in the subject, of a profile. */
  codeShare: nullable,
  /** Share of samples in reading and writing state, of a profile. */
  stateShare: nullable,
  stateBytes: nullable,
});
export type VerdictFigures = z.infer<typeof verdictFigures>;

/** The operator that limits the job, and since when; by the rule of the farthest downstream. */
export const bottleneck = z.object({
  vertexId: z.string(),
  since: z.number(),
  /** Null while there is evidence; else when it was last seen: the verdict is about to end. */
  until: nullable.optional(),
  /** Null where the numbers do not tell. */
  cause: verdictCause.nullable().optional(),
  severity: verdictSeverity.optional(),
  trend: verdictTrend.nullable().optional(),
  /** The operator of the chain that limits; null where the chain cannot be told apart. */
  operatorId: z.string().nullable().optional(),
  /** The subtask with the evidence; the busiest. */
  subtask: z.number().optional(),
  subject: verdictSubject.nullable().optional(),
  /** Renewed every few seconds, so that a sentence can be read. Absent = not known. */
  figures: verdictFigures.partial().optional(),
  /** Vertices that limit as well: who comes next once this one is mended, farthest down first. */
  next: z.array(z.string()).optional(),
});
export type Bottleneck = z.infer<typeof bottleneck>;

/** What a job event of kind `verdict` is about. */
export const verdictEvent = z.object({
  /** `burst` = at its limit for a while, and recovered by itself: no verdict was spoken. */
  phase: z.enum(['begin', 'change', 'end', 'burst']),
  vertexId: z.string(),
  /** The operator's name. */
  name: z.string(),
  cause: verdictCause.nullable(),
  severity: verdictSeverity,
  since: z.number(),
  /** Of an end: when the evidence was last seen, some seconds before it is told. */
  until: z.number().optional(),
});
export type VerdictEvent = z.infer<typeof verdictEvent>;
