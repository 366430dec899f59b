/** The selected moment: what it was, what it did to the job, where in the code, the log around. */
import type { JobTimeline } from '@weir/console-protocol';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ChevronDown, ChevronUp, Crosshair, ListTree, X } from 'lucide-react';
import { serverClock } from '../../../live/server-clock.ts';
import { CopyButton } from '../../../components/copy-button.tsx';
import { useGoTo } from '../../../frame/use-moment.ts';
import { useJobStore } from '../../../live/use-live.ts';
import { clockTime, dayAndTime, utcTime } from '../../../model/time/clock-time.ts';
import { momentSearch } from '../../../model/time/moment.ts';
import { parseStack } from '../../../model/task-managers/stack-frames.ts';
import type { TimelineRow } from '../../../model/timeline/timeline-rows.ts';
import { capitalised, stepsOf } from '../../../model/timeline/timeline-steps.ts';
import { logsAroundQuery } from '../../../rest/job-timeline.ts';
import { DetailStack } from './detail-stack.tsx';
import { KINDS } from './kind-icon.tsx';

const AROUND_MS = 2000;
const LINES_MAX = 40;

export interface TimelineDetailProps {
  readonly row: TimelineRow;
  readonly rows: readonly TimelineRow[];
  readonly timeline: JobTimeline;
  readonly titleOf: (vertexId: string | null) => string;
  readonly select: (key: string) => void;
}

export function TimelineDetail(props: TimelineDetailProps) {
  const { row, rows, timeline, titleOf, select } = props;
  const { jobId } = useJobStore();
  const goTo = useGoTo();
  const { t, kind } = row;
  const stack = kind === 'exception' ? (row.events.at(-1)?.stack ?? null) : null;
  const { steps, cost } = stepsOf(row, timeline, titleOf);
  const at = rows.findIndex(({ key }) => key === row.key);
  const beside = (by: 1 | -1) => rows[at + by]?.key;
  return (
    <aside className="tl-detail" aria-label="The selected moment">
      <section className="section">
        <header className="tl-detail-head">
          <DetailWord row={row} />
          <time className="quiet-text" title={utcTime(t)}>
            {dayAndTime(t, serverClock.now())}
            {row.kind === 'exception' && (row.times === 1 ? ' · once' : ` · ×${row.times}`)}
          </time>
          <span className="grow" />
          <Step label="The one after it" to={beside(-1)} select={select} icon="up" />
          <Step label="The one before it" to={beside(1)} select={select} icon="down" />
          <button
            type="button"
            className="btn quiet icon sm"
            aria-label="Close the detail"
            onClick={() => select('none')}
          >
            <X aria-hidden="true" />
          </button>
        </header>
        <DetailSentence row={row} titleOf={titleOf} />
        <div className="tl-buttons">
          <button
            type="button"
            className="btn"
            onClick={() => goTo({ kind: 'instant', at: Math.round(t) })}
          >
            <Crosshair aria-hidden="true" />
            Go to {clockTime(t)}
          </button>
          <Link
            className="btn"
            to="/c/embedded/jobs/$jobId/logs"
            params={{ jobId }}
            search={momentSearch({ kind: 'instant', at: t })}
          >
            <ListTree aria-hidden="true" />
            All logs
          </Link>
          <Elsewhere jobId={jobId} row={row} />
          <CopyButton text={issueText(row, titleOf)} label="Copy for an issue" />
        </div>
      </section>
      {steps.length > 0 && (
        <section className="section" aria-label="What it did to the job">
          <div className="section-head">
            <h2>{kind === 'exception' ? 'What it did to the job' : 'Step by step'}</h2>
            {cost !== null && <span className="right micro">{cost}</span>}
          </div>
          <ol className="tl-steps">
            {steps.map((step, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: steps have no other identity
              <li key={index} className={`step-${step.tone}`}>
                <time title={utcTime(step.t)}>
                  {clockTime(step.t) === clockTime(steps[index - 1]?.t ?? 0)
                    ? ''
                    : clockTime(step.t)}
                </time>
                <span>{step.text}</span>
              </li>
            ))}
          </ol>
        </section>
      )}
      {stack !== null && <DetailStack jobId={jobId} stack={stack} />}
      <LogsAround jobId={jobId} t={t} />
    </aside>
  );
}

interface StepProps {
  readonly label: string;
  readonly to: string | undefined;
  readonly select: (key: string) => void;
  readonly icon: 'up' | 'down';
}

function Step({ label, to, select, icon }: StepProps) {
  const Icon = icon === 'up' ? ChevronUp : ChevronDown;
  return (
    <button
      type="button"
      className="btn quiet icon sm"
      aria-label={label}
      disabled={to === undefined}
      onClick={() => to !== undefined && select(to)}
    >
      <Icon aria-hidden="true" />
    </button>
  );
}

const TONES = {
  plain: 'done',
  warn: 'change',
  fail: 'fail',
  cause: 'fail',
  good: 'run',
  accent: 'accent',
} as const;

function DetailWord({ row: { kind, tone } }: { row: TimelineRow }) {
  if (kind === 'exception') {
    return (
      <span className="state state-fail tl-word">
        <i aria-hidden="true" />
        Stopped the job
      </span>
    );
  }
  const [Icon, word] = KINDS[kind];
  return (
    <span className={`state state-${TONES[tone]} tl-word`}>
      <Icon aria-hidden="true" />
      {word}
    </span>
  );
}

/** Where else the moment is told: its checkpoint, or its operator in the graph. */
function Elsewhere({ jobId, row }: { jobId: string; row: TimelineRow }) {
  const { kind, t, vertexId, events } = row;
  const at = momentSearch({ kind: 'instant', at: Math.round(t) });
  const id = Number(events[0]?.subject);
  if (kind === 'checkpoint' && Number.isInteger(id)) {
    return (
      <Link
        className="btn"
        to="/c/embedded/jobs/$jobId/checkpoints"
        params={{ jobId }}
        search={{ ...at, checkpoint: id }}
      >
        Its phases
      </Link>
    );
  }
  if (kind !== 'verdict' || vertexId === null) return null;
  return (
    <Link
      className="btn"
      to="/c/embedded/jobs/$jobId/graph"
      params={{ jobId }}
      search={{ ...at, vertex: vertexId }}
    >
      In the graph
    </Link>
  );
}

function DetailSentence({ row, titleOf }: Pick<TimelineDetailProps, 'row' | 'titleOf'>) {
  const { kind, what, why, vertexId, subtask, relatedJobId } = row;
  const operator = row.operator ?? titleOf(vertexId);
  const parsed = kind === 'exception' ? parseStack(row.events.at(-1)?.stack ?? what) : null;
  return (
    <>
      <h2 className={parsed === null ? 'tl-subject' : 'tl-subject mono'}>{parsed?.name ?? what}</h2>
      <p className="small second">
        {kind === 'verdict' && row.tone !== 'good' && (
          <>
            <b>{operator}</b>:{' '}
          </>
        )}
        {sentenceOf(parsed?.message ?? (kind === 'verdict' ? why : capitalised(why)))}
        {operator !== '' && kind !== 'verdict' && (
          <>
            {' '}
            In <b>{operator}</b>
            {subtask === null ? '' : ` subtask ${subtask}`}.
          </>
        )}
        {parsed !== null && why !== '' && ` ${capitalised(why)}.`}
        {relatedJobId !== null && (
          <>
            {' '}
            <Link
              to="/c/embedded/jobs/$jobId/timeline"
              params={{ jobId: relatedJobId }}
              search={momentSearch({ kind: 'live' })}
            >
              Open job {relatedJobId.slice(0, 8)}
            </Link>
          </>
        )}
      </p>
    </>
  );
}

function LogsAround({ jobId, t }: { jobId: string; t: number }) {
  const { data } = useQuery(
    logsAroundQuery(jobId, Math.floor(t - AROUND_MS), Math.ceil(t + AROUND_MS), LINES_MAX),
  );
  const lines = data?.entries ?? [];
  return (
    <section className="section tl-log" aria-label="Logs around it">
      <div className="section-head">
        <h2>Logs around it</h2>
        <span className="right micro">
          ±2 s, {lines.length === 1 ? '1 line' : `${lines.length} lines`}
        </span>
      </div>
      {lines.length === 0 ? (
        <p className="small second">Nothing was printed then, or it is no longer kept.</p>
      ) : (
        <ul>
          {lines.map(({ seq, t: at, level, text }) => (
            <li key={seq} className={Math.abs(at - t) < 50 && level === 'error' ? 'hit' : ''}>
              <time title={utcTime(at)}>{`${clockTime(at)}.${Math.floor((at % 1000) / 100)}`}</time>
              <b className={level}>{level.toUpperCase()}</b>
              <span title={text}>{text.split('\n')[0]}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function sentenceOf(message: string): string {
  return message === '' || /[.!?]$/.test(message) ? message : `${message}.`;
}

/** Markdown that somebody can paste. */
function issueText(row: TimelineRow, titleOf: (vertexId: string | null) => string): string {
  const { what, why, t, vertexId, operator, subtask, times, events } = row;
  const place = operator ?? titleOf(vertexId);
  const where = place === '' ? '' : ` in ${place}${subtask === null ? '' : ` subtask ${subtask}`}`;
  const stack = events.at(-1)?.stack;
  const often = times === 1 ? '' : `, ${times} times`;
  return [
    `**${what}**${where} at ${utcTime(t)}${often}`,
    why,
    ...(stack === undefined ? [] : ['```', stack, '```']),
  ]
    .filter((line) => line !== '')
    .join('\n');
}
