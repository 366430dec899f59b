/** One savepoint: of which job, how old and large, whether it fits, what can be done with it. */
import type { SavepointEntry } from '@weir/console-protocol';
import { Link, useNavigate } from '@tanstack/react-router';
import { Bookmark, Check, RotateCcw, Trash2, TriangleAlert } from 'lucide-react';
import { CopyButton } from '../../components/copy-button.tsx';
import { FigureText } from '../../components/figure-text.tsx';
import { StateWord } from '../../components/state-word.tsx';
import { dayAndTime, utcTime } from '../../model/time/clock-time.ts';
import { ageFigure, bytesFigure, exact, figureText } from '../../model/figures/figures.ts';
import { nameOfPath, savepointFit } from '../../model/operate/savepoint-fit.ts';
import { setAction } from '../job/actions/open-action.ts';

export interface SavepointRowProps {
  readonly entry: SavepointEntry;
  readonly now: number;
  readonly dispose: () => void;
}

export function SavepointRow({ entry, now, dispose }: SavepointRowProps) {
  const { path, jobId, jobName, jobState, checkpointId, completedAt, bytes, operators } = entry;
  const age = ageFigure(now - completedAt);
  return (
    <tr>
      <th scope="row">
        <Bookmark className="tone-accent" aria-hidden="true" /> #{checkpointId}
        <span className="path" title={path}>
          <code>{nameOfPath(path)}</code>
          <CopyButton text={path} label={`Copy the path of #${checkpointId}`} />
        </span>
      </th>
      <td>
        {jobState === null ? (
          <span className="second">{jobName}</span>
        ) : (
          <Link to="/c/embedded/jobs/$jobId/checkpoints" params={{ jobId }}>
            {jobName}
          </Link>
        )}{' '}
        {jobState === null ? (
          <small>forgotten by this server</small>
        ) : (
          <StateWord state={jobState} />
        )}
      </td>
      <td title={utcTime(completedAt)}>
        {figureText(age)} ago <small>{dayAndTime(completedAt, now)}</small>
      </td>
      <td className="num">
        <FigureText figure={bytesFigure(bytes)} title={exact(bytes, 'bytes')} />
      </td>
      <td className="num">{operators}</td>
      <Fit entry={entry} />
      <RowActions entry={entry} dispose={dispose} />
    </tr>
  );
}

function Fit({ entry }: { entry: SavepointEntry }) {
  const { tone, text, detail } = savepointFit(entry);
  const Icon = tone === 'ok' ? Check : TriangleAlert;
  return (
    <td className="fit" title={detail}>
      {tone !== 'plain' && <Icon className={`tone-${tone}`} aria-hidden="true" />}
      <span>{text}</span>
      {detail !== '' && <small>{detail}</small>}
    </td>
  );
}

function RowActions({ entry, dispose }: { entry: SavepointEntry; dispose: () => void }) {
  const { jobId, jobState, path, checkpointId, neededBy } = entry;
  const navigate = useNavigate();
  const restart = () => {
    setAction({ jobId, action: 'restart', from: path });
    void navigate({ to: '/c/embedded/jobs/$jobId/checkpoints', params: { jobId } });
  };
  const needy = neededBy[0];
  return (
    <td className="row-actions">
      <button
        type="button"
        className="btn sm"
        disabled={jobState === null}
        title={jobState === null ? 'This server has forgotten its job' : undefined}
        aria-label={`Restart from it… #${checkpointId}`}
        onClick={restart}
      >
        <RotateCcw aria-hidden="true" />
        Restart from it…
      </button>
      <button
        type="button"
        className="btn sm danger"
        disabled={needy !== undefined}
        title={needy === undefined ? undefined : `${needy.name} would need it if it failed now`}
        aria-label={`Dispose… #${checkpointId}`}
        onClick={dispose}
      >
        <Trash2 aria-hidden="true" />
        Dispose…
      </button>
    </td>
  );
}
