/** What a file of kept profiles holds. Whatever does not fit this was not written by us. */
import { flameTree } from '@weir/console-protocol';
import { WeirError } from '@weir/core';
import { issueText } from '@weir/flink-rest';
import { z } from 'zod';
import type { ProfileSlice } from './profile-store.ts';

const ms = z.number();
const msByName = z.record(z.string(), ms);

/** Nodes name frames and parents that are there. */
const tree = flameTree.refine(
  ({ frames, frame, parent, self }) =>
    parent.length === frame.length &&
    self.length === frame.length &&
    frame.every((at) => at >= 0 && at < frames.length) &&
    parent.every((at, node) => at >= -1 && at < node),
  'a node of a call tree is out of place',
);

const slice = z.object({
  fromMs: ms,
  toMs: ms,
  intervalMicros: z.number(),
  threads: z.number(),
  samples: z.number(),
  parts: z.array(
    z.object({
      task: z.object({ vertexId: z.string(), subtask: z.number() }).nullable(),
      samples: z.number(),
      tree,
    }),
  ),
  times: z.array(
    z.object({
      vertexId: z.string(),
      subtask: z.number(),
      ms: z.object({ running: ms, queued: ms, external: ms, blocked: ms, starved: ms }),
      externalMs: msByName,
      blockedMs: msByName,
    }),
  ),
});

/** @throws WeirError FORMAT_INVALID with what does not fit. */
export function profileSlices(content: unknown): ProfileSlice[] {
  const result = z.array(slice).safeParse(content);
  // A tree's frames are of the kinds that are sampled, as they were written.
  if (result.success) return result.data as ProfileSlice[];
  throw new WeirError('FORMAT_INVALID', `Not a kept profile: ${issueText(result.error)}`);
}
