/** A time to type, a range to pick, and what happened to jump between. */
import { useQuery } from '@tanstack/react-query';
import { ChevronLeft, ChevronRight } from 'lucide-react';
import { type FormEvent, useEffect, useId, useRef, useState } from 'react';
import { serverClock } from '../../live/server-clock.ts';
import { useNow } from '../../components/use-now.ts';
import { useLiveData } from '../../live/use-live.ts';
import { dayAndTime } from '../../model/time/clock-time.ts';
import type { Moment } from '../../model/time/moment.ts';
import { MARK_KINDS, type MarkKind } from '../../model/time/time-marks.ts';
import { timeOfText, typedTime } from '../../model/time/time-text.ts';
import { MINUTE_MS, stepText } from '../../model/time/tick-step.ts';
import { historyStorageQuery } from '../../rest/history-storage.ts';
import type { TimeTravel } from './use-time-travel.ts';

export interface TimeMenuProps {
  readonly jobId: string;
  readonly travel: TimeTravel;
  readonly close: () => void;
}

export function TimeMenu({ jobId, travel, close }: TimeMenuProps) {
  const area = useRef<HTMLDivElement>(null);
  useEffect(() => area.current?.querySelector('input')?.focus(), []);
  const go = (moment: Moment) => {
    travel.goTo(moment);
    close();
  };
  return (
    <div
      ref={area}
      className="time-menu"
      role="dialog"
      aria-label="Choose a time"
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.preventDefault();
        close();
      }}
    >
      <InstantForm moment={travel.moment} go={go} />
      <RangeForm jobId={jobId} moment={travel.moment} go={go} />
      <section aria-label="What happened">
        <h2>Jump to what happened</h2>
        {MARK_KINDS.map((kind) => (
          <MarkRow key={kind} kind={kind} travel={travel} />
        ))}
      </section>
      <Kept />
    </div>
  );
}

interface FormProps {
  readonly moment: Moment;
  readonly go: (moment: Moment) => void;
}

const HINT = 'such as 03:05:30, 2026-11-25 03:05, or 7m for seven minutes ago';

function InstantForm({ moment, go }: FormProps) {
  const now = useNow();
  const id = useId();
  const shown = moment.kind === 'instant' ? moment.at : moment.kind === 'range' ? moment.to : now;
  const [text, setText] = useState(() => typedTime(shown, now));
  const [wrong, setWrong] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const at = timeOfText(text, serverClock.now());
    setWrong(at === null);
    if (at !== null) go({ kind: 'instant', at });
  };
  return (
    <form onSubmit={submit} aria-label="Instant">
      <label htmlFor={id}>Time</label>
      <span className="time-fields">
        <span className="field">
          <input
            id={id}
            value={text}
            aria-invalid={wrong}
            aria-describedby={`${id}-hint`}
            autoComplete="off"
            spellCheck={false}
            onFocus={(event) => event.currentTarget.select()}
            onChange={(event) => setText(event.target.value)}
          />
        </span>
        <button type="submit" className="btn primary">
          Go
        </button>
      </span>
      <Hint id={`${id}-hint`} wrong={wrong} />
    </form>
  );
}

function Hint({ id, wrong }: { id: string; wrong: boolean }) {
  return (
    <small id={id} className={wrong ? 'tone-fail' : 'second'}>
      {wrong ? `That is no time; write one ${HINT}.` : HINT}
    </small>
  );
}

const LENGTHS = [
  ['5 min', 5],
  ['15 min', 15],
  ['30 min', 30],
  ['1 h', 60],
  ['6 h', 360],
  ['24 h', 1440],
] as const;

function RangeForm({ jobId, moment, go }: FormProps & { readonly jobId: string }) {
  const now = useNow();
  const id = useId();
  const job = useLiveData().job(jobId);
  const end = job.latest?.t ?? now;
  const begun = job.topology?.startedAt ?? end;
  const shown = moment.kind === 'range' ? moment : { from: end - 5 * MINUTE_MS, to: end };
  const [from, setFrom] = useState(() => typedTime(shown.from, now));
  const [to, setTo] = useState(() => typedTime(shown.to, now));
  const [wrong, setWrong] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const times = [timeOfText(from, serverClock.now()), timeOfText(to, serverClock.now())].map(
      Number,
    );
    const bad = times[0] === times[1] || times.includes(0) || times.some(Number.isNaN);
    setWrong(bad);
    const [low = 0, high = 0] = times.sort((a, b) => a - b);
    if (!bad) go({ kind: 'range', from: low, to: high });
  };
  return (
    <form onSubmit={submit} aria-label="Range">
      <span className="time-fields">
        <label htmlFor={`${id}-from`}>From</label>
        <span className="field">
          <input
            id={`${id}-from`}
            value={from}
            aria-invalid={wrong}
            autoComplete="off"
            onChange={(event) => setFrom(event.target.value)}
          />
        </span>
        <label htmlFor={`${id}-to`}>to</label>
        <span className="field">
          <input
            id={`${id}-to`}
            value={to}
            aria-invalid={wrong}
            autoComplete="off"
            onChange={(event) => setTo(event.target.value)}
          />
        </span>
        <button type="submit" className="btn">
          Show
        </button>
      </span>
      {wrong && <small className="tone-fail">Two different times, {HINT}.</small>}
      <span className="time-lengths">
        <span className="second">Last</span>
        {LENGTHS.map(([label, minutes]) => (
          <button
            key={label}
            type="button"
            className="btn sm"
            onClick={() => go({ kind: 'range', from: end - minutes * MINUTE_MS, to: end })}
          >
            {label}
          </button>
        ))}
        <button
          type="button"
          className="btn sm"
          disabled={begun >= end}
          onClick={() => go({ kind: 'range', from: begun, to: end })}
        >
          All of it
        </button>
      </span>
    </form>
  );
}

const KIND_WORDS: Readonly<Record<MarkKind, string>> = {
  verdict: 'Verdict',
  checkpoint: 'Checkpoint',
  restart: 'State or restart',
  exception: 'Exception',
};

function MarkRow({ kind, travel }: { kind: MarkKind; travel: TimeTravel }) {
  const now = useNow();
  return (
    <div className="time-marks">
      <span>{KIND_WORDS[kind]}</span>
      {([-1, 1] as const).map((direction) => {
        const mark = travel.mark(kind, direction);
        const Icon = direction < 0 ? ChevronLeft : ChevronRight;
        const way = direction < 0 ? 'before' : 'after';
        return (
          <button
            key={direction}
            type="button"
            className="btn sm"
            title={mark?.text ?? 'none that way'}
            disabled={mark === null}
            onClick={() => mark !== null && travel.goTo({ kind: 'instant', at: mark.t })}
          >
            {direction < 0 && <Icon aria-hidden="true" />}
            <span>
              <span className="hidden-text">
                {KIND_WORDS[kind]} {way}:{' '}
              </span>
              {mark === null ? 'none' : dayAndTime(mark.t, now)}
            </span>
            {direction > 0 && <Icon aria-hidden="true" />}
          </button>
        );
      })}
    </div>
  );
}

/** How far back what is kept reaches, by resolution. */
function Kept() {
  const now = useNow();
  const { data } = useQuery(historyStorageQuery());
  const kept = (data?.byResolution ?? []).filter(
    ({ kind, oldest }) => kind === 'ticks' && oldest !== null,
  );
  if (kept.length === 0) return null;
  return (
    <p className="second">
      Kept:{' '}
      {kept
        .map(({ step, oldest }) => `by ${stepText(step)} since ${dayAndTime(oldest ?? 0, now)}`)
        .join(', ')}
      .
    </p>
  );
}
