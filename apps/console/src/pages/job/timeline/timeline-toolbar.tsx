/** Above the list: kinds with their counts, grouping, search, how far back. */
import { SPAN_NAMES, type SpanName } from '../../../model/timeline/timeline-axis.ts';
import type { RowKind } from '../../../model/timeline/timeline-rows.ts';
import { SearchField } from '../../../components/search-field.tsx';
import type { TimelineSearch } from './timeline-search.ts';

const CHIPS = [
  ['exception', 'Exceptions'],
  ['verdict', 'Verdicts'],
  ['checkpoint', 'Checkpoints'],
  ['savepoint', 'Savepoints'],
  ['state', 'State'],
  ['action', 'Users'],
] as const;

export interface TimelineToolbarProps {
  readonly counts: Readonly<Record<RowKind, number>>;
  readonly show: RowKind | 'all';
  readonly q: string;
  readonly span: SpanName;
  readonly grouped: boolean;
  readonly change: (next: TimelineSearch) => void;
}

export function TimelineToolbar({ counts, show, q, span, grouped, change }: TimelineToolbarProps) {
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return (
    <search className="toolbar tl-toolbar" aria-label="Filter what happened">
      <fieldset className="tl-chips" aria-label="Kinds">
        <Chip on={show === 'all'} count={all} choose={() => change({ show: undefined })}>
          All
        </Chip>
        {CHIPS.map(([kind, label]) => (
          <Chip
            key={kind}
            on={show === kind}
            count={counts[kind]}
            choose={() => change({ show: kind })}
          >
            {label}
          </Chip>
        ))}
      </fieldset>
      <span className="grow" />
      <label className="check">
        <input
          type="checkbox"
          checked={grouped}
          onChange={() => change({ group: grouped ? 'none' : undefined })}
        />
        <span>Group by cause</span>
      </label>
      <select
        aria-label="How far back"
        value={span}
        onChange={({ target }) => change({ span: target.value as SpanName })}
      >
        {SPAN_NAMES.map((name) => (
          <option key={name}>{name}</option>
        ))}
      </select>
      <SearchField
        className="tl-find"
        label="Find in the timeline"
        placeholder="Find"
        value={q}
        change={(text) => change({ q: text || undefined })}
      />
    </search>
  );
}

interface ChipProps {
  readonly on: boolean;
  readonly count: number;
  readonly choose: () => void;
  readonly children: string;
}

function Chip({ on, count, choose, children }: ChipProps) {
  return (
    <button type="button" className="tl-chip" aria-pressed={on} onClick={choose}>
      {children} <span>{count}</span>
    </button>
  );
}
