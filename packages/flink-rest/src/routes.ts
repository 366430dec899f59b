/**
 * Flink's REST routes that Weir serves, as data: what the client calls and what the server must
 * implement. `FlinkHandlers` has exactly one handler per route, so a missing or an unknown one is
 * a type error. Order matters: a literal path stands before a parameter in its place.
 */
import * as z from 'zod';
import * as checkpoints from './checkpoints.ts';
import * as cluster from './cluster.ts';
import * as jobs from './jobs.ts';
import * as metrics from './metric-values.ts';
import * as taskManagers from './task-managers.ts';
import * as triggers from './triggers.ts';
import * as vertices from './vertices.ts';
import { emptyObject } from './wire-values.ts';

type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';

export interface Route<
  Path extends string = string,
  Query extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
  Answer extends z.ZodType = z.ZodType,
> {
  readonly method: Method;
  readonly path: Path;
  readonly query: Query;
  readonly body: Body;
  readonly response: Answer;
  /** Status of success. */
  readonly status: number;
  /** Changes something, whatever the method says (`yarn-cancel` is a GET). */
  readonly mutates: boolean;
  readonly text: boolean;
}

const hexId = z.string().regex(/^[0-9a-fA-F]{32}$/, 'expected 32 hex digits');
const index = z.string().regex(/^\d{1,15}$/, 'expected a whole number');

/** Path parameters by name; ids are lower-cased by the server, as Flink does. */
export const PATH_PARAMETERS = {
  jobid: hexId,
  vertexid: hexId,
  applicationid: hexId,
  triggerid: hexId,
  checkpointid: index,
  subtaskindex: index,
  attempt: index,
  taskmanagerid: z.string().min(1),
  file: z.string().min(1),
} as const;
export type PathParameter = keyof typeof PATH_PARAMETERS;

const none = z.object({});
const anyBody = z.unknown();

function get<P extends string, A extends z.ZodType>(path: P, response: A) {
  return getWith(path, none, response);
}

function getWith<P extends string, Q extends z.ZodType, A extends z.ZodType>(
  path: P,
  query: Q,
  response: A,
): Route<P, Q, typeof anyBody, A> {
  const rest = { status: 200, mutates: false, text: false };
  return { method: 'GET', path, query, body: anyBody, response, ...rest };
}

function text<P extends string>(path: P) {
  return { ...get(path, z.string()), text: true };
}

function post<P extends string, B extends z.ZodType, A extends z.ZodType>(
  path: P,
  body: B,
  response: A,
  status = 202,
): Route<P, typeof none, B, A> {
  const rest = { status, mutates: true, text: false };
  return { method: 'POST', path, query: none, body, response, ...rest };
}

const J = '/jobs/:jobid';
const V = '/jobs/:jobid/vertices/:vertexid';
const S = '/jobs/:jobid/vertices/:vertexid/subtasks/:subtaskindex';
const T = '/taskmanagers/:taskmanagerid';

const exceptionsQuery = z.object({
  maxExceptions: z
    .string()
    .regex(/^\d{1,9}$/)
    .optional(),
});
const flameGraphQuery = z.object({
  type: z.enum(['full', 'on_cpu', 'off_cpu']).optional(),
  subtaskindex: z.string().optional(),
});

export const FLINK_ROUTES = {
  overview: get('/overview', cluster.clusterOverview),
  config: get('/config', cluster.dashboardConfig),
  applicationsOverview: get('/applications/overview', cluster.applicationsOverview),
  application: get('/applications/:applicationid', cluster.applicationDetails),
  applicationExceptions: getWith(
    '/applications/:applicationid/exceptions',
    exceptionsQuery,
    jobs.applicationExceptions,
  ),
  jars: get('/jars', cluster.jarList),
  datasets: get('/datasets', cluster.datasetList),

  jobManagerConfig: get('/jobmanager/config', cluster.configEntries),
  jobManagerEnvironment: get('/jobmanager/environment', cluster.environmentInfo),
  jobManagerMetrics: getWith('/jobmanager/metrics', metrics.metricsQuery, metrics.metricValues),
  jobManagerLogs: get('/jobmanager/logs', cluster.logList),
  jobManagerLogFile: text('/jobmanager/logs/:file'),
  jobManagerLog: text('/jobmanager/log'),
  jobManagerStdout: text('/jobmanager/stdout'),
  jobManagerThreadDump: get('/jobmanager/thread-dump', cluster.threadDump),

  taskManagers: get('/taskmanagers', taskManagers.taskManagerList),
  taskManagersMetrics: getWith(
    '/taskmanagers/metrics',
    metrics.aggregatedQuery,
    metrics.metricAggregates,
  ),
  taskManager: get(T, taskManagers.taskManagerDetails),
  taskManagerMetrics: getWith(`${T}/metrics`, metrics.metricsQuery, metrics.metricValues),
  taskManagerLogs: get(`${T}/logs`, cluster.logList),
  taskManagerLogFile: text(`${T}/logs/:file`),
  taskManagerLog: text(`${T}/log`),
  taskManagerStdout: text(`${T}/stdout`),
  taskManagerThreadDump: get(`${T}/thread-dump`, cluster.threadDump),

  jobs: get('/jobs', jobs.jobIds),
  jobsOverview: get('/jobs/overview', cluster.jobsOverview),
  jobsMetrics: getWith('/jobs/metrics', metrics.aggregatedQuery, metrics.metricAggregates),
  job: get(J, jobs.jobDetails),
  jobCancel: {
    ...post(J, anyBody, emptyObject),
    method: 'PATCH' as const,
    query: z.object({ mode: z.enum(['cancel']).optional() }),
  },
  /** The Cancel button of Flink's UI. */
  jobYarnCancel: { ...get(`${J}/yarn-cancel`, emptyObject), status: 202, mutates: true },
  jobPlan: get(`${J}/plan`, jobs.jobPlan),
  jobConfig: get(`${J}/config`, jobs.jobConfig),
  jobStatus: get(`${J}/status`, jobs.jobStatusInfo),
  jobAccumulators: get(`${J}/accumulators`, jobs.jobAccumulators),
  jobExceptions: getWith(`${J}/exceptions`, exceptionsQuery, jobs.jobExceptions),
  jobExecutionResult: get(`${J}/execution-result`, jobs.executionResult),
  jobMetrics: getWith(`${J}/metrics`, metrics.metricsQuery, metrics.metricValues),
  jobJobManagerConfig: get(`${J}/jobmanager/config`, cluster.configEntries),
  jobJobManagerEnvironment: get(`${J}/jobmanager/environment`, cluster.environmentInfo),

  checkpoints: get(`${J}/checkpoints`, checkpoints.checkpointing),
  checkpointConfig: get(`${J}/checkpoints/config`, checkpoints.checkpointConfig),
  checkpointDetails: get(`${J}/checkpoints/details/:checkpointid`, checkpoints.checkpoint),
  checkpointSubtasks: get(
    `${J}/checkpoints/details/:checkpointid/subtasks/:vertexid`,
    checkpoints.checkpointSubtasks,
  ),
  checkpointTriggerStatus: get(`${J}/checkpoints/:triggerid`, triggers.checkpointStatus),
  checkpointTrigger: post(`${J}/checkpoints`, triggers.checkpointRequest, triggers.triggerResponse),
  savepointTrigger: post(`${J}/savepoints`, triggers.savepointRequest, triggers.triggerResponse),
  savepointStatus: get(`${J}/savepoints/:triggerid`, triggers.savepointStatus),
  stop: post(`${J}/stop`, triggers.stopRequest, triggers.triggerResponse),
  savepointDisposal: post(
    '/savepoint-disposal',
    triggers.savepointDisposalRequest,
    triggers.triggerResponse,
    200,
  ),
  savepointDisposalStatus: get('/savepoint-disposal/:triggerid', triggers.disposalStatus),

  vertex: get(V, vertices.vertexDetails),
  vertexAccumulators: get(`${V}/accumulators`, vertices.vertexAccumulators),
  vertexBackpressure: get(`${V}/backpressure`, vertices.backpressure),
  vertexFlameGraph: getWith(`${V}/flamegraph`, flameGraphQuery, vertices.flameGraph),
  vertexJobManagerMetrics: getWith(
    `${V}/jm-operator-metrics`,
    metrics.metricsQuery,
    metrics.metricValues,
  ),
  vertexMetrics: getWith(`${V}/metrics`, metrics.metricsQuery, metrics.metricValues),
  vertexSubtaskTimes: get(`${V}/subtasktimes`, vertices.subtaskTimes),
  vertexTaskManagers: get(`${V}/taskmanagers`, vertices.vertexTaskManagers),
  vertexWatermarks: get(`${V}/watermarks`, metrics.metricValues),
  subtasksAccumulators: get(`${V}/subtasks/accumulators`, vertices.subtasksAccumulators),
  subtasksMetrics: getWith(
    `${V}/subtasks/metrics`,
    metrics.aggregatedQuery,
    metrics.metricAggregates,
  ),
  subtask: get(S, vertices.subtaskInfo),
  subtaskMetrics: getWith(`${S}/metrics`, metrics.metricsQuery, metrics.metricValues),
  subtaskAttempt: get(`${S}/attempts/:attempt`, vertices.subtaskInfo),
} as const satisfies Record<string, Route>;

export type FlinkRoutes = typeof FLINK_ROUTES;
export type RouteName = keyof FlinkRoutes;

type ParameterNames<Path extends string> = Path extends `${string}:${infer Name}/${infer Rest}`
  ? Name | ParameterNames<Rest>
  : Path extends `${string}:${infer Name}`
    ? Name
    : never;

/** The path's parameters as text. */
export type RouteParams<Name extends RouteName> = {
  readonly [P in ParameterNames<FlinkRoutes[Name]['path']>]: string;
};
export type RouteQuery<Name extends RouteName> = z.infer<FlinkRoutes[Name]['query']>;
export type RouteBody<Name extends RouteName> = z.infer<FlinkRoutes[Name]['body']>;
export type RouteResponse<Name extends RouteName> = z.infer<FlinkRoutes[Name]['response']>;

export interface RouteRequest<Name extends RouteName> {
  readonly params: RouteParams<Name>;
  readonly query: RouteQuery<Name>;
  readonly body: RouteBody<Name>;
  /** How the caller named itself, by Weir's own header; null = it did not. */
  readonly client: string | null;
}

/** What a server implements; nothing more and nothing less. */
export type FlinkHandlers = {
  readonly [Name in RouteName]: (
    request: RouteRequest<Name>,
  ) => RouteResponse<Name> | Promise<RouteResponse<Name>>;
};
