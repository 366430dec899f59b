/**
 * The deployments of a job: all submissions and reruns of one job name, as numbered versions, and
 * what differs in their programs.
 */
import { z } from 'zod';
import { actor, jobState } from './job-stream.ts';

export const restorePoint = z.object({
  id: z.number(),
  path: z.string(),
  savepoint: z.boolean(),
  /** When it was complete, epoch ms. */
  at: z.number(),
  /** Null where only its path is known. */
  bytes: z.number().nullable(),
});

export const deployment = z.object({
  jobId: z.string(),
  version: z.number(),
  state: jobState,
  submittedAt: z.number(),
  endedAt: z.number().nullable(),
  by: actor.nullable(),
  /** Of its bundled program: equal = the same code. */
  artifactSha256: z.string(),
  /** Whether that program can be run again. */
  programKept: z.boolean(),
  entry: z.string().nullable(),
  args: z.array(z.string()),
  /** The largest of its vertices. */
  parallelism: z.number(),
  /** Secrets hidden. */
  configuration: z.record(z.string(), z.string()),
  restarts: z.number(),
  predecessor: z.string().nullable(),
  /** What it began with; null = nothing. */
  restored: z.object({ id: z.number(), path: z.string(), savepoint: z.boolean() }).nullable(),
  /** Its newest checkpoint or savepoint that is still there. */
  lastGood: restorePoint.nullable(),
  operators: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      uid: z.string().nullable(),
      parallelism: z.number(),
      /** Where it is defined, `file:line`. */
      origin: z.string().nullable(),
    }),
  ),
});
export type Deployment = z.infer<typeof deployment>;

/** `GET /weir/v1/jobs/<id>/deployments`: newest first. */
export const deploymentList = z.object({ deployments: z.array(deployment) });
export type DeploymentList = z.infer<typeof deploymentList>;

const diffLine = z.object({
  kind: z.enum(['same', 'removed', 'added']),
  /** Line numbers from 1; null where the line is not there. */
  before: z.number().nullable(),
  after: z.number().nullable(),
  text: z.string(),
});
export type DiffLine = z.infer<typeof diffLine>;

const fileDiff = z.object({
  /** As seen from the folder of the program's entry. */
  path: z.string(),
  change: z.enum(['changed', 'added', 'removed']),
  added: z.number(),
  removed: z.number(),
  /** Equal lines in front of each hunk are counted only. */
  hunks: z.array(z.object({ skipped: z.number(), lines: z.array(diffLine) })),
  /** The texts have so little in common that lines are not compared. */
  rewritten: z.boolean(),
});
export type FileDiff = z.infer<typeof fileDiff>;

/** `GET /weir/v1/jobs/<id>/deployments/<other id>`: from the other one's program to this one's. */
export const programDiff = z.object({
  /** False: the sources of one of them are no longer kept. */
  known: z.boolean(),
  files: z.array(fileDiff),
  sameFiles: z.number(),
  /** Files of packages that differ; their lines are not shown. */
  packageFiles: z.number(),
});
export type ProgramDiff = z.infer<typeof programDiff>;
