/** The first row: which job this is, its state, what can be done with it. */
import { CopyButton } from '../../components/copy-button.tsx';
import { StateWord } from '../../components/state-word.tsx';
import { useShownTime } from '../../frame/use-moment.ts';
import { useJob, useJobs } from '../../live/use-live.ts';
import { dayAndTime, utcTime } from '../../model/clock-time.ts';
import { durationFigure, figureText } from '../../model/figures.ts';
import { isTerminal } from '../../model/job-state.ts';
import { JobActions } from './actions/job-actions.tsx';

export function JobHead() {
  const head = useJob(({ topology, latest, jobId }) => ({
    jobId,
    name: topology?.name ?? '',
    startedAt: topology?.startedAt ?? 0,
    vertices: topology?.vertices.length ?? 0,
    subtasks: topology?.vertices.reduce((sum, vertex) => sum + vertex.parallelism, 0) ?? 0,
    liveState: latest?.state ?? null,
  }));
  const summary = useJobs((store) => {
    const job = store.job(head.jobId);
    return { state: job?.state ?? null, restarts: job?.restarts ?? 0, ended: job?.endedAt ?? null };
  }, head.jobId);
  const state = summary.state ?? head.liveState ?? 'CREATED';
  return (
    <div className="job-title">
      <h1>{head.name}</h1>
      <StateWord state={state} />
      <div className="job-meta">
        <span className="job-id">
          <code title={head.jobId}>{`${head.jobId.slice(0, 4)}…${head.jobId.slice(-4)}`}</code>
          <CopyButton text={head.jobId} label="Copy the job's id" />
        </span>
        <Uptime startedAt={head.startedAt} ended={summary.ended} over={isTerminal(state)} />
        <span className="optional">
          {summary.restarts === 1 ? '1 restart' : `${summary.restarts} restarts`}
        </span>
        <span className="optional">
          {plural(head.vertices, 'vertex', 'vertices')}, {plural(head.subtasks, 'subtask')}
        </span>
      </div>
      <JobActions jobId={head.jobId} name={head.name} state={state} />
    </div>
  );
}

interface UptimeProps {
  readonly startedAt: number;
  readonly ended: number | null;
  readonly over: boolean;
}

function Uptime({ startedAt, ended, over }: UptimeProps) {
  const now = useShownTime();
  const ms = Math.floor(Math.max(0, (ended ?? now) - startedAt) / 1000) * 1000;
  const ran = figureText(durationFigure(ms));
  return (
    <span title={utcTime(startedAt)}>
      {over ? `ran ${ran}` : `up ${ran}`}, submitted {dayAndTime(startedAt, now)}
    </span>
  );
}

function plural(count: number, one: string, many = `${one}s`): string {
  return count === 1 ? `1 ${one}` : `${count} ${many}`;
}
