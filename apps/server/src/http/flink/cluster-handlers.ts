/** Overview, applications, JobManager: the server itself in Flink's words. */
import type { ApplicationsOverview, FlinkHandlers, JobOverview } from '@weir/flink-rest';
import { type JobStatus, type JobView, TERMINAL_STATUS } from '@weir/runtime';
import { clusterSlots, taskManagers } from './cluster-figures.ts';
import { type HandlerContext, jobView, notFound } from './handler-context.ts';
import { redacted } from './redaction.ts';
import { jobTimes, taskTotals } from './state-counts.ts';

type Handled =
  | 'application'
  | 'applicationsOverview'
  | 'config'
  | 'datasets'
  | 'jars'
  | 'jobJobManagerConfig'
  | 'jobJobManagerEnvironment'
  | 'jobManagerConfig'
  | 'jobManagerEnvironment'
  | 'jobManagerLog'
  | 'jobManagerLogFile'
  | 'jobManagerLogs'
  | 'jobManagerStdout'
  | 'jobManagerThreadDump'
  | 'jobsOverview'
  | 'overview';

const REFRESH_MS = 3000;
const LOG_LINES = 10_000;
const LOG_FILE = 'weir.log';
/** The release of Flink whose REST API this is. */
const FLINK_API = '2.3';

export function clusterHandlers(context: HandlerContext): Pick<FlinkHandlers, Handled> {
  const { service } = context;
  const views = () => service.jobs().map((entry) => entry.control.view());
  const version = () => `${FLINK_API}-weir-${service.server().version}`;
  const serverLog = async () => `${(await service.serverLog(LOG_LINES)).join('\n')}\n`;
  const config = () =>
    Object.entries(redacted(service.server().configuration)).map(([key, value]) => ({
      key,
      value,
    }));
  return {
    overview: () => {
      const slots = clusterSlots(context);
      const all = views();
      const count = (status: JobStatus) => all.filter((view) => view.status === status).length;
      return {
        taskmanagers: taskManagers(context).length,
        'taskmanagers-blocked': 0,
        'slots-total': slots.total,
        'slots-available': slots.available,
        'slots-free-and-blocked': 0,
        'jobs-running': all.filter((view) => !TERMINAL_STATUS.has(view.status)).length,
        'jobs-finished': count('FINISHED'),
        'jobs-cancelled': count('CANCELED'),
        'jobs-failed': count('FAILED'),
        'flink-version': version(),
        'flink-commit': service.server().build,
      };
    },
    config: () => {
      const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
      return {
        'refresh-interval': REFRESH_MS,
        'timezone-name': timeZone,
        'timezone-offset': -new Date(context.nowMs()).getTimezoneOffset() * 60_000,
        'flink-version': version(),
        'flink-revision': service.server().build,
        features: {
          'web-submit': false,
          'web-cancel': true,
          'web-rescale': false,
          'web-history': false,
        },
      };
    },
    jobsOverview: () => ({ jobs: views().map((view) => jobOverview(view, context.nowMs())) }),
    applicationsOverview: () => ({
      applications: views().map((view) => applicationOf(view, context.nowMs())),
    }),
    application: ({ params }) => {
      const view = jobView(context, params.applicationid);
      const { jobs: _, ...application } = applicationOf(view, context.nowMs());
      const times = view.timestamps;
      return {
        ...application,
        timestamps: {
          CREATED: application['start-time'],
          RUNNING: times.RUNNING ?? 0,
          FAILING: times.FAILING ?? 0,
          FAILED: times.FAILED ?? 0,
          CANCELING: times.CANCELLING ?? 0,
          CANCELED: times.CANCELED ?? 0,
          FINISHED: times.FINISHED ?? 0,
        },
        jobs: [jobOverview(view, context.nowMs())],
      };
    },
    jars: () => ({ address: context.url(), files: [] }),
    datasets: () => ({ dataSets: [] }),
    jobManagerConfig: config,
    jobJobManagerConfig: ({ params }) => {
      jobView(context, params.jobid);
      return config();
    },
    jobManagerEnvironment: environment,
    jobJobManagerEnvironment: ({ params }) => {
      jobView(context, params.jobid);
      return environment();
    },
    jobManagerLogs: async () => ({
      logs: [
        { name: LOG_FILE, size: Buffer.byteLength(await serverLog()), mtime: context.nowMs() },
      ],
    }),
    jobManagerLogFile: async ({ params }) => {
      if (params.file === LOG_FILE) return serverLog();
      throw notFound(`There is no log file ${params.file}; GET /jobmanager/logs lists them.`);
    },
    jobManagerLog: serverLog,
    jobManagerStdout: () => '',
    jobManagerThreadDump: () => ({ threadInfos: [] }),
  };
}

function environment() {
  const jvm = { version: `Node.js ${process.version}`, arch: process.arch };
  return { jvm: { ...jvm, options: [...process.execArgv] }, classpath: [] };
}

function jobOverview(view: JobView, nowMs: number): JobOverview {
  const times = jobTimes(view, nowMs);
  const entered = Object.values(view.timestamps).filter((time) => time !== undefined);
  return {
    jid: view.jobId,
    name: view.graph.name,
    jobType: 'STREAMING',
    schedulerType: 'Default',
    'start-time': times.start,
    'end-time': times.end,
    duration: times.duration,
    state: view.status,
    'last-modification': Math.max(times.start, ...entered),
    tasks: taskTotals(view),
    'pending-operators': 0,
  };
}

/** From 2.3 on every job lives in an application; here each has one of its own. */
function applicationOf(view: JobView, nowMs: number): ApplicationsOverview['applications'][number] {
  const times = jobTimes(view, nowMs);
  return {
    id: view.jobId,
    name: `SingleJobApplication(${view.graph.name})`,
    'start-time': times.start,
    'end-time': times.end,
    duration: times.duration,
    status: view.status === 'CANCELLING' ? 'CANCELING' : view.status,
    jobs: { [view.status]: 1 },
  };
}
