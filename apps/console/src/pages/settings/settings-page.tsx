/** What this server keeps, how this browser shows it, and which server it is. */
import '../../styles/settings.css';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useSyncExternalStore } from 'react';
import { CopyButton } from '../../components/copy-button.tsx';
import { Notice } from '../../components/notice.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { useNow } from '../../components/use-now.ts';
import { chooseTheme, subscribeTheme, THEME_CHOICES, themeChoice } from '../../frame/theme.ts';
import { useTitle } from '../../frame/use-title.ts';
import { clockTime, dayAndTime, utcTime } from '../../model/time/clock-time.ts';
import { ageFigure, figureText } from '../../model/figures/figures.ts';
import { capabilitiesQuery } from '../../rest/weir-client.ts';
import { HistorySection } from './history-section.tsx';

export function SettingsPage() {
  useTitle('Settings');
  return (
    <>
      <header className="page-head">
        <h1>Settings</h1>
      </header>
      <div className="page-body settings">
        <HistorySection />
        <Appearance />
        <Server />
      </div>
    </>
  );
}

function Appearance() {
  const choice = useSyncExternalStore(subscribeTheme, themeChoice);
  const now = useNow();
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  return (
    <section aria-labelledby="settings-appearance">
      <h2 id="settings-appearance">This browser</h2>
      <fieldset className="segments" aria-label="Theme">
        {THEME_CHOICES.map((theme) => (
          <button
            key={theme}
            type="button"
            aria-pressed={theme === choice}
            onClick={() => chooseTheme(theme)}
          >
            {theme === 'system' ? 'As the system' : theme === 'light' ? 'Light' : 'Dark'}
          </button>
        ))}
      </fieldset>
      <dl>
        <Pair name="Times">
          in the zone of this browser, {timeZone}: it is {clockTime(now)} there, and{' '}
          {utcTime(now).slice(11, 19)} UTC. Every time shows UTC when pointed at.
        </Pair>
        <Pair name="Motion">
          {still
            ? 'This system asks for reduced motion: nothing moves along edges, panels do not slide.'
            : 'Only where it shows where something went; off when the system asks for less of it.'}
        </Pair>
      </dl>
    </section>
  );
}

function Server() {
  const { data, error, refetch } = useQuery(capabilitiesQuery());
  return (
    <section aria-labelledby="settings-server">
      <h2 id="settings-server">This server</h2>
      {data !== undefined && <ServerFacts {...data.server} />}
      {data === undefined && error === null && <Skeleton lines={3} />}
      {data === undefined && error !== null && (
        <Notice title="The server did not say what it is." retry={() => void refetch()}>
          {error.message} Its jobs are not touched by this.
        </Notice>
      )}
    </section>
  );
}

interface ServerFactsProps {
  readonly version: string;
  readonly build: string;
  readonly startedAt: number;
  readonly dataDirectory: string;
}

function ServerFacts({ version, build, startedAt, dataDirectory }: ServerFactsProps) {
  const now = useNow();
  const up = ageFigure(now - startedAt);
  return (
    <dl>
      <Pair name="Version">{version}</Pair>
      <Pair name="Build">
        <code>{build}</code> <CopyButton text={build} label="Copy the build" />
      </Pair>
      <Pair name="Started">
        <span title={utcTime(startedAt)}>{dayAndTime(startedAt, now)}</span>, up {figureText(up)}
      </Pair>
      <Pair name="Data directory">
        <code>{dataDirectory}</code>{' '}
        <CopyButton text={dataDirectory} label="Copy the data directory" />
      </Pair>
    </dl>
  );
}

function Pair({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}
