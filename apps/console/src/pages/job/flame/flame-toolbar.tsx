/** Above the flame graph: whose time, which time, in which colours, and out of here. */
import type { FlameGraphAnswer, FlameMode, JobTopology } from '@weir/console-protocol';
import { X } from 'lucide-react';
import { clockTime } from '../../../model/time/clock-time.ts';
import { vertexTitle } from '../../../model/graph/vertex-title.ts';
import type { ChangeFlame, FlameSearch } from './flame-search.ts';
import { SearchField } from '../../../components/search-field.tsx';

const MODES: readonly [mode: FlameMode, label: string][] = [
  ['on', 'On CPU'],
  ['off', 'Off CPU'],
  ['mixed', 'Mixed'],
];
/** Moments that can be chosen to compare with. */
const CHOICES_MAX = 60;
/** Places of one picture mean nothing in another. */
const ELSEWHERE = { zoom: undefined, node: undefined };

export interface FlameToolbarProps {
  readonly search: FlameSearch;
  readonly topology: JobTopology | null;
  readonly answer: FlameGraphAnswer;
  /** Share of what the search found, as text; null without a search. */
  readonly found: string | null;
  readonly change: ChangeFlame;
  readonly exportAs: (format: 'cpuprofile' | 'folded') => void;
}

export function FlameToolbar(props: FlameToolbarProps) {
  const { search, topology, answer, found, change, exportAs } = props;
  const { mode = 'on', q = '', by = 'operator', engine, base } = search;
  return (
    <div className="flame-toolbar" role="toolbar" aria-label="What is shown">
      <Scope search={search} topology={topology} change={change} />
      <fieldset className="segments" aria-label="Time">
        {MODES.map(([one, label]) => (
          <button
            key={one}
            type="button"
            aria-pressed={mode === one}
            onClick={() => change({ ...ELSEWHERE, mode: one === 'on' ? undefined : one })}
          >
            {label}
          </button>
        ))}
      </fieldset>
      <select
        aria-label="Colours"
        value={by}
        onChange={({ target: { value } }) =>
          change({ by: value === 'package' ? 'package' : undefined })
        }
      >
        <option value="operator">Colour by operator</option>
        <option value="package">Colour by package</option>
      </select>
      <Compare answer={answer} base={base} change={change} />
      <SearchField
        className="flame-find"
        label="Search frames"
        value={q}
        change={(text) => change({ q: text === '' ? undefined : text })}
      >
        {found !== null && <output aria-label="Share of the matches">{found}</output>}
      </SearchField>
      <label className="check">
        <input
          type="checkbox"
          checked={engine === 'shown'}
          onChange={({ target: { checked } }) =>
            change({ ...ELSEWHERE, engine: checked ? 'shown' : undefined })
          }
        />
        Engine frames
      </label>
      <span className="grow" />
      <select
        className="act"
        aria-label="Export"
        value=""
        onChange={({ target: { value } }) => exportAs(value as 'cpuprofile' | 'folded')}
      >
        <option value="">Export…</option>
        <option value="cpuprofile">.cpuprofile for DevTools</option>
        <option value="folded">Folded stacks</option>
      </select>
    </div>
  );
}

type ScopeProps = Pick<FlameToolbarProps, 'search' | 'topology' | 'change'>;

function Scope({ search: { vertex = '', subtask }, topology, change }: ScopeProps) {
  const shown = topology?.vertices.find(({ id }) => id === vertex);
  return (
    <>
      <select
        aria-label="Vertex"
        value={vertex}
        onChange={({ target: { value } }) =>
          change({ ...ELSEWHERE, vertex: value === '' ? undefined : value, subtask: undefined })
        }
      >
        <option value="">Job: {topology?.name}</option>
        {topology?.vertices.map((one) => (
          <option key={one.id} value={one.id}>
            {vertexTitle(one)}
          </option>
        ))}
      </select>
      {shown !== undefined && (
        <select
          aria-label="Subtask"
          value={subtask ?? ''}
          onChange={({ target: { value } }) =>
            change({ ...ELSEWHERE, subtask: value === '' ? undefined : Number(value) })
          }
        >
          <option value="">All subtasks</option>
          {Array.from({ length: shown.parallelism }, (_, index) => `${index}`).map((index) => (
            <option key={index} value={index}>
              Subtask {index}
            </option>
          ))}
        </select>
      )}
    </>
  );
}

interface CompareProps {
  readonly answer: FlameGraphAnswer;
  readonly base: number | undefined;
  readonly change: ChangeFlame;
}

function Compare({ answer, base, change }: CompareProps) {
  if (base !== undefined) {
    return (
      <span className="flame-compared">
        minus <b>{clockTime(base)}</b>
        <button
          type="button"
          className="copy"
          aria-label="Compare no more"
          onClick={() => change({ base: undefined })}
        >
          <X aria-hidden="true" />
        </button>
      </span>
    );
  }
  const moments = answer.moments.slice(0, -1);
  const every = Math.max(1, Math.ceil(moments.length / CHOICES_MAX));
  const choices = moments.filter((_, i) => i % every === 0).reverse();
  return (
    <select
      aria-label="Compare with"
      value=""
      disabled={choices.length === 0}
      title={choices.length === 0 ? 'Nothing else is kept yet to compare with' : undefined}
      onChange={({ target: { value } }) => change({ base: Number(value) })}
    >
      <option value="">Compare…</option>
      {choices.map(({ to }) => (
        <option key={to} value={to}>
          with {clockTime(to)}
        </option>
      ))}
    </select>
  );
}
