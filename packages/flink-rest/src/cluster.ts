/** The cluster as a whole: overview, configuration, applications, JobManager. */
import * as z from 'zod';
import { jobStatus } from './wire-values.ts';

export const clusterOverview = z.object({
  taskmanagers: z.number(),
  'taskmanagers-blocked': z.number().optional(),
  'slots-total': z.number(),
  'slots-available': z.number(),
  'slots-free-and-blocked': z.number().optional(),
  'jobs-running': z.number(),
  'jobs-finished': z.number(),
  'jobs-cancelled': z.number(),
  'jobs-failed': z.number(),
  'flink-version': z.string(),
  'flink-commit': z.string(),
});
export type ClusterOverview = z.infer<typeof clusterOverview>;

export const dashboardConfig = z.object({
  'refresh-interval': z.number(),
  'timezone-name': z.string(),
  'timezone-offset': z.number(),
  'flink-version': z.string(),
  'flink-revision': z.string(),
  features: z.object({
    'web-submit': z.boolean(),
    'web-cancel': z.boolean(),
    'web-rescale': z.boolean().optional(),
    'web-history': z.boolean(),
  }),
});
export type DashboardConfig = z.infer<typeof dashboardConfig>;

/** Lowercase execution states and `total`. */
const taskCounts = z.record(z.string(), z.number());

export const jobOverview = z.object({
  jid: z.string(),
  name: z.string(),
  jobType: z.string().optional(),
  schedulerType: z.string().optional(),
  'start-time': z.number(),
  'end-time': z.number(),
  duration: z.number(),
  state: jobStatus,
  'last-modification': z.number(),
  tasks: taskCounts,
  'pending-operators': z.number().optional(),
});
export type JobOverview = z.infer<typeof jobOverview>;

export const jobsOverview = z.object({ jobs: z.array(jobOverview) });
export type JobsOverview = z.infer<typeof jobsOverview>;

/** From 2.3 on each job belongs to an application, here one of the same id. */
export const applicationsOverview = z.object({
  applications: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      'start-time': z.number(),
      'end-time': z.number(),
      duration: z.number(),
      status: z.string(),
      jobs: z.record(z.string(), z.number()),
    }),
  ),
});
export type ApplicationsOverview = z.infer<typeof applicationsOverview>;

export const applicationDetails = z.object({
  id: z.string(),
  name: z.string(),
  status: z.string(),
  'start-time': z.number(),
  'end-time': z.number(),
  duration: z.number(),
  timestamps: z.record(z.string(), z.number()),
  jobs: z.array(jobOverview),
});
export type ApplicationDetails = z.infer<typeof applicationDetails>;

/** Secrets are `******`. */
export const configEntries = z.array(z.object({ key: z.string(), value: z.string() }));
export type ConfigEntries = z.infer<typeof configEntries>;

export const environmentInfo = z.object({
  jvm: z.object({ version: z.string(), arch: z.string(), options: z.array(z.string()) }),
  classpath: z.array(z.string()),
});
export type EnvironmentInfo = z.infer<typeof environmentInfo>;

export const logList = z.object({
  logs: z.array(z.object({ name: z.string(), size: z.number(), mtime: z.number().optional() })),
});
export type LogList = z.infer<typeof logList>;

export const threadDump = z.object({
  threadInfos: z.array(z.object({ threadName: z.string(), stringifiedThreadInfo: z.string() })),
});
export type ThreadDump = z.infer<typeof threadDump>;

export const jarList = z.object({
  address: z.string(),
  files: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      uploaded: z.number(),
      entry: z.array(z.object({ name: z.string(), description: z.string().nullable() })),
    }),
  ),
});
export const datasetList = z.object({ dataSets: z.array(z.unknown()) });
