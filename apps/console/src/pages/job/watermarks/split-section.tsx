/** The splits that the sources read: found, ordered, and what is said where there are none. */
import type { JobSplits } from '@weir/console-protocol';
import { Notice } from '../../../components/notice.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { useMoment } from '../../../frame/use-moment.ts';
import { useJob } from '../../../live/use-live.ts';
import { isTerminal } from '../../../model/jobs/job-state.ts';
import {
  bySize,
  type SplitOrder,
  type SplitTrend,
} from '../../../model/watermarks/split-trends.ts';
import { SplitTable } from './split-table.tsx';
import { SearchField } from '../../../components/search-field.tsx';

export interface SplitSectionProps {
  /** All of them, whatever is looked for; null while nothing is known. */
  readonly answer: JobSplits | null;
  readonly error: string | null;
  readonly retry: () => void;
  readonly trends: readonly SplitTrend[];
  readonly find: string;
  readonly order: SplitOrder;
  readonly change: (next: { split?: string; by?: SplitOrder }) => void;
}

export function SplitSection(props: SplitSectionProps) {
  const { answer, find, order, change } = props;
  return (
    <section className="splits" aria-label="Source splits">
      <div className="section-head">
        <h2>Source splits</h2>
        {answer !== null && <span className="micro quiet-text">{countsOf(answer)}</span>}
        <span className="right">
          <SearchField
            className="sm"
            label="Find a split"
            value={find}
            change={(text) => change({ split: text })}
          />
          <span className="segments sm">
            {(['seconds', 'records'] as const).map((one) => (
              <button
                key={one}
                type="button"
                aria-pressed={order === one}
                onClick={() => change({ by: one })}
              >
                {one === 'seconds' ? 'Seconds' : 'Records'}
              </button>
            ))}
          </span>
        </span>
      </div>
      <Content {...props} />
    </section>
  );
}

function Content({ answer, error, retry, trends, find, order }: SplitSectionProps) {
  const moment = useMoment();
  const over = useJob(({ latest }) => latest !== null && isTerminal(latest.state));
  if (over || moment.kind !== 'live') {
    return (
      <p className="section say">
        {over ? 'The job has ended; nothing is read any more. ' : ''}Single splits are seen live
        only; of the past, the charts above keep their sums.
      </p>
    );
  }
  if (error !== null) {
    return (
      <Notice title="The splits could not be read." retry={retry}>
        {error} The job is not touched by this.
      </Notice>
    );
  }
  if (answer === null) return <Skeleton lines={5} />;
  if (answer.sources.length === 0) {
    return (
      <p className="section say">
        {answer.answered < answer.expected
          ? 'The sources of this job do not report splits: they generate their records.'
          : 'No source has a split yet.'}
      </p>
    );
  }
  if (trends.length === 0 && find !== '') {
    return <p className="section say">No split’s name contains “{find}”.</p>;
  }
  const all = answer.sources.reduce((sum, { total }) => sum + total, 0);
  return (
    <>
      <SplitTable answer={answer} trends={bySize(trends, order, find)} order={order} />
      {find === '' && trends.length < all && (
        <p className="section micro quiet-text">
          The {trends.length} farthest behind of {all}; find the others by name.
        </p>
      )}
    </>
  );
}

function countsOf({ sources }: JobSplits): string {
  const sum = (pick: (source: JobSplits['sources'][number]) => number) =>
    sources.reduce((all, source) => all + pick(source), 0);
  const [total, idle, finished] = [
    sum((source) => source.total),
    sum((source) => source.idle),
    sum((source) => source.finished),
  ];
  const of = sources.length === 1 ? '' : ` of ${sources.length} sources`;
  const parts = [`${total === 1 ? '1 split' : `${total} splits`}${of}`];
  parts.push(`${total - idle - finished} active`);
  if (idle > 0) parts.push(`${idle} idle`);
  if (finished > 0) parts.push(`${finished} at the end`);
  return parts.join(', ');
}
