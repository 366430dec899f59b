/** What went wrong: each failure with its operator, subtask, time and stack; newest first. */
import '../../../styles/exceptions.css';
import type { ExceptionInfo } from '@weir/flink-rest';
import { Link } from '@tanstack/react-router';
import { ChevronDown, ChevronRight } from 'lucide-react';
import { useState } from 'react';
import { CopyButton } from '../../../components/copy-button.tsx';
import { Notice } from '../../../components/notice.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { SourceLines } from '../../../components/source-lines.tsx';
import { useMoment, useShownTime } from '../../../frame/use-moment.ts';
import type { Past } from '../../../live/job-store.ts';
import { useJob, useJobStore } from '../../../live/use-live.ts';
import { clockTime, dayAndTime, utcTime } from '../../../model/time/clock-time.ts';
import { exceptionHead } from '../../../model/timeline/exception-head.ts';
import { isTerminal } from '../../../model/jobs/job-state.ts';
import { ageFigure, figureText } from '../../../model/figures/figures.ts';
import { ownFrame, parseStack } from '../../../model/task-managers/stack-frames.ts';
import { type ExceptionEntry as Entry, useExceptionsShown } from '../../../rest/moment-queries.ts';

/** A job in the present tells of so many. */
const PRESENT_MAX = 16;

export function ExceptionsTab() {
  const { jobId } = useJobStore();
  const past = useJob((store) => store.past);
  const { entries, truncated, error, refetch } = useExceptionsShown(jobId);
  if (entries === undefined) {
    if (error === null) return <Skeleton lines={5} />;
    return (
      <Notice title="The exceptions could not be read." retry={() => void refetch()}>
        {error.message} The job itself is not touched by this.
      </Notice>
    );
  }
  if (entries.length === 0) {
    return (
      <div className="scroll prose">
        <h2>{noneText(past)}</h2>
        <p className="second">When a task fails, its cause and stack stand here.</p>
      </div>
    );
  }
  return (
    <div className="scroll">
      <ol className="exceptions">
        {entries.map((entry, at) => (
          <ExceptionEntry
            key={`${entry.timestamp}-${entry.exceptionName}-${entry.taskName ?? ''}`}
            entry={entry}
            first={at === 0}
          />
        ))}
      </ol>
      {(truncated || (past === null && entries.length >= PRESENT_MAX)) && (
        <p className="prose second">
          These are the newest {entries.length}. What is kept of older ones stands on the{' '}
          <Link
            to="/c/embedded/jobs/$jobId/timeline"
            params={{ jobId }}
            search={{ show: 'exception' }}
          >
            Timeline
          </Link>
          .
        </p>
      )}
    </div>
  );
}

function noneText(past: Past | null): string {
  if (past === null) return 'No exception since the job started.';
  if (past.from !== past.to) return 'No exception in this time.';
  return `No exception until ${clockTime(past.to)}.`;
}

function ExceptionEntry({ entry, first }: { entry: Entry; first: boolean }) {
  const now = useShownTime();
  const moment = useMoment();
  const over = useJob((store) => isTerminal(store.latest?.state ?? 'RUNNING'));
  const ago = moment.kind !== 'live' ? 'before' : over ? 'before its end' : 'ago';
  // The newest is open until somebody says otherwise, also when it comes while one looks.
  const [chosen, choose] = useState<boolean | null>(null);
  const open = chosen ?? first;
  const { name, message, ownMessage, cause, operator, subtask } = exceptionHead(entry);
  const outer = `${name}: ${ownMessage}`;
  const Icon = open ? ChevronDown : ChevronRight;
  const age = ageFigure(now - entry.timestamp);
  const others = entry.concurrentExceptions ?? [];
  return (
    <li>
      <button
        type="button"
        className="exception-head"
        aria-expanded={open}
        onClick={() => choose(!open)}
      >
        <Icon aria-hidden="true" />
        <span>
          <strong title={cause ?? name}>{cause ?? name}</strong>
          <span className="exception-message">{cause === null ? message : outer}</span>
        </span>
        <span className="second">{operator ?? 'the job itself'}</span>
        <span className="quiet-text">{subtask === null ? '' : `subtask ${subtask}`}</span>
        <time dateTime={new Date(entry.timestamp).toISOString()} title={utcTime(entry.timestamp)}>
          {dayAndTime(entry.timestamp, now)}
          <small>
            {figureText(age)} {ago}
          </small>
        </time>
      </button>
      {open && (
        <div className="exception-body">
          <Stack info={entry} />
          {others.length > 0 && (
            <>
              <h3>At the same time</h3>
              {others.map((other) => (
                <Stack key={`${other.timestamp}-${other.taskName ?? ''}`} info={other} />
              ))}
            </>
          )}
        </div>
      )}
    </li>
  );
}

function Stack({ info }: { info: ExceptionInfo }) {
  const { stacktrace, taskName, endpoint, taskManagerId } = info;
  const { jobId } = useJobStore();
  const own = ownFrame(parseStack(stacktrace));
  return (
    <figure className="stack">
      <figcaption>
        <span>{taskName ?? 'no task'}</span>
        <span className="quiet-text">{endpoint ?? taskManagerId ?? ''}</span>
        <CopyButton text={stacktrace} label="Copy the stack" />
      </figcaption>
      {own !== null && (
        <SourceLines jobId={jobId} file={own.file} line={own.line} because="failed" />
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: reached to be scrolled */}
      <pre tabIndex={0}>{stacktrace}</pre>
    </figure>
  );
}
