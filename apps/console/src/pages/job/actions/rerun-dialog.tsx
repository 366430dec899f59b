/**
 * Restart and rescale: the job's program is started again as a new job, from a checkpoint or
 * savepoint, at a parallelism, with arguments. A running job is stopped first.
 */
import type { Deployment, RerunRequestInput } from '@weir/console-protocol';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { Dialog } from '../../../components/dialog.tsx';
import { useNow } from '../../../components/use-now.ts';
import { useJob, useJobStore } from '../../../live/use-live.ts';
import { joinArguments } from '../../../model/operate/argument-text.ts';
import {
  pointSource,
  versionFirst,
  versionPoints,
  versionRows,
} from '../../../model/changes/earlier-version.ts';
import { standsStill } from '../../../model/jobs/job-state.ts';
import { restorePoints, savepointPoints } from '../../../model/operate/restore-points.ts';
import { checkpointConfigQuery, checkpointsQuery } from '../../../rest/job-queries.ts';
import { savepointsQuery } from '../../../rest/savepoints.ts';
import { jobInfoQuery } from '../../../rest/weir-client.ts';
import { followRerun } from './follow-rerun.ts';
import { ParallelismField } from './parallelism-field.tsx';
import {
  type Consequence,
  consequences,
  downTime,
  rerunRequestOf,
  type RerunSubject,
  type RestoreSource,
  sourceName,
  wishProblem,
} from '../../../model/operate/rerun-wish.ts';
import { RescaleOperators } from './rescale-operators.tsx';
import { RescalePreview } from './rescale-preview.tsx';
import { firstSource, RestoreChoice } from './restore-choice.tsx';

export interface RerunDialogProps {
  readonly jobId: string;
  readonly name: string;
  readonly state: string;
  /** Asks for the parallelism first, and for no arguments. */
  readonly rescale: boolean;
  /** The earlier version to go back to. */
  readonly back: Deployment | null;
  /** The savepoint to begin with; null = what is usual. */
  readonly from: string | null;
  readonly close: () => void;
}

export function RerunDialog(props: RerunDialogProps) {
  const { jobId, name, state, rescale, back, from, close } = props;
  const rerun = useRerun(jobId, name, rescale);
  const { subject, points, lastTookMs, restartMs } = useSubject(jobId, state, back);
  const now = useNow();
  const [chosen, choose] = useState<RestoreSource | null>(null);
  const [typedParallelism, setParallelism] = useState<string | null>(null);
  const [typedArgs, setArgs] = useState<string | null>(null);
  const [last] = back === null ? [] : versionPoints(back);
  const usual = last === undefined ? firstSource(points, !subject.ended) : pointSource(last);
  const named = points.find(({ path }) => path === from);
  const asked: RestoreSource | null = from === null ? null : { kind: 'path', path: from };
  const source = chosen ?? (named === undefined ? (asked ?? usual) : pointSource(named));
  const presets = usePresets(subject);
  const parallelism =
    typedParallelism ?? `${(rescale ? presets.at(-1) : undefined) ?? subject.parallelism}`;
  const args = typedArgs ?? subject.args;
  const wish = { source, parallelism, args };
  const unchanged = rescale && Number(parallelism) === subject.parallelism;
  const unfit = wishProblem(wish, subject) !== null;
  const problem = wishProblem(wish, subject) ?? (unchanged ? `It is ×${parallelism} now.` : null);
  const submit = () => {
    if (problem !== null) return;
    close();
    void rerun({ ...rerunRequestOf(wish, subject), ...programOf(back) });
  };
  const field = (
    <ParallelismField
      value={parallelism}
      change={setParallelism}
      subject={subject}
      presets={presets}
    />
  );
  return (
    <Dialog
      title={titleOf(name, rescale, back)}
      close={close}
      submit={submit}
      footer={
        <>
          <button type="button" className="btn" onClick={close}>
            Not now
          </button>
          <button
            type="submit"
            className="btn primary"
            disabled={problem !== null}
            title={problem ?? undefined}
          >
            {rescale
              ? `Rescale${unfit ? '' : ` to ×${parallelism}`}`
              : `Restart from ${sourceName(source)}`}
          </button>
        </>
      }
    >
      {rescale && field}
      {rescale && !unfit && (
        <RescaleOperators from={subject.parallelism} to={Number(parallelism)} />
      )}
      <RestoreChoice points={points} runs={!subject.ended} source={source} choose={choose} />
      {!rescale && field}
      {!rescale && <ArgumentsField value={args} change={setArgs} />}
      {rescale && !subject.ended && !unfit && (
        <RescalePreview
          jobId={jobId}
          from={subject.parallelism}
          to={Number(parallelism)}
          down={downTime(source, lastTookMs, restartMs)}
        />
      )}
      <ConsequenceList
        rows={[...versionRows(back, now), ...consequences(wish, subject, now, lastTookMs)]}
      />
      {problem !== null && !unchanged && (
        <p className="form-problem" role="status">
          {problem}
        </p>
      )}
    </Dialog>
  );
}

function ArgumentsField({ value, change }: { value: string; change: (value: string) => void }) {
  return (
    <label className="form-row">
      <span>Arguments</span>
      <span className="field">
        <input
          value={value}
          placeholder="none"
          spellCheck={false}
          onChange={(event) => change(event.target.value)}
        />
      </span>
    </label>
  );
}

function ConsequenceList({ rows }: { rows: readonly Consequence[] }) {
  return (
    <dl className="consequences" aria-label="What will happen">
      {rows.map(({ term, text, warn }) => (
        <div key={term}>
          <dt>{term}</dt>
          <dd className={warn ? 'tone-warn' : undefined}>{text}</dd>
        </div>
      ))}
    </dl>
  );
}

/** What is started again, and from where it could be. */
function useSubject(jobId: string, state: string, back: Deployment | null) {
  const ended = standsStill(state);
  const { data: checkpoints } = useQuery(checkpointsQuery(jobId));
  const { data: config } = useQuery(checkpointConfigQuery(jobId));
  const { data: info } = useQuery(jobInfoQuery(jobId));
  const { data: savepoints } = useQuery(savepointsQuery('', jobId));
  const shape = useJob(({ topology }) => {
    const vertices = topology?.vertices ?? [];
    return {
      parallelism: Math.max(1, ...vertices.map(({ parallelism }) => parallelism)),
      maxParallelism: Math.min(32_768, ...vertices.map(({ maxParallelism }) => maxParallelism)),
    };
  });
  const subject: RerunSubject = {
    ended,
    suspended: state === 'SUSPENDED',
    ...shape,
    args: joinArguments(back?.args ?? info?.args ?? []),
    ...(back === null ? {} : { parallelism: back.parallelism }),
  };
  const keptOnCancel = config?.externalization.delete_on_cancellation === false;
  const known =
    checkpoints === undefined ? [] : restorePoints(checkpoints, { ended, keptOnCancel });
  const own = [...known, ...savepointPoints(savepoints?.savepoints ?? [], known, jobId)];
  const points = back === null ? own : versionFirst(back, own);
  return {
    subject,
    points,
    lastTookMs: checkpoints?.latest.completed?.end_to_end_duration ?? null,
    restartMs: info?.restartMs ?? null,
  };
}

/** Half as many more and twice as many, where something limits the job and could be spread. */
function usePresets({ parallelism, maxParallelism }: RerunSubject): number[] {
  const store = useJobStore();
  // As it was when the dialog was opened: a verdict that comes or goes must not change the form.
  const [limited] = useState(() => {
    const { topology, latest } = store;
    const cause = latest?.bottleneck?.cause;
    const id = latest?.bottleneck?.vertexId;
    const vertex = topology?.vertices.find((one) => one.id === id);
    const spreads = cause !== 'skew' && cause !== 'machine';
    return spreads ? (vertex?.parallelism ?? null) : null;
  });
  if (limited !== parallelism) return [];
  const more = [Math.ceil(parallelism * 1.5), parallelism * 2];
  return [...new Set(more)].filter((wanted) => wanted <= maxParallelism);
}

function programOf(back: Deployment | null) {
  return back === null ? {} : { programOf: back.jobId };
}

function titleOf(name: string, rescale: boolean, back: Deployment | null): string {
  if (back !== null) return `Go back to version ${back.version} of ${name}`;
  return rescale ? `Rescale ${name}` : `Restart ${name}`;
}

/** Follows the rerun as a toast, and shows the new job once there is one. */
function useRerun(jobId: string, name: string, rescale: boolean) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  return (request: RerunRequestInput): Promise<void> => {
    const to = request.parallelism === undefined ? '' : ` at ×${request.parallelism}`;
    const words = {
      title: rescale ? `Rescaling ${name}${to.replace(' at', ' to')}` : `Restarting ${name}${to}`,
      done: `${name} runs again${to}`,
      failed: rescale ? `${name} was not rescaled` : `${name} was not restarted`,
    };
    return followRerun(queries, jobId, request, words, (started) => {
      void navigate({ to: '/c/embedded/jobs/$jobId/graph', params: { jobId: started } });
    });
  };
}
