/** The first row: which job this is, its state, what can be done with it. */
import { Play } from 'lucide-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { CopyButton } from '../../components/copy-button.tsx';
import { StateWord } from '../../components/state-word.tsx';
import { useShownTimeAs } from '../../frame/use-moment.ts';
import type { JobStore } from '../../live/job-store.ts';
import { useJob, useJobs } from '../../live/use-live.ts';
import { dayAndTime, utcTime } from '../../model/time/clock-time.ts';
import { ageFigure, exact, figureText } from '../../model/figures/figures.ts';
import { isTerminal } from '../../model/jobs/job-state.ts';
import { jobInfoQuery } from '../../rest/weir-client.ts';
import { JobActions } from './actions/job-actions.tsx';

export function JobHead() {
  const head = useJob(({ topology, latest, jobId, past }) => ({
    jobId,
    name: topology?.name ?? '',
    startedAt: topology?.startedAt ?? 0,
    vertices: topology?.vertices.length ?? 0,
    subtasks: topology?.vertices.reduce((sum, vertex) => sum + vertex.parallelism, 0) ?? 0,
    shownState: latest?.state ?? null,
    past,
  }));
  const summary = useJobs((store) => {
    const job = store.job(head.jobId);
    return { state: job?.state ?? null, restarts: job?.restarts ?? 0, ended: job?.endedAt ?? null };
  }, head.jobId);
  const { past } = head;
  const present = summary.state ?? (past === null ? head.shownState : null) ?? 'CREATED';
  const state = past === null ? present : head.shownState;
  const over = state !== null && isTerminal(state);
  const restarts = useJob((store) => restartsIn(store));
  return (
    <div className="job-title">
      <h1 title={head.name}>{head.name}</h1>
      {state === null ? <span className="second">state unknown</span> : <StateWord state={state} />}
      <div className="job-meta">
        <span className="job-id">
          <code title={head.jobId}>{`${head.jobId.slice(0, 4)}…${head.jobId.slice(-4)}`}</code>
          <CopyButton text={head.jobId} label="Copy the job's id" />
        </span>
        <Version jobId={head.jobId} />
        <Uptime startedAt={head.startedAt} ended={over ? summary.ended : null} over={over} />
        <span className="optional">
          {past === null
            ? plural(summary.restarts, 'restart')
            : restarts !== null && `${plural(restarts, 'restart')} in the range`}
        </span>
        <span className="optional">
          {plural(head.vertices, 'vertex', 'vertices')}, {plural(head.subtasks, 'subtask')}
        </span>
      </div>
      {past !== null && (
        <span className="act-now" title="The past cannot be changed; what is done here is done now">
          <Play aria-hidden="true" />
          act on now
        </span>
      )}
      <JobActions jobId={head.jobId} name={head.name} state={present} />
    </div>
  );
}

/** Which submission of its name this is. */
function Version({ jobId }: { jobId: string }) {
  const { data } = useQuery(jobInfoQuery(jobId));
  if (data === undefined) return null;
  return (
    <Link to="/c/embedded/jobs/$jobId/what-changed" params={{ jobId }}>
      version {data.version}
    </Link>
  );
}

interface UptimeProps {
  readonly startedAt: number;
  readonly ended: number | null;
  readonly over: boolean;
}

function Uptime({ startedAt, ended, over }: UptimeProps) {
  const words = useShownTimeAs((now) => {
    const ran = figureText(ageFigure((ended ?? now) - startedAt));
    return `${over ? 'ran' : 'up'} ${ran}, submitted ${dayAndTime(startedAt, now)}`;
  }, `${startedAt} ${ended} ${over}`);
  return <span title={utcTime(startedAt)}>{words}</span>;
}

/** Of a range; null where the job's page shows an instant. */
function restartsIn({ past }: JobStore): number | null {
  if (past === null || past.from === past.to) return null;
  const { source, from, to } = past;
  return source.states.filter(
    (one) => one.state === 'RESTARTING' && one.from >= from && one.from <= to,
  ).length;
}

function plural(count: number, one: string, many = `${one}s`): string {
  return count === 1 ? `1 ${one}` : `${exact(count)} ${many}`;
}
