/** What went wrong: each failure with its operator, subtask, time and stack; newest first. */
import '../../../styles/exceptions.css';
import type { ExceptionInfo, JobExceptions } from '@weir/flink-rest';
import { useQuery } from '@tanstack/react-query';
import { ChevronDown, ChevronRight } from 'lucide-react';
import { useState } from 'react';
import { CopyButton } from '../../../components/copy-button.tsx';
import { Notice } from '../../../components/notice.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { useNow } from '../../../components/use-now.ts';
import { useJobStore } from '../../../live/use-live.ts';
import { dayAndTime, utcTime } from '../../../model/clock-time.ts';
import { exceptionHead } from '../../../model/exception-head.ts';
import { durationFigure, figureText } from '../../../model/figures.ts';
import { exceptionsQuery } from '../../../rest/job-queries.ts';

type Entry = JobExceptions['exceptionHistory']['entries'][number];

export function ExceptionsTab() {
  const { jobId } = useJobStore();
  const { data, error, refetch } = useQuery(exceptionsQuery(jobId));
  if (data === undefined) {
    if (error === null) return <Skeleton lines={5} />;
    return (
      <Notice title="The exceptions could not be read." retry={() => void refetch()}>
        {error.message} The job itself is not touched by this.
      </Notice>
    );
  }
  const { entries, truncated } = data.exceptionHistory;
  if (entries.length === 0) {
    return (
      <div className="scroll prose">
        <h2>No exception since the job started.</h2>
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
      {truncated && <p className="prose second">Older exceptions are no longer kept.</p>}
    </div>
  );
}

function ExceptionEntry({ entry, first }: { entry: Entry; first: boolean }) {
  const now = useNow();
  // The newest is open until somebody says otherwise, also when it comes while one looks.
  const [chosen, choose] = useState<boolean | null>(null);
  const open = chosen ?? first;
  const { name, message, operator, subtask } = exceptionHead(entry);
  const Icon = open ? ChevronDown : ChevronRight;
  const age = Math.floor(Math.max(0, now - entry.timestamp) / 1000) * 1000;
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
          <strong className="mono">{name}</strong>
          <span className="exception-message">{message}</span>
        </span>
        <span className="second">{operator ?? 'the job itself'}</span>
        <span className="quiet-text">{subtask === null ? '' : `subtask ${subtask}`}</span>
        <time dateTime={new Date(entry.timestamp).toISOString()} title={utcTime(entry.timestamp)}>
          {dayAndTime(entry.timestamp, now)}
          <small>{figureText(durationFigure(age))} ago</small>
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
  return (
    <figure className="stack">
      <figcaption>
        <span>{taskName ?? 'no task'}</span>
        <span className="quiet-text">{endpoint ?? taskManagerId ?? ''}</span>
        <CopyButton text={stacktrace} label="Copy the stack" />
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: reached to be scrolled */}
      <pre tabIndex={0}>{stacktrace}</pre>
    </figure>
  );
}
