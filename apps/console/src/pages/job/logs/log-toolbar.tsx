/** Above the log: search with its matches, level, follow. */
import { ChevronDown, ChevronUp, Search } from 'lucide-react';
import type { LogLevel } from '../../../model/log-lines.ts';

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
  readonly change: (next: { q?: string; level?: LogLevel }) => void;
}

const LEVELS = [
  ['debug', 'All'],
  ['info', 'Info'],
  ['warn', 'Warn'],
  ['error', 'Error'],
] as const;

export function LogToolbar(props: LogToolbarProps) {
  const { q, level, found, at, all, truncated, follow, setFollow, step, change } = props;
  const counted = at < 0 ? `${found} found` : `${at + 1} of ${found}`;
  return (
    <search className="toolbar" aria-label="Search the log">
      <label className="field log-field">
        <Search aria-hidden="true" />
        <input
          type="search"
          aria-label="Search the log"
          placeholder="Search the log"
          value={q}
          onChange={(event) => change({ q: event.target.value })}
          onKeyDown={(event) => {
            if (event.key === 'Enter') step(event.shiftKey ? -1 : 1);
          }}
        />
        {q !== '' && (
          <span className="micro" role="status">
            {counted}
          </span>
        )}
      </label>
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
      <span className="quiet-text log-count">
        {all === 1 ? '1 line' : `${all} lines`}
        {truncated && ', older ones are gone'}
      </span>
      <span className="grow" />
      <button
        type="button"
        className={follow ? 'live-chip on' : 'live-chip'}
        aria-pressed={follow}
        onClick={() => setFollow(!follow)}
      >
        <i aria-hidden="true" />
        {follow ? 'Following' : 'Follow'}
      </button>
    </search>
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
