/** The effective options of a job, with where each comes from. */
import { z } from 'zod';

const value = z.union([z.string(), z.number(), z.boolean()]);

export const configSource = z.enum(['default', 'server', 'job', 'command line']);
export type ConfigSource = z.infer<typeof configSource>;

export const configOption = z.object({
  key: z.string(),
  /** How `value` and `default` are meant: durations in ms, sizes in bytes. */
  kind: z.enum(['string', 'boolean', 'integer', 'number', 'duration', 'memory']),
  value,
  /** Null for an option that the engine does not read. */
  default: value.nullable(),
  /** As it was written; null where it is the default. */
  text: z.string().nullable(),
  description: z.string(),
  source: configSource,
  /** A secret: its value never leaves the server. */
  hidden: z.boolean(),
});
export type JobConfigOption = z.infer<typeof configOption>;

/** `GET /weir/v1/jobs/<id>/config`: sorted by key. */
export const jobConfigOptions = z.object({ options: z.array(configOption) });
export type JobConfigOptions = z.infer<typeof jobConfigOptions>;
