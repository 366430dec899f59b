/** Where the threads of a TaskManager are at this moment. */
import { z } from 'zod';

export const stackFrame = z.object({
  function: z.string(),
  /** As the user knows it where it is the job's own; else absolute, or what Node calls it. */
  file: z.string(),
  /** 1-based. */
  line: z.number(),
  kind: z.enum(['user', 'library', 'engine', 'node', 'native']),
});
export type StackFrame = z.infer<typeof stackFrame>;

export const threadStack = z.object({
  /** -1 = the main thread, which runs no user code. */
  slot: z.number(),
  name: z.string(),
  /**
   * `running`: in JavaScript, `stack` is where. `waiting`: in its event loop, nothing to do.
   * `native`: in a call that can't be looked into (a regular expression, a native addon).
   */
  state: z.enum(['running', 'waiting', 'native']),
  /** The operator that it is in, or was in last. */
  operator: z
    .object({
      vertexId: z.string(),
      subtask: z.number(),
      name: z.string(),
      /** False: it had left it. */
      inside: z.boolean(),
    })
    .nullable(),
  /** Innermost first. */
  stack: z.array(stackFrame),
});
export type ThreadStack = z.infer<typeof threadStack>;

/** `GET /weir/v1/taskmanagers/<id>/stacks`: each thread is stopped for some milliseconds. */
export const threadStacks = z.object({
  t: z.number(),
  threads: z.array(threadStack),
});
export type ThreadStacks = z.infer<typeof threadStacks>;
