/** Over the picture: what it says in a sentence, what its colours mean, where it comes from. */
import type { FlameGraphAnswer, FlameMode } from '@weir/console-protocol';
import { Flame } from 'lucide-react';
import { clockTime } from '../../../model/time/clock-time.ts';
import type { ColourKey } from '../../../model/flame/flame-colour.ts';
import type { FlameSentence } from '../../../model/flame/flame-words.ts';

export interface SentenceProps extends FlameSentence {
  readonly show: (mode: 'off' | undefined) => void;
}

export function Sentence({ lead, rest, instead, show }: SentenceProps) {
  return (
    <p className="flame-sentence" role="status" aria-label="What the profile says">
      <Flame aria-hidden="true" />
      <span>
        <b>{lead}</b> {rest}{' '}
        {instead !== null && (
          <button
            type="button"
            className="link"
            onClick={() => show(instead === 'off' ? 'off' : undefined)}
          >
            {instead === 'off' ? 'Show off-CPU' : 'Show on-CPU'}
          </button>
        )}
      </span>
    </p>
  );
}

export interface LegendProps {
  readonly answer: FlameGraphAnswer;
  readonly mode: FlameMode;
  readonly colours: readonly ColourKey[];
  readonly compares: 'nothing' | 'two' | 'missing';
  /** Frames too narrow to be drawn. */
  readonly slivers: number;
}

export function Legend({ answer, mode, colours, compares, slivers }: LegendProps) {
  return (
    <div className="flame-legend">
      {compares === 'two' ? <DiffKeys /> : <Keys mode={mode} colours={colours} />}
      {compares === 'missing' && <span>Nothing is kept of the moment to compare with.</span>}
      <span className="grow" />
      {slivers > 0 && (
        <span>{slivers === 1 ? '1 sliver' : `${slivers} slivers`} under 0.5 px left out</span>
      )}
      <Source answer={answer} mode={mode} />
    </div>
  );
}

function Keys({ mode, colours }: { mode: FlameMode; colours: readonly ColourKey[] }) {
  return (
    <>
      {mode !== 'on' && (
        <>
          <span>
            <i className="hatch" aria-hidden="true" /> blocked on output: victims
          </span>
          <span>
            <i className="starved" aria-hidden="true" /> starved
          </span>
        </>
      )}
      {colours.map(({ token, label }) => (
        <span key={label}>
          <i style={{ background: `var(${token ?? '--text-3'})` }} aria-hidden="true" /> {label}
        </span>
      ))}
    </>
  );
}

const DIFF_STEPS = ['less-3', 'less-2', 'less-1', 'more-1', 'more-2', 'more-3'];

function DiffKeys() {
  return (
    <>
      <span>share fell</span>
      <span className="flame-ramp" aria-hidden="true">
        {DIFF_STEPS.map((step) => (
          <i key={step} style={{ background: `var(--diff-${step})` }} />
        ))}
      </span>
      <span>share grew</span>
      <span>width: share now · colour: points of the total, ±1.5 and more is full</span>
    </>
  );
}

function Source({ answer, mode }: { answer: FlameGraphAnswer; mode: FlameMode }) {
  const { status, profile, hz } = answer;
  if (profile === null) return null;
  const seconds = Math.round(profile.sampledMs / 1000);
  const what =
    mode === 'off'
      ? 'from task states, not samples'
      : `${profile.samples.toLocaleString('en')} samples in ${seconds} s`;
  return (
    <span className="flame-source">
      {status === 'live' && <i className="pulse" aria-hidden="true" />}
      {status === 'live' ? `live, ${hz} Hz · ` : `until ${clockTime(profile.to)} · `}
      {what}
    </span>
  );
}

export interface NoProfileProps {
  readonly answer: FlameGraphAnswer;
  readonly live: boolean;
  readonly goTo: (t: number) => void;
}

const BEGINS =
  'The threads of the job are looked at 100 times a second from now on, as long as this tab is ' +
  'seen. The first picture comes in about a second; while the job restarts it waits.';

export function NoProfile({ answer, live, goTo }: NoProfileProps) {
  const last = answer.moments.at(-1);
  const begins = answer.status === 'starting';
  return (
    <div className="flame-none" role="status" aria-label="What the profile says">
      <Flame aria-hidden="true" />
      <h2>{begins ? 'Sampling begins…' : 'No profile of this moment'}</h2>
      <p>{answer.reason ?? BEGINS}</p>
      {!live && last !== undefined && (
        <button type="button" className="btn" onClick={() => goTo(last.to)}>
          Go to the last one that is kept, {clockTime(last.to)}
        </button>
      )}
    </div>
  );
}
