/** From what a job is started: a known checkpoint or savepoint, a path, or nothing. */
import { Bookmark } from 'lucide-react';
import { useId } from 'react';
import { useNow } from '../../../components/use-now.ts';
import { dayAndTime } from '../../../model/time/clock-time.ts';
import { ageFigure, bytesFigure, figureText } from '../../../model/figures/figures.ts';
import type { RestorePoint } from '../../../model/operate/restore-points.ts';
import type { RestoreSource } from '../../../model/operate/rerun-wish.ts';

export interface RestoreChoiceProps {
  readonly points: readonly RestorePoint[];
  /** The job runs: a savepoint can be taken as it stops. */
  readonly runs: boolean;
  readonly source: RestoreSource;
  readonly choose: (source: RestoreSource) => void;
}

export function RestoreChoice({ points, runs, source, choose }: RestoreChoiceProps) {
  const first = firstSource(points, runs);
  const known = points.length + (runs ? 1 : 0);
  const inList = source.kind === 'now' || source.kind === 'point';
  return (
    <>
      <div className="form-row">
        <span>From</span>
        <span>
          <span className="segments" role="radiogroup" aria-label="From">
            <Segment on={inList} disabled={known === 0} choose={() => choose(first)}>
              {`Known ${known}`}
            </Segment>
            <Segment on={source.kind === 'path'} choose={() => choose({ kind: 'path', path: '' })}>
              Path
            </Segment>
            <Segment on={source.kind === 'none'} choose={() => choose({ kind: 'none' })}>
              No state
            </Segment>
          </span>
        </span>
      </div>
      {inList && <KnownList {...{ points, runs, source, choose }} />}
      {source.kind === 'path' && (
        <label className="form-row">
          <span>Path</span>
          <span className="field">
            <input
              value={source.path}
              placeholder="/data/savepoints/savepoint-…"
              onChange={(event) => choose({ kind: 'path', path: event.target.value })}
            />
          </span>
        </label>
      )}
    </>
  );
}

/** What is chosen when nobody has chosen yet: as little as possible is read again. */
export function firstSource(points: readonly RestorePoint[], runs: boolean): RestoreSource {
  if (runs) return { kind: 'now' };
  const newest = points[0];
  return newest === undefined ? { kind: 'none' } : { kind: 'point', point: newest };
}

interface SegmentProps {
  readonly on: boolean;
  readonly disabled?: boolean;
  readonly choose: () => void;
  readonly children: string;
}

function Segment({ on, disabled = false, choose, children }: SegmentProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a segmented control, not a form field
    <button type="button" role="radio" aria-checked={on} disabled={disabled} onClick={choose}>
      {children}
    </button>
  );
}

function KnownList({ points, runs, source, choose }: RestoreChoiceProps) {
  const now = useNow();
  const name = useId();
  const chosen = source.kind === 'point' ? source.point.path : null;
  return (
    <fieldset className="restore-points" aria-label="Known checkpoints and savepoints">
      {runs && (
        <label className="restore-point">
          <input
            type="radio"
            name={name}
            checked={source.kind === 'now'}
            onChange={() => choose({ kind: 'now' })}
          />
          <Bookmark className="tone-accent" aria-hidden="true" />
          <b>Now</b>
          <span>a savepoint, taken as it stops</span>
        </label>
      )}
      {points.map((point) => (
        <label className="restore-point" key={point.path} title={point.path}>
          <input
            type="radio"
            name={name}
            checked={chosen === point.path}
            onChange={() => choose({ kind: 'point', point })}
          />
          {point.savepoint ? (
            <Bookmark className="tone-accent" aria-hidden="true" />
          ) : (
            <i className="checkpoint-mark" aria-hidden="true" />
          )}
          <b>#{point.id}</b>
          <span>{point.note}</span>
          <span className="num" title={dayAndTime(point.atMs, now)}>
            {figureText(ageFigure(now - point.atMs))} ago
          </span>
          <span className="num">{figureText(bytesFigure(point.bytes))}</span>
        </label>
      ))}
    </fieldset>
  );
}
