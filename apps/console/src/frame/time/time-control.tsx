/**
 * The one control of time: live, paused at an instant, or a range. It says what the whole page
 * shows, and leads back to the present with one click.
 */
import { useParams } from '@tanstack/react-router';
import { ChevronDown, ChevronLeft, ChevronRight, History, Pause, Play } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useNow } from '../../components/use-now.ts';
import type { JobStore } from '../../live/job-store.ts';
import {
  useConnection,
  useJobs,
  useLiveData,
  useSelected,
  useWritten,
} from '../../live/use-live.ts';
import { clockTime, dayAndTime, utcTime } from '../../model/time/clock-time.ts';
import { ageFigure, figureText } from '../../model/figures/figures.ts';
import type { Moment } from '../../model/time/moment.ts';
import { stepText } from '../../model/time/tick-step.ts';
import { useShownMoment } from '../use-moment.ts';
import { MiniStrip } from './mini-strip.tsx';
import { TimeMenu } from './time-menu.tsx';
import { useReplay } from './use-replay.ts';
import { type TimeTravel, useTimeTravel } from './use-time-travel.ts';

export function TimeControl() {
  const { jobId } = useParams({ strict: false });
  const travel = useTimeTravel();
  const moment = useShownMoment();
  if (jobId === undefined || travel === null) {
    return (
      <div className="time">
        <LiveChip ended={null} />
        <Clock />
      </div>
    );
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for form controls
    <div className="time" role="group" aria-label="Time">
      {moment.kind === 'live' ? (
        <Live jobId={jobId} travel={travel} />
      ) : (
        <Paused jobId={jobId} travel={travel} moment={moment} />
      )}
    </div>
  );
}

interface PartProps {
  readonly jobId: string;
  readonly travel: TimeTravel;
}

function Live({ jobId, travel }: PartProps) {
  const ended = useEnd(jobId);
  return (
    <>
      <span className="time-buttons">
        <LiveChip ended={ended} />
        <button
          type="button"
          className="btn icon"
          aria-label="Pause at this moment"
          title="Pause at this moment; the job goes on (p)"
          onClick={travel.pause}
        >
          <Pause aria-hidden="true" />
        </button>
        <Menu travel={travel} jobId={jobId}>
          <History aria-hidden="true" />
          <span className="hidden-text">Choose a time</span>
        </Menu>
      </span>
      <MiniStrip jobId={jobId} />
      {ended === null ? <Clock /> : <time title={utcTime(ended)}>{clockTime(ended)}</time>}
    </>
  );
}

type PastOf = JobStore['past'];
type Past = Exclude<Moment, { kind: 'live' }>;

function Paused({ jobId, travel, moment }: PartProps & { readonly moment: Past }) {
  const { replaying, toggle } = useReplay(travel);
  const ended = useEnd(jobId);
  const now = useNow();
  return (
    <>
      <span className="time-buttons paused">
        <Step direction={-1} travel={travel} />
        <Menu travel={travel} jobId={jobId}>
          {moment.kind === 'instant' && <Pause aria-hidden="true" />}
          <MomentText moment={moment} now={now} />
        </Menu>
        <Step direction={1} travel={travel} />
        {moment.kind === 'instant' && (
          <button
            type="button"
            className="btn icon"
            aria-label={replaying ? 'Stop the replay' : 'Replay from here'}
            aria-pressed={replaying}
            title="Replay from here, ten times as fast as it was"
            onClick={toggle}
          >
            {replaying ? <Pause aria-hidden="true" /> : <Play aria-hidden="true" />}
          </button>
        )}
        <button type="button" className="btn" title="Back to live (l)" onClick={travel.goLive}>
          {ended === null ? 'Back to live' : 'To the end'}
        </button>
      </span>
      <MiniStrip jobId={jobId} />
      <Distance jobId={jobId} moment={moment} now={now} />
    </>
  );
}

function MomentText({ moment, now }: { moment: Past; now: number }) {
  if (moment.kind === 'instant') {
    return <time title={utcTime(moment.at)}>{dayAndTime(moment.at, now)}</time>;
  }
  const { from, to } = moment;
  return (
    <time title={`${utcTime(from)} to ${utcTime(to)}`}>
      {dayAndTime(from, now)} to {clockTime(to)}
    </time>
  );
}

/** How long ago, or how long, and how fine the figures are. */
function Distance({ jobId, moment, now }: { jobId: string; moment: Past; now: number }) {
  const pastJob = useLiveData().past(jobId);
  const past = useSelected(pastJob.store, (store) => store.past);
  const ms = moment.kind === 'instant' ? now - moment.at : moment.to - moment.from;
  const length = figureText(ageFigure(ms));
  const means = moment.kind === 'range' ? 'means' : 'figures';
  return (
    <span className="time-distance" role="status" aria-label="Time shown">
      <b>{moment.kind === 'instant' ? `${length} ago` : length}</b>
      <small title="As fine as this time is kept, and how exactly">
        {pastJob.shows(moment) ? finenessText(past, means) : 'being read'}
      </small>
    </span>
  );
}

function finenessText(past: PastOf, means: string): string {
  if (past?.step == null) return 'nothing kept';
  const exactly = past.relative > 0 ? `, ±${partText(past.relative)}` : '';
  return `${means} of ${stepText(past.step)}${exactly}`;
}

/** Rounded up to a hundredth of a per cent. */
function partText(relative: number): string {
  return `${Math.ceil(relative * 10_000) / 100}\u202f%`;
}

function Step({ direction, travel }: { direction: 1 | -1; travel: TimeTravel }) {
  const Icon = direction < 0 ? ChevronLeft : ChevronRight;
  const label = direction < 0 ? 'One step back' : 'One step on';
  return (
    <button
      type="button"
      className="btn icon"
      aria-label={label}
      title={`${label} (${direction < 0 ? '[' : ']'})`}
      onClick={() => travel.step(direction)}
    >
      <Icon aria-hidden="true" />
    </button>
  );
}

interface MenuProps extends PartProps {
  readonly children: React.ReactNode;
}

function Menu({ jobId, travel, children }: MenuProps) {
  const [open, setOpen] = useState(false);
  const area = useRef<HTMLSpanElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!open) return;
    const outside = (event: Event) => {
      if (event.target instanceof Node && !area.current?.contains(event.target)) setOpen(false);
    };
    document.addEventListener('pointerdown', outside);
    document.addEventListener('focusin', outside);
    return () => {
      document.removeEventListener('pointerdown', outside);
      document.removeEventListener('focusin', outside);
    };
  }, [open]);
  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  return (
    <span className="time-menu-area" ref={area}>
      <button
        ref={button}
        type="button"
        className="btn time-open"
        aria-haspopup="dialog"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        {children}
        <ChevronDown aria-hidden="true" />
      </button>
      {open && <TimeMenu jobId={jobId} travel={travel} close={close} />}
    </span>
  );
}

function LiveChip({ ended }: { ended: number | null }) {
  const { phase } = useConnection();
  const live = phase === 'live' && ended === null;
  const word = ended === null ? (live ? 'LIVE' : 'NOT LIVE') : 'ENDED';
  return (
    <span className={live ? 'live-chip on' : 'live-chip'}>
      <i aria-hidden="true" />
      {word}
    </span>
  );
}

function Clock() {
  const { phase, lastMessageAt } = useConnection();
  const stopped = phase === 'live' ? null : lastMessageAt;
  const element = useWritten(
    useLiveData().clock,
    (time: HTMLTimeElement, { now }) => {
      const shown = stopped ?? now;
      time.textContent = clockTime(shown);
      time.title = utcTime(shown);
      time.dateTime = new Date(shown).toISOString();
    },
    stopped,
  );
  return <time ref={element} />;
}

/** Epoch ms of a job's end; null while it goes on. */
function useEnd(jobId: string): number | null {
  return useJobs((store) => store.job(jobId)?.endedAt ?? null, jobId);
}
