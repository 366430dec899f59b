/** Above the log: search with its matches, level, follow. */
import { ChevronDown, ChevronUp, Copy } from 'lucide-react';
import { useState } from 'react';
import type { LogLevel, LogPlace } from '../../../model/jobs/log-lines.ts';
import { SearchField } from '../../../components/search-field.tsx';

export interface LogToolbarProps {
  readonly q: string;
  readonly level: LogLevel;
  /** Lines that match, and which of them is marked; −1 = none. */
  readonly found: number;
  readonly at: number;
  readonly all: number;
  readonly truncated: boolean;
  readonly follow: boolean;
  readonly setFollow: (follow: boolean) => void;
  readonly step: (by: 1 | -1) => void;
  readonly change: (next: LogChange) => void;
  /** Vertices by id. */
  readonly titles: ReadonlyMap<string, string>;
  readonly place: LogPlace;
  /** Of the chosen operator, else the most that any has. */
  readonly subtasks: number;
  /** The lines that are shown, as text. */
  readonly copyText: () => string;
  /** Around a moment of the past nothing is followed. */
  readonly past: string | null;
  /** No line will come any more. */
  readonly over: boolean;
}

export interface LogChange {
  readonly q?: string;
  readonly level?: LogLevel;
  readonly operator?: string | undefined;
  readonly subtask?: number | undefined;
}

const LEVELS = [
  ['debug', 'All'],
  ['info', 'Info'],
  ['warn', 'Warn'],
  ['error', 'Error'],
] as const;

export function LogToolbar(props: LogToolbarProps) {
  const { q, level, found, at, all, truncated, follow, setFollow, step, change } = props;
  const { past, over, copyText } = props;
  const counted = at < 0 ? `${found} found` : `${at + 1} of ${found}`;
  return (
    <search className="toolbar" aria-label="Search the log">
      <SearchField
        className="log-field"
        label="Search the log"
        value={q}
        change={(text) => change({ q: text })}
        onKeyDown={(event) => {
          if (event.key === 'Enter') step(event.shiftKey ? -1 : 1);
        }}
      >
        {q !== '' && (
          <span className="micro" role="status">
            {counted}
          </span>
        )}
      </SearchField>
      <button
        type="button"
        className="btn quiet icon"
        aria-label="Match above"
        disabled={found === 0}
        onClick={() => step(-1)}
      >
        <ChevronUp aria-hidden="true" />
      </button>
      <button
        type="button"
        className="btn quiet icon"
        aria-label="Match below"
        disabled={found === 0}
        onClick={() => step(1)}
      >
        <ChevronDown aria-hidden="true" />
      </button>
      <LevelChoice level={level} choose={(next) => change({ level: next })} />
      <PlaceChoice {...props} />
      <span className="quiet-text log-count">
        {all === 1 ? '1 line' : `${all} lines`}
        {truncated && ', older ones are gone'}
      </span>
      <span className="grow" />
      <CopyLines text={copyText} />
      {past !== null && <span className="chip">{past}</span>}
      {past === null && (
        <button
          type="button"
          className={follow ? 'live-chip on' : 'live-chip'}
          aria-pressed={follow}
          onClick={() => setFollow(!follow)}
        >
          <i aria-hidden="true" />
          {followText(follow, over)}
        </button>
      )}
    </search>
  );
}

function followText(follow: boolean, over: boolean): string {
  if (over) return follow ? 'At the end' : 'To the end';
  return follow ? 'Following' : 'Follow';
}

/** The whole log at once would be built at each new line: only when it is asked for. */
function CopyLines({ text }: { text: () => string }) {
  const [copied, setCopied] = useState(false);
  return (
    <button
      type="button"
      className="btn sm"
      onBlur={() => setCopied(false)}
      onClick={() => void navigator.clipboard.writeText(text()).then(() => setCopied(true))}
    >
      <Copy aria-hidden="true" />
      {copied ? 'Copied' : 'Copy lines'}
    </button>
  );
}

function PlaceChoice({ titles, place, subtasks, change }: LogToolbarProps) {
  const { vertexId, subtask } = place;
  return (
    <>
      <select
        aria-label="Operator"
        value={vertexId ?? ''}
        onChange={({ target }) =>
          change({ operator: target.value || undefined, subtask: undefined })
        }
      >
        <option value="">All operators</option>
        {[...titles].map(([id, title]) => (
          <option key={id} value={id}>
            {title}
          </option>
        ))}
      </select>
      <select
        aria-label="Subtask"
        value={subtask ?? ''}
        onChange={({ target }) =>
          change({ subtask: target.value === '' ? undefined : Number(target.value) })
        }
      >
        <option value="">All subtasks</option>
        {Array.from({ length: subtasks }, (_, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a subtask is its index
          <option key={at} value={at}>
            Subtask {at}
          </option>
        ))}
      </select>
    </>
  );
}

interface LevelChoiceProps {
  readonly level: LogLevel;
  readonly choose: (level: LogLevel) => void;
}

function LevelChoice({ level, choose }: LevelChoiceProps) {
  return (
    <fieldset className="segments bare" aria-label="From level on">
      {LEVELS.map(([value, label]) => (
        <button
          key={value}
          type="button"
          aria-pressed={level === value}
          onClick={() => choose(value)}
        >
          {label}
        </button>
      ))}
    </fieldset>
  );
}
