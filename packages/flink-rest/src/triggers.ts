/**
 * Asynchronous operations: a POST answers a request id, a GET with that id answers the status.
 * There is no QUEUED; a failure is COMPLETED with a cause. Request bodies ignore unknown fields.
 */
import * as z from 'zod';
import { failureCause } from './wire-values.ts';

const triggerId = z
  .string()
  .regex(/^[0-9a-fA-F]{32}$/, 'triggerId must be 32 hex digits')
  .nullish();

export const triggerResponse = z.object({ 'request-id': z.string() });
export type TriggerResponse = z.infer<typeof triggerResponse>;

export const savepointRequest = z.object({
  'target-directory': z.string().nullish(),
  'cancel-job': z.boolean().nullish(),
  formatType: z.enum(['CANONICAL', 'NATIVE']).nullish(),
  triggerId,
});
export type SavepointRequest = z.infer<typeof savepointRequest>;

export const stopRequest = z.object({
  targetDirectory: z.string().nullish(),
  drain: z.boolean().nullish(),
  formatType: z.enum(['CANONICAL', 'NATIVE']).nullish(),
  triggerId,
});
export type StopRequest = z.infer<typeof stopRequest>;

export const checkpointRequest = z.object({
  checkpointType: z.enum(['CONFIGURED', 'FULL', 'INCREMENTAL']).nullish(),
  triggerId,
});
export type CheckpointRequest = z.infer<typeof checkpointRequest>;

export const savepointDisposalRequest = z.object({ 'savepoint-path': z.string().min(1) });
export type SavepointDisposalRequest = z.infer<typeof savepointDisposalRequest>;

const status = z.object({ id: z.enum(['IN_PROGRESS', 'COMPLETED']) });

export const savepointStatus = z.object({
  status,
  operation: z
    .object({
      location: z.string().nullish(),
      'failure-cause': failureCause.nullish(),
    })
    .nullable(),
});
export type SavepointStatus = z.infer<typeof savepointStatus>;

export const checkpointStatus = z.object({
  status,
  operation: z
    .object({
      checkpointId: z.number().nullish(),
      failureCause: failureCause.nullish(),
    })
    .nullable(),
});
export type CheckpointTriggerStatus = z.infer<typeof checkpointStatus>;

export const disposalStatus = z.object({
  status,
  operation: z.object({ 'failure-cause': failureCause.nullish() }).nullable(),
});
export type DisposalStatus = z.infer<typeof disposalStatus>;
