/** When the backlog will be gone, as it is and after a change of one number. */
import type { JobTopology } from '@weir/console-protocol';
import { FigureText } from '../../../components/figure-text.tsx';
import { JOB_COLUMNS } from '../../../live/job-store.ts';
import { STEADY_MS, steadyTick } from '../../../live/steady-tick.ts';
import { useJob } from '../../../live/use-live.ts';
import {
  type DrainRow,
  drainOutlook,
  type Outlook,
} from '../../../model/watermarks/drain-outlook.ts';
import { ringSlope } from '../../../model/figures/figure-notes.ts';
import { countFigure, durationFigure, figureText } from '../../../model/figures/figures.ts';

export function DrainPanel({ topology }: { topology: JobTopology }) {
  const { supply, backlog, rows, assumes } = useJob((store) => {
    const slope = ringSlope(store.job, JOB_COLUMNS.pendingRecords, STEADY_MS);
    return drainOutlook(topology, steadyTick(store), slope);
  }, topology);
  return (
    <section className="section" aria-label="When will it be drained?">
      <div className="section-head">
        <h2>When will it be drained?</h2>
        {supply !== null && (
          <span className="right micro">supply {figureText(countFigure(supply))}/s</span>
        )}
      </div>
      {backlog === null ? (
        <p className="say">The sources do not say what they have not read yet.</p>
      ) : (
        <table className="plain drain-table">
          <caption className="hidden-text">How long the backlog lasts</caption>
          <thead>
            <tr>
              <th scope="col">If</th>
              {['Reads/s', 'Lag/s', 'Drained in'].map((head) => (
                <th key={head} scope="col" className="num">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <Row key={row.change} row={row} />
            ))}
          </tbody>
        </table>
      )}
      {assumes !== '' && <p className="micro quiet-text">{assumes}</p>}
    </section>
  );
}

function Row({ row: { change, reads, slope, outlook } }: { row: DrainRow }) {
  const sign = slope !== null && slope > 0 ? '+' : '';
  return (
    <tr>
      <th scope="row">{change}</th>
      <td className="num">
        <FigureText figure={countFigure(reads)} />
      </td>
      <td className="num">
        {sign}
        <FigureText figure={countFigure(slope)} />
      </td>
      <td className={`num ${TONES[outlook.kind]}`}>{wordOf(outlook)}</td>
    </tr>
  );
}

const TONES: Readonly<Record<Outlook['kind'], string>> = {
  in: 'tone-ok',
  grows: 'tone-warn',
  empty: 'quiet-text',
  steady: '',
  unknown: 'quiet-text',
};

const WORDS: Readonly<Record<Exclude<Outlook['kind'], 'in'>, string>> = {
  grows: 'grows',
  empty: 'nothing waits',
  steady: 'steady',
  unknown: 'measuring',
};

function wordOf(outlook: Outlook): string {
  if (outlook.kind === 'in') return figureText(durationFigure(outlook.ms));
  return WORDS[outlook.kind];
}
