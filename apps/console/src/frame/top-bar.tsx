/** The top bar: where one is, whether it is live, how it looks. */
import { Link, useMatches } from '@tanstack/react-router';
import { ChevronRight, CircleQuestionMark, Monitor, Moon, Search, Sun } from 'lucide-react';
import { Fragment, useSyncExternalStore } from 'react';
import { useNowAs } from '../components/use-now.ts';
import { useConnection, useJobs, useLiveData } from '../live/use-live.ts';
import { ageFigure, figureText } from '../model/figures/figures.ts';
import { setOverlay } from './overlay.ts';
import { useShownMoment } from './use-moment.ts';
import { TimeControl } from './time/time-control.tsx';
import { chooseTheme, subscribeTheme, THEME_CHOICES, themeChoice } from './theme.ts';

export function TopBar() {
  const { kind } = useShownMoment();
  return (
    <header className="bar" data-paused={kind !== 'live' || undefined}>
      <Link to="/c/embedded/overview" className="mark" aria-label="Weir, overview">
        <svg viewBox="0 0 18 18" aria-hidden="true">
          <path d="M2 5.5h6.5v4H13" />
          <path d="M2 9.5h3.5v4H16" />
        </svg>
        Weir
      </Link>
      <span className="separator" />
      <Cluster />
      <Breadcrumb />
      <span className="grow" />
      <TimeControl />
      <span className="separator" />
      <Jump />
      <button
        type="button"
        className="btn quiet icon"
        aria-label="Keyboard shortcuts"
        title="Keyboard shortcuts (?)"
        onClick={() => setOverlay('shortcuts')}
      >
        <CircleQuestionMark aria-hidden="true" />
      </button>
      <ThemeSwitch />
      <ConnectionState />
    </header>
  );
}

function Cluster() {
  const { phase } = useConnection();
  return (
    <span className="cluster" title="The engine inside this server">
      <span className={`state state-${phase === 'live' ? 'run' : 'change'}`}>
        <i aria-hidden="true" />
      </span>
      embedded
    </span>
  );
}

const PLACES = [
  ['/c/embedded/jobs', 'Jobs'],
  ['/c/embedded/task-managers', 'Task managers'],
  ['/c/embedded/savepoints', 'Savepoints'],
  ['/c/embedded/settings', 'Settings'],
] as const;

function Breadcrumb() {
  const matches = useMatches();
  const jobId = matches.map(({ params }) => (params as { jobId?: string }).jobId).find(Boolean);
  const name = useJobs((store) => store.job(jobId ?? '')?.name ?? null, jobId);
  const place = PLACES.find(([path]) => matches.some(({ pathname }) => pathname.startsWith(path)));
  return (
    <nav className="breadcrumb" aria-label="Breadcrumb">
      <span aria-hidden="true">/</span>
      {jobId === undefined ? (
        <b aria-current="page">{place?.[1] ?? 'Overview'}</b>
      ) : (
        <Fragment>
          <Link to="/c/embedded/jobs">Jobs</Link>
          <ChevronRight aria-hidden="true" />
          <b aria-current="page">{name ?? `${jobId.slice(0, 8)}…`}</b>
        </Fragment>
      )}
    </nav>
  );
}

const APPLE = /Mac|iP(hone|ad)/.test(navigator.platform);

function Jump() {
  return (
    <button
      type="button"
      className="btn jump"
      aria-keyshortcuts="Control+K Meta+K"
      onClick={() => setOverlay('palette')}
    >
      <Search aria-hidden="true" />
      <span>Jump to</span>
      <kbd className="kbd">{APPLE ? '⌘ K' : 'Ctrl K'}</kbd>
    </button>
  );
}

const THEME_ICONS = { system: Monitor, light: Sun, dark: Moon };

function ThemeSwitch() {
  const choice = useSyncExternalStore(subscribeTheme, themeChoice);
  const next = THEME_CHOICES[(THEME_CHOICES.indexOf(choice) + 1) % THEME_CHOICES.length]!;
  const Icon = THEME_ICONS[choice];
  const label = `Theme: ${choice}. Change to ${next}`;
  return (
    <button
      type="button"
      className="btn quiet icon"
      aria-label={label}
      title={label}
      onClick={() => chooseTheme(next)}
    >
      <Icon aria-hidden="true" />
    </button>
  );
}

const STALE_AFTER_MS = 5000;
/** So long a connection may be away before that is called a failure. */
const GONE_AFTER_MS = 8000;

function ConnectionState() {
  const live = useLiveData();
  const { phase, retryAt } = useConnection();
  // Without a running job there is nothing to send, and silence is no news.
  const runs = useJobs(
    ({ snapshot }) => snapshot?.jobs.some(({ state }) => state === 'RUNNING') ?? false,
  );
  const known = live.connection.connection.lastMessageAt !== null;
  // Read at each second, since it moves without a change of the connection.
  const { quiet, brief, ageText } = useNowAs((now) => {
    const age = Math.max(0, now - (live.connection.connection.lastMessageAt ?? now));
    const late = phase !== 'live' || age >= STALE_AFTER_MS;
    return {
      quiet: late && runs,
      brief: known && age < GONE_AFTER_MS,
      ageText: late ? figureText(ageFigure(age)) : '',
    };
  }, `${phase} ${runs} ${known}`);
  if (phase === 'connecting' && retryAt === null) {
    return <Connected tone="change" text="Connecting" />;
  }
  if (phase === 'live') {
    return <Connected tone="run" text={quiet ? `Live, quiet for ${ageText}` : 'Live'} />;
  }
  const words = brief ? 'Reconnecting' : 'Not connected';
  const text = known ? `${words}, data ${ageText} old` : 'The server does not answer';
  return (
    <span className="connection" role="status">
      <Connected tone={brief ? 'change' : 'fail'} text={text} />
      <button type="button" className="link" onClick={() => live.connect()}>
        Retry
      </button>
    </span>
  );
}

function Connected({ tone, text }: { tone: 'run' | 'change' | 'fail'; text: string }) {
  return (
    <span className="connection">
      <span className={`state state-${tone}`}>
        <i aria-hidden="true" />
      </span>
      {text}
    </span>
  );
}
