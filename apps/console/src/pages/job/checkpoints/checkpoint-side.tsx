/** Beside the checkpoints: the phases, percentiles, failures and restores, configuration. */
import { LONG_MAX, type Checkpointing, type Statistics, wireNumber } from '@weir/flink-rest';
import { useQuery } from '@tanstack/react-query';
import { useJobStore } from '../../../live/use-live.ts';
import { PHASES } from '../../../model/checkpoint-phases.ts';
import { clockTime } from '../../../model/clock-time.ts';
import { bytesFigure, durationFigure, type Figure, figureText } from '../../../model/figures.ts';
import { checkpointConfigQuery } from '../../../rest/job-queries.ts';

const MEANINGS = {
  startDelay: 'barrier waits in channels',
  alignment: 'waits for the other inputs',
  sync: 'records stand still',
  async: 'written beside the stream',
} as const;

export function CheckpointSide({ data }: { data: Checkpointing }) {
  return (
    <aside aria-label="About the checkpoints">
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
        </dl>
      </section>
      <Summary data={data} />
      <FailedAndRestored data={data} />
      <Configuration />
    </aside>
  );
}

function Summary({ data }: { data: Checkpointing }) {
  const {
    end_to_end_duration: duration,
    state_size: full,
    checkpointed_size: written,
  } = data.summary;
  const rows: readonly [string, Statistics, (value: number | null) => Figure][] = [
    ['End to end', duration, durationFigure],
    ['Full size', full, bytesFigure],
    ['Written', written, bytesFigure],
  ];
  return (
    <section className="section" aria-label="Summary">
      <div className="section-head">
        <h2>Summary</h2>
        <span className="right micro">{data.counts.completed} completed</span>
      </div>
      <table className="plain">
        <caption className="hidden-text">Percentiles over all completed checkpoints</caption>
        <thead>
          <tr>
            <td />
            {['min', 'p50', 'p95', 'max'].map((head) => (
              <th key={head} scope="col" className="num">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([label, { min, p50, p95, max }, format]) => (
            <tr key={label}>
              <th scope="row">{label}</th>
              {[min, p50, p95, max].map((value, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: columns have fixed places
                <td key={at} className="num">
                  {figureText(format(data.counts.completed === 0 ? null : wireNumber(value)))}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function FailedAndRestored({ data }: { data: Checkpointing }) {
  const failed = data.history.filter(({ status }) => status === 'FAILED').slice(0, 3);
  const { restored } = data.latest;
  return (
    <section className="section" aria-label="Failed and restored">
      <div className="section-head">
        <h2>Failed and restored</h2>
      </div>
      <div className="events">
        {failed.map((item) => (
          <div key={item.id}>
            <strong className="tone-fail">#{item.id} failed</strong>{' '}
            <span className="quiet-text">
              {clockTime(item.failure_timestamp ?? item.trigger_timestamp)}
            </span>
            <p>{item.failure_message ?? 'The server gave no reason.'}</p>
          </div>
        ))}
        {restored !== null && (
          <div>
            <strong>
              Restored {restored.is_savepoint ? 'from savepoint ' : ''}#{restored.id}
            </strong>{' '}
            <span className="quiet-text">{clockTime(restored.restore_timestamp)}</span>
            {restored.external_path != null && <p className="mono">{restored.external_path}</p>}
          </div>
        )}
        {failed.length === 0 && restored === null && (
          <p>None failed, and the job was not restored from any.</p>
        )}
      </div>
    </section>
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
