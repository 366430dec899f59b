/** Beside the checkpoints: the phases, percentiles, failures and restores, configuration. */
import { LONG_MAX } from '@weir/flink-rest';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useJobStore } from '../../../live/use-live.ts';
import { isSlow } from '../../../model/checkpoints/checkpoint-history.ts';
import { PHASES } from '../../../model/checkpoints/checkpoint-phases.ts';
import {
  checkpointPercentiles,
  PERCENTILES,
} from '../../../model/checkpoints/checkpoint-percentiles.ts';
import { type CheckpointRecord, endOf } from '../../../model/checkpoints/checkpoint-record.ts';
import { clockTime } from '../../../model/time/clock-time.ts';
import { bytesFigure, durationFigure, figureText } from '../../../model/figures/figures.ts';
import { checkpointConfigQuery } from '../../../rest/job-queries.ts';
import type { CheckpointsShown } from './use-checkpoints.ts';

const MEANINGS = {
  startDelay: 'barrier waits in channels',
  alignment: 'waits for the other inputs',
  sync: 'records stand still',
  async: 'written beside the stream',
} as const;

export interface CheckpointSideProps {
  readonly shown: CheckpointsShown;
  readonly pick: (id: number) => void;
}

export function CheckpointSide({ shown, pick }: CheckpointSideProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: reached to be scrolled
    <aside aria-label="About the checkpoints" tabIndex={0}>
      <section className="section" aria-label="Phases">
        <div className="section-head">
          <h2>Phases</h2>
        </div>
        <dl className="phases">
          {PHASES.map(({ name, label }) => (
            <div key={name}>
              <i className={`swatch phase-${name}`} aria-hidden="true" />
              <dt>{label}</dt>
              <dd>{MEANINGS[name]}</dd>
            </div>
          ))}
          <div>
            <i className="swatch phase-rest" aria-hidden="true" />
            <dt>the rest</dt>
            <dd>on its way, until acknowledged</dd>
          </div>
        </dl>
      </section>
      <Summary records={shown.records} />
      <FailedAndRestored shown={shown} pick={pick} />
      <Configuration />
    </aside>
  );
}

const HEADS = PERCENTILES.map((p) => (p === 100 ? 'max' : `p${p}`));

function Summary({ records }: { records: readonly CheckpointRecord[] }) {
  const rows = useMemo(() => checkpointPercentiles(records), [records]);
  const completed = records.filter(({ status }) => status === 'COMPLETED').length;
  return (
    <section className="section" aria-label="Summary">
      <div className="section-head">
        <h2>Summary</h2>
        <span className="right micro">
          {completed === 1 ? 'one completed' : `the last ${completed} completed`}
        </span>
      </div>
      <table className="plain">
        <caption className="hidden-text">Percentiles over the last completed checkpoints</caption>
        <thead>
          <tr>
            <td />
            {HEADS.map((head) => (
              <th key={head} scope="col" className="num">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ label, unit, values }) => (
            <tr key={label}>
              <th scope="row">{label}</th>
              {values.map((value, at) => (
                <td key={HEADS[at]} className={`num ${stands(unit, values, at)}`}>
                  {figureText(unit === 'ms' ? durationFigure(value) : bytesFigure(value))}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** A worst one that nineteen of twenty stay far below. */
function stands(unit: string, values: readonly (number | null)[], at: number): string {
  if (unit !== 'ms' || PERCENTILES[at] !== 100) return '';
  return isSlow(values[at] ?? 0, values[PERCENTILES.indexOf(95)] ?? null) ? 'tone-warn' : '';
}

const LISTED_MAX = 8;

/** On one line of time, newest first; a failed one opens in the detail. */
function FailedAndRestored({ shown, pick }: CheckpointSideProps) {
  const failed = shown.records.filter(({ status }) => status === 'FAILED').slice(0, LISTED_MAX);
  const restored = shown.restored.slice(0, LISTED_MAX);
  const entries = [
    ...failed.map((item) => ({ t: endOf(item), element: <Failed item={item} pick={pick} /> })),
    ...restored.map((item) => ({
      t: item.restore_timestamp,
      element: <Restored item={item} />,
    })),
  ].sort((a, b) => b.t - a.t);
  return (
    <section className="section" aria-label="Failed and restored">
      <div className="section-head">
        <h2>Failed and restored</h2>
      </div>
      <div className="events">
        {entries.map(({ t, element }) => (
          <div key={t}>{element}</div>
        ))}
        {entries.length === 0 && <p>None failed, and the job was not restored from any.</p>}
      </div>
    </section>
  );
}

function Failed({ item, pick }: { item: CheckpointRecord; pick: (id: number) => void }) {
  const silent = item.num_subtasks - item.num_acknowledged_subtasks;
  return (
    <>
      <button type="button" className="link tone-fail" onClick={() => pick(item.id)}>
        #{item.id} failed
      </button>{' '}
      <time className="quiet-text">{clockTime(endOf(item))}</time>
      <p>
        {item.failure_message ?? 'The server gave no reason.'}
        {silent > 0 && ` ${silent} of ${item.num_subtasks} never acknowledged.`}
      </p>
    </>
  );
}

function Restored({ item }: { item: CheckpointsShown['restored'][number] }) {
  return (
    <>
      <strong>
        Restored {item.is_savepoint ? 'from savepoint ' : ''}#{item.id}
      </strong>{' '}
      <time className="quiet-text">{clockTime(item.restore_timestamp)}</time>
      {item.external_path != null && <p className="mono">{item.external_path}</p>}
    </>
  );
}

function Configuration() {
  const { jobId } = useJobStore();
  const { data } = useQuery(checkpointConfigQuery(jobId));
  if (data === undefined) return null;
  const ms = (value: number) => figureText(durationFigure(value));
  const { enabled, delete_on_cancellation: deleted } = data.externalization;
  const pairs: readonly [string, string][] = [
    ['Mode', data.mode.replace(/_/g, ' ')],
    ['Interval', data.interval >= LONG_MAX / 2 || data.interval <= 0 ? 'off' : ms(data.interval)],
    ['Timeout', ms(data.timeout)],
    ['Pause between', data.min_pause === 0 ? 'none' : ms(data.min_pause)],
    ['At once', `${data.max_concurrent}`],
    ['Unaligned', data.unaligned_checkpoints ? 'on' : 'off'],
    ['Tolerated failures', `${data.tolerable_failed_checkpoints}`],
    ['On cancel', enabled && !deleted ? 'kept' : 'deleted'],
    ['State', data.state_backend],
    ['Storage', data.checkpoint_storage],
  ];
  return (
    <section className="section" aria-label="Configuration">
      <div className="section-head">
        <h2>Configuration</h2>
      </div>
      <dl className="pairs">
        {pairs.map(([key, value]) => [
          <dt key={`${key}-name`}>{key}</dt>,
          <dd key={key} title={value}>
            {value}
          </dd>,
        ])}
      </dl>
    </section>
  );
}
