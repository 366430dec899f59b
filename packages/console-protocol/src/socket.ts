/**
 * The WebSocket at `/ws`: subscriptions by topic, a snapshot first, then deltas with sequence
 * numbers. After a lost connection the client subscribes again with the last number it saw; the
 * server answers with the deltas since, or with a new snapshot if they are gone.
 * What carries ticks is binary (`job-message.ts`), everything else text.
 * `jobs` comes every second; `jobs/states` is the same list, for who needs no figures: when a job's
 * state changes; meanwhile `hello` says every few seconds that the server is there.
 * A client that reads too slowly loses intermediate deltas (`seq` jumps) and never slows a job.
 */
import { z } from 'zod';
import { jobsSnapshot } from './job-stream.ts';
import type { JobDelta, JobSnapshot } from './job-updates.ts';

export const clientMessage = z.discriminatedUnion('op', [
  z.object({
    op: z.literal('subscribe'),
    topic: z.string().regex(/^(jobs|jobs\/states|job\/[0-9a-f]{32})$/),
    since: z.number().int().nullable(),
  }),
  z.object({ op: z.literal('unsubscribe'), topic: z.string() }),
]);
export type ClientMessage = z.infer<typeof clientMessage>;

/** Messages that are JSON. */
export const textMessage = z.discriminatedUnion('op', [
  /** First message, and now and then; the client reloads itself when `build` is not its own. */
  z.object({ op: z.literal('hello'), build: z.string(), serverTime: z.number() }),
  z.object({ op: z.literal('jobs'), seq: z.number().int(), data: jobsSnapshot }),
  z.object({ op: z.literal('job.gone'), jobId: z.string() }),
  z.object({ op: z.literal('error'), message: z.string(), topic: z.string().nullable() }),
]);
export type TextMessage = z.infer<typeof textMessage>;

/** What a message of a job says once it is read. */
export type JobMessage =
  | {
      readonly op: 'job.snapshot';
      readonly jobId: string;
      readonly seq: number;
      readonly data: JobSnapshot;
    }
  | {
      readonly op: 'job.delta';
      readonly jobId: string;
      readonly seq: number;
      readonly data: JobDelta;
    };

export type ServerMessage = TextMessage | JobMessage;
