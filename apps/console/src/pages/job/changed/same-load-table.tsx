/** What both versions cost while their sources read about as much. */
import type { Deployment, JobHistory } from '@weir/console-protocol';
import { FigureText } from '../../../components/figure-text.tsx';
import { countFigure, figureText } from '../../../model/figures/figures.ts';
import { sameLoad } from '../../../model/changes/same-load.ts';

export interface SameLoadProps {
  readonly before: Deployment;
  readonly after: Deployment;
  readonly old: JobHistory | null;
  readonly recent: JobHistory;
}

export function SameLoadTable({ before, after, old, recent }: SameLoadProps) {
  const comparison = old === null ? ({ kind: 'unknown' } as const) : sameLoad(old, recent);
  return (
    <section className="changed-load" aria-label="At the same load">
      <div className="section-head">
        <h2>At the same load</h2>
        {comparison.kind === 'same' && (
          <span className="right micro">{comparison.seconds} s of each</span>
        )}
      </div>
      {comparison.kind === 'unknown' && (
        <p className="small second">
          Of one of them there is too little history to compare: it has to read for some seconds.
        </p>
      )}
      {comparison.kind === 'apart' && (
        <p className="small second">
          Their loads never met: version {before.version} read {rates(comparison.before)}, version{' '}
          {after.version} {rates(comparison.after)}.
        </p>
      )}
      {comparison.kind === 'same' && (
        <table>
          <caption className="hidden-text">Means of both versions at the same load</caption>
          <thead>
            <tr>
              <th scope="col">Figure</th>
              <th scope="col" className="num">
                v{before.version}
              </th>
              <th scope="col" className="num">
                v{after.version}
              </th>
              <th scope="col" className="num">
                Change
              </th>
            </tr>
          </thead>
          <tbody>
            {comparison.rows.map(({ label, before: was, after: is, change, much }) => (
              <tr key={label}>
                <th scope="row" className="second">
                  {label}
                </th>
                <td className="num second">
                  <FigureText figure={was} />
                </td>
                <td className="num">
                  <FigureText figure={is} />
                </td>
                <td className={much ? 'num tone-warn' : change === '0' ? 'num zero' : 'num'}>
                  {change}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function rates([low, high]: readonly [number, number]): string {
  const text = (rate: number) => figureText(countFigure(rate, 'rec/s'));
  return `${text(low)} to ${text(high)}`;
}
