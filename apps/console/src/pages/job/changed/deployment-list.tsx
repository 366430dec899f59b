/** The versions of the job; one of them is compared, one can be gone back to. */
import type { Deployment } from '@weir/console-protocol';
import { Link } from '@tanstack/react-router';
import { RotateCcw } from 'lucide-react';
import { StateWord } from '../../../components/state-word.tsx';
import { useNow } from '../../../components/use-now.ts';
import { dayAndTime, utcTime } from '../../../model/time/clock-time.ts';
import { stateFit } from '../../../model/changes/deployment-changes.ts';
import { ageFigure, durationFigure, figureText } from '../../../model/figures/figures.ts';
import { momentSearch } from '../../../model/time/moment.ts';
import { actorWords } from '../../../model/timeline/timeline-words.ts';
import { setAction } from '../actions/open-action.ts';

export interface DeploymentListProps {
  /** Newest first. */
  readonly all: readonly Deployment[];
  readonly shown: Deployment;
  readonly compared: Deployment | null;
  readonly compare: (one: Deployment) => void;
}

export function DeploymentList({ all, shown, compared, compare }: DeploymentListProps) {
  const now = useNow();
  const first = all.at(-1);
  const span = first === undefined ? 0 : now - first.submittedAt;
  return (
    <section className="changed-list" aria-label="Deployments">
      <div className="section-head">
        <h2>Deployments</h2>
        <span className="right micro">
          {all.length} in {figureText(durationFigure(Math.floor(span / 60_000) * 60_000))}
        </span>
      </div>
      <ol>
        {all.map((one) => (
          <Row
            key={one.jobId}
            one={one}
            now={now}
            look={one === shown ? 'shown' : one === compared ? 'compared' : ''}
            compare={compare}
          />
        ))}
      </ol>
      {compared !== null && compared.submittedAt < shown.submittedAt && (
        <div className="changed-back">
          <p className="small second">{stateFit(shown, compared)}</p>
          <button
            type="button"
            className="btn"
            disabled={!compared.programKept}
            title={compared.programKept ? undefined : 'Its program is no longer kept.'}
            onClick={() => setAction({ jobId: shown.jobId, action: 'restart', back: compared })}
          >
            <RotateCcw aria-hidden="true" />
            Go back to version {compared.version}…
          </button>
        </div>
      )}
    </section>
  );
}

interface RowProps {
  readonly one: Deployment;
  readonly now: number;
  readonly look: string;
  readonly compare: (one: Deployment) => void;
}

function Row({ one, now, look, compare }: RowProps) {
  const { jobId, version, state, submittedAt, endedAt, by, artifactSha256, restarts } = one;
  const ran = figureText(ageFigure((endedAt ?? now) - submittedAt));
  return (
    <li className={look}>
      <Link
        to="/c/embedded/jobs/$jobId/what-changed"
        params={{ jobId }}
        search={momentSearch({ kind: 'live' })}
        aria-current={look === 'shown' ? 'true' : undefined}
      >
        v{version}
      </Link>
      <StateWord state={state} />
      <code title={artifactSha256}>{artifactSha256.slice(0, 7)}</code>
      <small title={utcTime(submittedAt)}>
        {dayAndTime(submittedAt, now)} {actorWords(by)}
      </small>
      <small className="num">
        {ran}
        {restarts === 0 ? '' : restarts === 1 ? ', 1 restart' : `, ${restarts} restarts`}
      </small>
      {look === '' && (
        <button type="button" className="link" onClick={() => compare(one)}>
          Compare
        </button>
      )}
      {look === 'compared' && <span className="micro">compared</span>}
    </li>
  );
}
