/** The last sixty checkpoints as bars: height is duration, colour is status. */
import { useQueryClient } from '@tanstack/react-query';
import { Bookmark, X } from 'lucide-react';
import { useState } from 'react';
import { useNow } from '../../../components/use-now.ts';
import { useJob, useJobStore } from '../../../live/use-live.ts';
import { type StripBar, stripBars } from '../../../model/checkpoints/checkpoint-history.ts';
import { clockTime } from '../../../model/time/clock-time.ts';
import { durationFigure, figureText } from '../../../model/figures/figures.ts';
import { triggerCheckpoint } from '../../../rest/job-triggers.ts';
import { followAction } from '../actions/follow-action.ts';
import { SavepointDialog } from '../actions/savepoint-dialog.tsx';
import type { CheckpointsShown } from './use-checkpoints.ts';

export interface CheckpointStripProps {
  readonly shown: CheckpointsShown;
  readonly chosen: number | null;
  readonly pick: (id: number) => void;
}

const WORDS: Readonly<Record<StripBar['tone'], string>> = {
  completed: 'completed',
  slow: 'completed, over twice the median',
  failed: 'failed',
  savepoint: 'savepoint',
  running: 'in progress',
};

export function CheckpointStrip({ shown, chosen, pick }: CheckpointStripProps) {
  const now = useNow();
  const bars = stripBars(shown.items, now);
  const { total, completed, failed, in_progress: running } = shown.counts;
  const place = bars.findIndex(({ id }) => id === chosen);
  // A number is two bars wide, and would run into the mark of the chosen one.
  const besideChosen = (at: number) => place === at + 1 || place === at + 2;
  return (
    <section className="section" aria-label="Last 60 checkpoints">
      <div className="section-head">
        <h2>Last 60 checkpoints</h2>
        <span className="legend">
          <span>
            <i className="swatch" style={{ background: 'var(--fill-50)' }} />
            completed
          </span>
          <span>
            <i className="swatch" style={{ background: 'var(--warn-fill)' }} />
            over 2× the median
          </span>
          <span>
            <i className="swatch dashed" />
            failed
          </span>
          <span>
            <i className="swatch" style={{ background: 'var(--accent)' }} />
            savepoint
          </span>
          <span className="quiet-text">
            {total} triggered · {completed} completed · {failed} failed
            {running > 0 && ` · ${running} in progress`}
            {!shown.live && (shown.truncated ? ', of the last ones until then' : ' until then')}
          </span>
        </span>
        <span className="right">{shown.live && <Triggers />}</span>
      </div>
      <div className="checkpoint-strip">
        {bars.map((bar) => (
          <button
            key={bar.id}
            type="button"
            className={bar.tone}
            aria-pressed={bar.id === chosen}
            aria-label={describe(bar)}
            title={describe(bar)}
            onClick={() => pick(bar.id)}
          >
            {bar.savepoint && <Bookmark aria-hidden="true" />}
            {bar.tone === 'failed' && <X aria-hidden="true" />}
            <i style={{ height: bar.tone === 'failed' ? 44 : 6 + Math.round(bar.height * 46) }} />
          </button>
        ))}
      </div>
      <div className="checkpoint-ids" aria-hidden="true">
        {bars.map(({ id }, at) => (
          <span key={id} className={id === chosen ? 'chosen' : undefined}>
            {id === chosen ? '▲' : labelled(id, at) && !besideChosen(at) ? `#${id}` : ''}
          </span>
        ))}
      </div>
    </section>
  );
}

/** Every tenth, and the first where it does not touch the next one. */
function labelled(id: number, at: number): boolean {
  return id % 10 === 0 || (at === 0 && id % 10 <= 7);
}

function describe({ id, tone, durationMs, triggeredAt, savepoint }: StripBar): string {
  const what = savepoint && tone !== 'savepoint' ? `savepoint, ${WORDS[tone]}` : WORDS[tone];
  const took = figureText(durationFigure(durationMs));
  return `#${id}, ${what}, ${took}, triggered ${clockTime(triggeredAt)}`;
}

function Triggers() {
  const queries = useQueryClient();
  const { jobId } = useJobStore();
  const { name, runs } = useJob(({ topology, latest }) => ({
    name: topology?.name ?? '',
    runs: latest?.state === 'RUNNING',
  }));
  const [asking, setAsking] = useState(false);
  const checkpoint = () => {
    const words = {
      title: `Checkpoint of ${name}`,
      begins: 'Asked for; waiting for the first acknowledgement.',
      done: 'Checkpoint completed',
      failed: 'The checkpoint failed',
      still: 'The job runs on, nothing is lost.',
    };
    void followAction(queries, jobId, words, () => triggerCheckpoint(jobId));
  };
  return (
    <>
      <button type="button" className="btn sm" disabled={!runs} onClick={checkpoint}>
        Trigger checkpoint
      </button>
      <button type="button" className="btn sm" disabled={!runs} onClick={() => setAsking(true)}>
        <Bookmark aria-hidden="true" />
        Trigger savepoint
      </button>
      {asking && <SavepointDialog jobId={jobId} name={name} close={() => setAsking(false)} />}
    </>
  );
}
