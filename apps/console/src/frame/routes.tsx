/**
 * Client routes, all under `/c/`, where no REST path lives. Heavy views load when they are opened.
 */
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
  type SearchMiddleware,
} from '@tanstack/react-router';
import { LOG_LEVELS, type LogLevel } from '../model/jobs/log-lines.ts';
import { type MomentSearch, momentOf, momentSearch } from '../model/time/moment.ts';
import { choiceParameter, countParameter, textParameter } from '../model/search-parameter.ts';
import { flameSearchOf } from '../pages/job/flame/flame-search.ts';
import { timelineSearchOf } from '../pages/job/timeline/timeline-search.ts';
import { JobsPage } from '../pages/jobs/jobs-page.tsx';
import { validJobsSearch } from '../pages/jobs/jobs-search.ts';
import { OverviewPage } from '../pages/overview/overview-page.tsx';
import { AppFrame } from './app-frame.tsx';
import { NotFound } from './not-found.tsx';
import { viewCode } from './view-code.ts';
import { ViewFailed } from './view-failed.tsx';
import { ViewPending } from './view-pending.tsx';

const root = createRootRoute({ component: AppFrame, notFoundComponent: NotFound });

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/c/embedded/overview', replace: true });
  },
});

const overview = createRoute({
  getParentRoute: () => root,
  path: '/c/embedded/overview',
  component: OverviewPage,
  validateSearch: validJobsSearch,
});

const jobs = createRoute({
  getParentRoute: () => root,
  path: '/c/embedded/jobs',
  component: JobsPage,
  validateSearch: validJobsSearch,
});

/** The moment of a job's page stays from view to view, unless a link says another one. */
const keepMoment: SearchMiddleware<MomentSearch> = ({ search, next }) => {
  const result = next(search);
  if ('at' in result || 'from' in result || 'to' in result) return result;
  return { ...result, ...definedTimes(momentSearch(momentOf({ ...search }))) };
};

const job = createRoute({
  getParentRoute: () => root,
  path: '/c/embedded/jobs/$jobId',
  validateSearch: (search: Record<string, unknown>): MomentSearch =>
    definedTimes(momentSearch(momentOf(search))),
  search: { middlewares: [keepMoment] },
  component: lazyRouteComponent(
    () => viewCode(() => import('../pages/job/job-page.tsx')),
    'JobPage',
  ),
});

const jobIndex = createRoute({
  getParentRoute: () => job,
  path: '/',
  beforeLoad: ({ params }) => {
    throw redirect({ to: '/c/embedded/jobs/$jobId/graph', params, replace: true });
  },
});

export interface GraphSearch {
  readonly vertex?: string | undefined;
  readonly view?: 'table' | undefined;
  /** What colours it; missing = busyness. */
  readonly color?: string | undefined;
  /** Group that is open. */
  readonly in?: string | undefined;
  /** Chains that show their operators: vertex ids with dots between. */
  readonly expanded?: string | undefined;
  /** What the inspector's heatmap shows; missing = busy. */
  readonly heat?: string | undefined;
}

const graph = createRoute({
  getParentRoute: () => job,
  path: 'graph',
  component: lazyRouteComponent(
    () => viewCode(() => import('../pages/job/graph/graph-tab.tsx')),
    'GraphTab',
  ),
  validateSearch: (search: Record<string, unknown>): GraphSearch => ({
    ...textParameter('vertex', search.vertex),
    ...choiceParameter('view', search.view, ['table']),
    ...textParameter('color', search.color),
    ...textParameter('in', search.in),
    ...textParameter('expanded', search.expanded),
    ...textParameter('heat', search.heat),
  }),
});

export interface CheckpointsSearch {
  /** Missing = follow the newest. */
  readonly checkpoint?: number | undefined;
  /** Vertices whose subtasks are shown, by commas. */
  readonly open?: string | undefined;
}

const checkpoints = createRoute({
  getParentRoute: () => job,
  path: 'checkpoints',
  component: lazyRouteComponent(
    () => viewCode(() => import('../pages/job/checkpoints/checkpoints-tab.tsx')),
    'CheckpointsTab',
  ),
  validateSearch: (search: Record<string, unknown>): CheckpointsSearch => ({
    ...countParameter('checkpoint', search.checkpoint),
    ...textParameter('open', search.open),
  }),
});

export interface WatermarksSearch {
  /** Part of the names of the splits that are listed. */
  readonly split?: string | undefined;
  /** Missing = by seconds. */
  readonly by?: 'records' | undefined;
}

const watermarks = createRoute({
  getParentRoute: () => job,
  path: 'watermarks',
  component: lazyRouteComponent(
    () => viewCode(() => import('../pages/job/watermarks/watermarks-tab.tsx')),
    'WatermarksTab',
  ),
  validateSearch: (search: Record<string, unknown>): WatermarksSearch => ({
    ...textParameter('split', search.split),
    ...choiceParameter('by', search.by, ['records']),
  }),
});

const flame = createRoute({
  getParentRoute: () => job,
  path: 'flame',
  component: lazyRouteComponent(
    () => viewCode(() => import('../pages/job/flame/flame-tab.tsx')),
    'FlameTab',
  ),
  validateSearch: flameSearchOf,
});

const exceptions = createRoute({
  getParentRoute: () => job,
  path: 'exceptions',
  component: lazyRouteComponent(
    () => viewCode(() => import('../pages/job/exceptions/exceptions-tab.tsx')),
    'ExceptionsTab',
  ),
});

const timeline = createRoute({
  getParentRoute: () => job,
  path: 'timeline',
  component: lazyRouteComponent(
    () => viewCode(() => import('../pages/job/timeline/timeline-tab.tsx')),
    'TimelineTab',
  ),
  validateSearch: timelineSearchOf,
});

export interface ChangedSearch {
  /** The job that is compared with; missing = the version before. */
  readonly with?: string | undefined;
}

const whatChanged = createRoute({
  getParentRoute: () => job,
  path: 'what-changed',
  component: lazyRouteComponent(
    () => viewCode(() => import('../pages/job/changed/changed-tab.tsx')),
    'ChangedTab',
  ),
  validateSearch: (search: Record<string, unknown>): ChangedSearch =>
    textParameter('with', search.with),
});

export interface TaskManagersSearch {
  /** Missing = the first one. */
  readonly tm?: string;
}

const taskManagers = createRoute({
  getParentRoute: () => root,
  path: '/c/embedded/task-managers',
  component: lazyRouteComponent(
    () => viewCode(() => import('../pages/task-managers/task-managers-page.tsx')),
    'TaskManagersPage',
  ),
  validateSearch: (search: Record<string, unknown>): TaskManagersSearch =>
    textParameter('tm', search.tm),
});

export interface SavepointsSearch {
  /** Missing = of all jobs. */
  readonly job?: string;
}

const savepoints = createRoute({
  getParentRoute: () => root,
  path: '/c/embedded/savepoints',
  component: lazyRouteComponent(
    () => viewCode(() => import('../pages/savepoints/savepoints-page.tsx')),
    'SavepointsPage',
  ),
  validateSearch: (search: Record<string, unknown>): SavepointsSearch =>
    textParameter('job', search.job),
});

const settings = createRoute({
  getParentRoute: () => root,
  path: '/c/embedded/settings',
  component: lazyRouteComponent(
    () => viewCode(() => import('../pages/settings/settings-page.tsx')),
    'SettingsPage',
  ),
});

export interface LogsSearch {
  readonly q?: string;
  /** The least severe that is shown; missing = all. */
  readonly level?: LogLevel;
  /** Id of the vertex whose lines are shown. */
  readonly operator?: string | undefined;
  readonly subtask?: number | undefined;
  /** Number of the line that is pointed at. */
  readonly line?: number | undefined;
}

const logs = createRoute({
  getParentRoute: () => job,
  path: 'logs',
  component: lazyRouteComponent(
    () => viewCode(() => import('../pages/job/logs/logs-tab.tsx')),
    'LogsTab',
  ),
  validateSearch: (search: Record<string, unknown>): LogsSearch => ({
    ...textParameter('q', search.q),
    ...textParameter('operator', search.operator),
    ...countParameter('subtask', search.subtask),
    ...countParameter('line', search.line),
    ...choiceParameter('level', search.level, LOG_LEVELS),
  }),
});

const config = createRoute({
  getParentRoute: () => job,
  path: 'config',
  component: lazyRouteComponent(
    () => viewCode(() => import('../pages/job/config/config-tab.tsx')),
    'ConfigTab',
  ),
});

const tabs = [
  jobIndex,
  graph,
  checkpoints,
  watermarks,
  flame,
  timeline,
  whatChanged,
  exceptions,
  logs,
  config,
];

export const router = createRouter({
  routeTree: root.addChildren([
    home,
    overview,
    jobs,
    savepoints,
    taskManagers,
    settings,
    job.addChildren(tabs),
  ]),
  defaultPreload: 'intent',
  defaultErrorComponent: ViewFailed,
  defaultPendingComponent: ViewPending,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

function definedTimes(search: MomentSearch): MomentSearch {
  return Object.fromEntries(Object.entries(search).filter(([, time]) => time !== undefined));
}
