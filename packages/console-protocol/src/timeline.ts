/** What happened to a job over a range of time, on one axis; live, past and ended jobs alike. */
import { z } from 'zod';
import { jobEvent, jobState } from './job-stream.ts';
import { verdictCause } from './verdict.ts';

const nullable = z.number().nullable();

/**
 * `GET /weir/v1/jobs/<id>/timeline?from=&to=`: lanes at the resolution of a screen, and the events.
 * Without a range the last half hour.
 */
export const jobTimeline = z.object({
  from: z.number(),
  to: z.number(),
  /** ms between two ticks of the history that the lanes were made of. */
  step: z.number(),
  /** Epoch ms, ascending; a gap wider than `width` is a time that nothing is known of. */
  times: z.array(z.number()),
  width: z.number(),
  /** Records per second out of the sources, mean and lowest of each column. */
  recordsIn: z.array(nullable),
  recordsInLow: z.array(nullable),
  states: z.array(z.object({ state: jobState, from: z.number(), to: z.number() })),
  verdicts: z.array(
    z.object({
      vertexId: z.string(),
      cause: verdictCause.nullable(),
      from: z.number(),
      /** Null while it lasts. */
      to: nullable,
    }),
  ),
  /** Oldest first. */
  events: z.array(jobEvent),
});
export type JobTimeline = z.infer<typeof jobTimeline>;

/**
 * `GET /weir/v1/jobs/<id>/source?file=&line=`: lines of the program as it was submitted. `file` is
 * absolute, as in stacks, or the end of such a path.
 */
export const sourceLines = z.object({
  file: z.string(),
  /** Number of the first line. */
  first: z.number(),
  lines: z.array(z.string()),
});
export type SourceLines = z.infer<typeof sourceLines>;
