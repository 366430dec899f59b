/** How much of the past is kept: by resolution, how far back it reaches, and the quota. */
import { HISTORY_QUOTA_BYTES_MIN, type HistoryStorage } from '@weir/console-protocol';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import { FigureText } from '../../components/figure-text.tsx';
import { Notice } from '../../components/notice.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { useNow } from '../../components/use-now.ts';
import { bytesOfText, typedBytes } from '../../model/figures/byte-text.ts';
import { dayAndTime, utcTime } from '../../model/time/clock-time.ts';
import { bytesFigure, durationFigure, exact, figureText } from '../../model/figures/figures.ts';
import { stepText } from '../../model/time/tick-step.ts';
import { historyStorageQuery, setHistory } from '../../rest/history-storage.ts';

export function HistorySection() {
  const { data, error, refetch } = useQuery(historyStorageQuery());
  return (
    <section aria-labelledby="settings-history">
      <h2 id="settings-history">History</h2>
      {data !== undefined && <Kept storage={data} />}
      {data === undefined && error === null && <Skeleton lines={5} />}
      {data === undefined && error !== null && (
        <Notice title="The history's size could not be read." retry={() => void refetch()}>
          {error.message} What is recorded is not touched by this.
        </Notice>
      )}
    </section>
  );
}

const SIZE_OF = (bytes: number) => figureText(bytesFigure(bytes));

function Kept({ storage }: { storage: HistoryStorage }) {
  const { bytes, quotaBytes, diskFreeBytes, durable } = storage;
  const share = Math.min(1, bytes / quotaBytes);
  return (
    <>
      <p>
        <strong>
          {SIZE_OF(bytes)} of {SIZE_OF(quotaBytes)} are used
        </strong>{' '}
        for charts, states and events of all jobs
        {diskFreeBytes === null ? '' : `; the disk has ${SIZE_OF(diskFreeBytes)} free`}.{' '}
        {durable
          ? 'What is oldest and finest goes first when the quota is reached.'
          : 'It could not be stored, and is kept in memory only: see the server log.'}
      </p>
      <div className="quota-bar" aria-hidden="true">
        <i style={{ width: `${share * 100}%` }} />
      </div>
      <QuotaForm storage={storage} />
      <Resolutions storage={storage} />
    </>
  );
}

function QuotaForm({ storage }: { storage: HistoryStorage }) {
  const id = useId();
  const queries = useQueryClient();
  const [text, setText] = useState(() => typedBytes(storage.quotaBytes));
  const save = useMutation({
    mutationFn: setHistory,
    onSuccess: (answer) => queries.setQueryData(historyStorageQuery().queryKey, answer),
  });
  const quotaBytes = bytesOfText(text);
  const tooSmall = quotaBytes !== null && quotaBytes < HISTORY_QUOTA_BYTES_MIN;
  const least = SIZE_OF(HISTORY_QUOTA_BYTES_MIN);
  const wrong = quotaBytes === null || tooSmall;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!wrong) save.mutate({ quotaBytes });
  };
  const note = (() => {
    if (wrong) return `Write a size of at least ${least}, such as 512 MiB or 2 GiB.`;
    if (save.isError) return `${save.error.message} The quota is as it was.`;
    if (quotaBytes < storage.bytes) {
      return `${SIZE_OF(storage.bytes - quotaBytes)} of the oldest and finest history will be forgotten at once.`;
    }
    return save.isSuccess && quotaBytes === storage.quotaBytes
      ? 'Set; it stays so with this data directory.'
      : '';
  })();
  return (
    <form className="quota-form" onSubmit={submit} aria-label="Quota of the history">
      <label htmlFor={id}>Quota</label>
      <span className="field">
        <input
          id={id}
          value={text}
          autoComplete="off"
          aria-invalid={wrong}
          aria-describedby={`${id}-note`}
          onChange={(event) => setText(event.target.value)}
        />
      </span>
      <button type="submit" className="btn" disabled={wrong || save.isPending}>
        Set
      </button>
      <small
        id={`${id}-note`}
        role="status"
        className={wrong || save.isError ? 'tone-fail' : 'second'}
      >
        {note}
      </small>
    </form>
  );
}

const KINDS = { ticks: 'Operators and edges', subtasks: 'Subtasks', events: 'Events' } as const;

function Resolutions({ storage }: { storage: HistoryStorage }) {
  const now = useNow();
  return (
    <table className="options">
      <caption className="hidden-text">History by resolution</caption>
      <thead>
        <tr>
          <th scope="col">Of</th>
          <th scope="col">By</th>
          <th scope="col" className="num">
            Size
          </th>
          <th scope="col">Kept for</th>
          <th scope="col">Reaches back to</th>
        </tr>
      </thead>
      <tbody>
        {storage.byResolution.map(({ kind, step, bytes, keptMs, oldest }) => (
          <tr key={`${kind}${step}`}>
            <th scope="row">{KINDS[kind]}</th>
            <td>{step === 0 ? 'each' : stepText(step)}</td>
            <td className="num">
              <FigureText figure={bytesFigure(bytes)} title={exact(bytes, 'bytes')} />
            </td>
            <td>{figureText(durationFigure(keptMs))}</td>
            <td>
              {oldest === null ? (
                <span className="quiet-text">nothing yet</span>
              ) : (
                <span title={utcTime(oldest)}>{dayAndTime(oldest, now)}</span>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
