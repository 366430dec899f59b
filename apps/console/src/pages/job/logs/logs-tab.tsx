/**
 * What the job's program and its tasks printed, and what the server did with it: followed while it
 * is live, around the moment in the past; by operator, subtask and level, searched.
 */
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { Notice } from '../../../components/notice.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { useMoment } from '../../../frame/use-moment.ts';
import { useJob, useJobStore, useJobs } from '../../../live/use-live.ts';
import { clockTime } from '../../../model/time/clock-time.ts';
import { isTerminal } from '../../../model/jobs/job-state.ts';
import {
  fromLevel,
  lineAt,
  linesText,
  type LogLine,
  matchingLines,
  ofPlace,
  stepMatch,
} from '../../../model/jobs/log-lines.ts';
import type { Moment } from '../../../model/time/moment.ts';
import { vertexTitle } from '../../../model/graph/vertex-title.ts';
import { jobLogsQuery, pastLogsQuery } from '../../../rest/job-logs.ts';
import { LogList } from './log-list.tsx';
import { LogToolbar } from './log-toolbar.tsx';

const FROM = '/c/embedded/jobs/$jobId/logs';
/** On both sides of an instant. */
const WINDOW_MS = 60_000;

export function LogsTab() {
  const moment = useMoment();
  return moment.kind === 'live' ? <LiveLogs /> : <PastLogs moment={moment} />;
}

function LiveLogs() {
  const { jobId } = useJobStore();
  const over = useJobs((store) => isTerminal(store.job(jobId)?.state ?? ''), jobId);
  const { data, error, refetch } = useQuery(jobLogsQuery(jobId, over));
  if (data === undefined) return <Unread error={error} retry={() => void refetch()} />;
  const { entries, truncated } = data;
  return <Log lines={entries} truncated={truncated} past={null} over={over} at={null} />;
}

function PastLogs({ moment }: { moment: Exclude<Moment, { kind: 'live' }> }) {
  const { jobId } = useJobStore();
  const instant = moment.kind === 'instant';
  const from = instant ? moment.at - WINDOW_MS : moment.from;
  const to = instant ? moment.at + WINDOW_MS : moment.to;
  const { data, error, refetch } = useQuery(pastLogsQuery(jobId, from, to));
  if (data === undefined) return <Unread error={error} retry={() => void refetch()} />;
  const past = instant
    ? `a minute around ${clockTime(moment.at)}`
    : `${clockTime(from)} to ${clockTime(to)}`;
  const at = instant ? moment.at : null;
  return <Log lines={data.entries} truncated={false} past={past} over={false} at={at} />;
}

function Unread({ error, retry }: { error: Error | null; retry: () => void }) {
  if (error === null) return <Skeleton lines={10} />;
  return (
    <Notice title="The logs could not be read." retry={retry}>
      {error.message} The job itself is not touched by this.
    </Notice>
  );
}

interface LogProps {
  readonly lines: readonly LogLine[];
  readonly truncated: boolean;
  /** Which stretch of the past this is, in words; null = it goes on. */
  readonly past: string | null;
  /** No line will come any more. */
  readonly over: boolean;
  /** The instant that is shown. */
  readonly at: number | null;
}

function Log({ lines: all, truncated, past, over, at }: LogProps) {
  const { q = '', level = 'debug', operator, subtask, line } = useSearch({ from: FROM });
  const navigate = useNavigate({ from: FROM });
  const topology = useJob((store) => store.topology);
  const [following, setFollow] = useState(true);
  const [looked, setMarked] = useState<number | null>(null);
  const place = { vertexId: operator ?? null, subtask: subtask ?? null };
  const lines = ofPlace(fromLevel(all, level), place);
  const matches = matchingLines(lines, q);
  const pointed = looked ?? line ?? (at === null ? null : lines[lineAt(lines, at)]?.seq) ?? null;
  const markedAt = lines.findIndex(({ seq }) => seq === pointed);
  const step = (by: 1 | -1) => {
    const next = stepMatch(matches, markedAt < 0 && by === -1 ? lines.length : markedAt, by);
    if (next === null) return;
    setFollow(false);
    setMarked(lines[next]?.seq ?? null);
  };
  const vertices = topology?.vertices ?? [];
  const titles = new Map(vertices.map((one) => [one.id, vertexTitle(one)]));
  const chosen = vertices.filter(({ id }) => operator === undefined || id === operator);
  const follow = following && past === null;
  return (
    <>
      <LogToolbar
        q={q}
        level={level}
        found={matches.length}
        at={matches.indexOf(markedAt)}
        all={lines.length}
        truncated={truncated}
        follow={follow}
        setFollow={setFollow}
        step={step}
        titles={titles}
        place={place}
        subtasks={Math.max(0, ...chosen.map(({ parallelism }) => parallelism))}
        past={past}
        over={over}
        copyText={() => linesText(lines, (id) => titles.get(id ?? '') ?? '')}
        change={(next) =>
          void navigate({ replace: true, search: (now) => withoutDefaults({ ...now, ...next }) })
        }
      />
      {lines.length === 0 ? (
        <p className="page-body prose second">{nothing(all.length, past, over)}</p>
      ) : (
        <LogList
          lines={lines}
          titles={titles}
          q={q}
          marked={markedAt < 0 ? null : markedAt}
          follow={follow}
          setFollow={setFollow}
        />
      )}
    </>
  );
}

function nothing(all: number, past: string | null, over: boolean): string {
  if (all > 0) return 'No line is of that level and place. Choose others to see the rest.';
  if (past !== null) return `Nothing was printed in ${past}, or it is no longer kept.`;
  if (over) return 'Nothing was printed, or it is no longer kept.';
  return 'Nothing was printed yet. What the program and its operators write to the console appears here.';
}

function withoutDefaults<T extends { q?: string; level?: string }>(search: T): T {
  const { q, level, ...rest } = search;
  return {
    ...rest,
    ...(q ? { q } : {}),
    ...(level !== undefined && level !== 'debug' ? { level } : {}),
  } as T;
}
