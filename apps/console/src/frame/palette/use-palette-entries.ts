/** Everything the palette offers at the moment: what belongs to the open job comes first. */
import type { JobSummary } from '@weir/console-protocol';
import { useQuery } from '@tanstack/react-query';
import { useMatches, useNavigate } from '@tanstack/react-router';
import {
  Bookmark,
  ChevronRight,
  CircleX,
  History,
  type LucideIcon,
  Pause,
  Play,
  RotateCcw,
  Scaling,
  Share2,
  Square,
  SunMoon,
} from 'lucide-react';
import { serverClock } from '../../live/server-clock.ts';
import { useJobs, useLiveData, useSelected } from '../../live/use-live.ts';
import { dayAndTime } from '../../model/time/clock-time.ts';
import { figureText, percentFigure } from '../../model/figures/figures.ts';
import { possibleActions } from '../../model/operate/job-actions.ts';
import { worstFirst } from '../../model/jobs/job-row.ts';
import { isTerminal } from '../../model/jobs/job-state.ts';
import { LIVE, momentSearch } from '../../model/time/moment.ts';
import { MARK_KINDS, type MarkKind } from '../../model/time/time-marks.ts';
import { type Vertex, vertexKind } from '../../model/graph/vertex-kind.ts';
import { vertexTitle } from '../../model/graph/vertex-title.ts';
import { type JobAction, setAction } from '../../pages/job/actions/open-action.ts';
import { vertexIcon } from '../../pages/job/graph/vertex-icon.tsx';
import { examplesQuery, submitJob } from '../../rest/weir-client.ts';
import { JOB_VIEWS } from '../job-views.ts';
import { setOverlay } from '../overlay.ts';
import { chooseTheme, THEME_CHOICES, themeChoice } from '../theme.ts';
import { type TimeTravel, useTimeTravel } from '../time/use-time-travel.ts';
import { showToast } from '../toast-list.ts';
import type { PaletteEntry } from './palette-entry.ts';

type Navigate = ReturnType<typeof useNavigate>;

export function usePaletteEntries(): PaletteEntry[] {
  const navigate = useNavigate();
  const jobs = useJobs((store) => store.snapshot?.jobs ?? NO_JOBS);
  const jobId = useMatches()
    .map(({ params }) => (params as { jobId?: string }).jobId)
    .find((id) => id !== undefined);
  const job = jobs.find((one) => one.jobId === jobId);
  const travel = useTimeTravel();
  const operators = useOperators(jobId ?? '', navigate);
  const { data: examples } = useQuery(examplesQuery());
  return [
    ...(job === undefined ? [] : actionEntries(job)),
    ...operators,
    ...(job === undefined ? [] : viewEntries(job, navigate)),
    ...(job === undefined || travel === null ? [] : timeEntries(travel, serverClock.now())),
    ...jobEntries(jobs, navigate),
    ...pageEntries(navigate),
    ...(examples?.examples ?? []).map((example) => exampleEntry(example, navigate)),
    ...themeEntries(),
  ];
}

const NO_JOBS: readonly JobSummary[] = [];

interface More {
  readonly note?: string;
  readonly detail?: string;
  readonly id?: string;
  readonly cause?: boolean;
  readonly icon?: LucideIcon;
}

function entry(group: string, label: string, run: () => void, more: More = {}): PaletteEntry {
  const { note = '', detail = '', id = label, cause = false, icon = ChevronRight } = more;
  const found = { group, label, detail: `${note} ${detail}` };
  return { ...found, id: `${group}/${id}`, icon, note, cause, run };
}

function actionEntries({ jobId, name, state }: JobSummary): PaletteEntry[] {
  const { snapshot, cancel, rerun } = possibleActions(state);
  const action = (possible: boolean, label: string, which: JobAction, icon: LucideIcon) =>
    possible ? [entry('Actions', label, () => setAction({ jobId, action: which }), { icon })] : [];
  return [
    ...action(snapshot, `Savepoint of ${name}`, 'savepoint', Bookmark),
    ...action(snapshot, `Stop ${name} with savepoint`, 'stop', Square),
    ...action(rerun, `Restart ${name} from…`, 'restart', RotateCcw),
    ...action(rerun, `Rescale ${name}`, 'rescale', Scaling),
    ...action(cancel, `Cancel ${name}`, 'cancel', CircleX),
  ];
}

function useOperators(jobId: string, navigate: Navigate): PaletteEntry[] {
  const live = useLiveData();
  const { topology, bottleneck } = useSelected(
    live.job(jobId),
    (store) => ({
      topology: store.topology,
      bottleneck: store.limiting,
    }),
    jobId,
  );
  if (topology === null) return [];
  const store = live.job(jobId);
  // Whoever opens the palette in trouble looks for the bottleneck.
  const rank = (vertex: Vertex) => (vertex.id === bottleneck ? 0 : 1);
  return topology.vertices
    .toSorted((a, b) => rank(a) - rank(b))
    .map((vertex) =>
      entry(
        `Operators of ${topology.name}`,
        vertexTitle(vertex),
        () =>
          void navigate({
            to: '/c/embedded/jobs/$jobId/graph',
            params: { jobId },
            search: { vertex: vertex.id },
          }),
        {
          id: vertex.id,
          note: `${figureText(percentFigure(store.vertex(vertex.id)?.busy ?? null))} busy, ×${vertex.parallelism}`,
          icon: vertexIcon(vertexKind(vertex)),
          detail: vertex.operators.map(({ name }) => name).join(' '),
          cause: vertex.id === bottleneck,
        },
      ),
    );
}

function viewEntries({ jobId, name }: JobSummary, navigate: Navigate): PaletteEntry[] {
  return JOB_VIEWS.map(({ label, key, to }) =>
    entry(`Views of ${name}`, label, () => void navigate({ to, params: { jobId } }), {
      note: `g ${key}`,
    }),
  );
}

const MARKS: Readonly<Record<MarkKind, string>> = {
  verdict: 'verdict',
  checkpoint: 'checkpoint',
  restart: 'restart or change of state',
  exception: 'exception',
};

function timeEntries(travel: TimeTravel, now: number): PaletteEntry[] {
  const group = 'Time';
  const entries =
    travel.moment.kind === 'live'
      ? [entry(group, 'Pause at this moment', travel.pause, { note: 'p', icon: Pause })]
      : [
          entry(group, 'Back to live', travel.goLive, {
            note: 'l',
            detail: 'now present',
            icon: Play,
          }),
        ];
  for (const kind of MARK_KINDS) {
    for (const direction of [-1, 1] as const) {
      const mark = travel.mark(kind, direction);
      if (mark === null) continue;
      const which = direction > 0 ? 'next' : travel.moment.kind === 'live' ? 'last' : 'previous';
      const go = () => travel.goTo({ kind: 'instant', at: mark.t });
      entries.push(
        entry(group, `Go to the ${which} ${MARKS[kind]}`, go, {
          note: dayAndTime(mark.t, now),
          detail: mark.text,
          icon: History,
        }),
      );
    }
  }
  const back = (label: string, ms: number) =>
    entry(group, `Go ${label} back`, () => travel.advance(-ms), { icon: History });
  return [...entries, back('one minute', 60_000), back('ten minutes', 600_000)];
}

function jobEntries(jobs: readonly JobSummary[], navigate: Navigate): PaletteEntry[] {
  return worstFirst(jobs).map(({ jobId, name, state }) =>
    entry(
      'Jobs',
      name,
      // The moment belongs to the job that was open.
      () =>
        void navigate({
          to: '/c/embedded/jobs/$jobId/graph',
          params: { jobId },
          search: momentSearch(LIVE),
        }),
      {
        id: jobId,
        note: `${state} ${jobId.slice(0, 8)}`,
        detail: isTerminal(state) ? 'ended' : '',
        icon: Share2,
      },
    ),
  );
}

function pageEntries(navigate: Navigate): PaletteEntry[] {
  return [
    entry('Pages', 'Overview', () => void navigate({ to: '/c/embedded/overview' }), {
      note: 'g o',
    }),
    entry('Pages', 'Jobs', () => void navigate({ to: '/c/embedded/jobs' }), { note: 'g j' }),
    entry('Pages', 'Task managers', () => void navigate({ to: '/c/embedded/task-managers' }), {
      note: 'g t',
    }),
    entry('Pages', 'Savepoints', () => void navigate({ to: '/c/embedded/savepoints' }), {
      note: 'g v',
    }),
    entry('Pages', 'Settings', () => void navigate({ to: '/c/embedded/settings' }), {
      note: 'g s',
    }),
    entry('Pages', 'Keyboard shortcuts', () => setOverlay('shortcuts'), { note: '?' }),
  ];
}

function exampleEntry(
  example: { readonly title: string; readonly entry: string; readonly args: readonly string[] },
  navigate: Navigate,
): PaletteEntry {
  const { title, entry: module, args } = example;
  const start = async () => {
    const change = showToast(`Starting ${title}`, 'Its program is bundled and compiled.');
    try {
      const { jobId } = await submitJob({ entry: module, args: [...args] });
      change({ tone: 'done', title: `${title} is started`, text: 'Its page is open.' });
      await navigate({ to: '/c/embedded/jobs/$jobId/graph', params: { jobId } });
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      change({ tone: 'failed', title: `${title} was not started`, text });
    }
  };
  return entry('Examples', `Start ${title}`, () => void start(), { icon: Play });
}

function themeEntries(): PaletteEntry[] {
  const now = themeChoice();
  return THEME_CHOICES.map((choice) =>
    entry('Theme', `Theme: ${choice}`, () => chooseTheme(choice), {
      note: choice === now ? 'now' : '',
      icon: SunMoon,
    }),
  );
}
