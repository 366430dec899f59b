/** Above the graph: the legend, always; a search; graph or table. */
import { Link } from '@tanstack/react-router';
import { Search } from 'lucide-react';
import { useJob, useJobStore } from '../../../live/use-live.ts';
import { FILL_STOPS, RAMP_STOPS } from '../../../model/busy-ramp.ts';
import { countFigure, figureText } from '../../../model/figures.ts';

export interface GraphToolbarProps {
  readonly table: boolean;
  readonly found: string;
  readonly find: (text: string) => void;
}

export function GraphToolbar({ table, found, find }: GraphToolbarProps) {
  const { jobId } = useJobStore();
  return (
    <div className="graph-toolbar">
      <Legend />
      <span className="grow" />
      <label className="field sm">
        <Search aria-hidden="true" />
        <input
          type="search"
          aria-label="Find operator"
          placeholder="Find operator"
          value={found}
          onChange={(event) => find(event.target.value)}
        />
      </label>
      <nav className="segments sm" aria-label="Graph or table">
        <Link
          to="/c/embedded/jobs/$jobId/graph"
          params={{ jobId }}
          search={({ view: _, ...rest }) => rest}
          aria-pressed={!table}
          role="button"
        >
          Graph
        </Link>
        <Link
          to="/c/embedded/jobs/$jobId/graph"
          params={{ jobId }}
          search={(now) => ({ ...now, view: 'table' })}
          aria-pressed={table}
          role="button"
        >
          Table
        </Link>
      </nav>
    </div>
  );
}

function Legend() {
  const { busyLow, busyHigh, rateLow, rateHigh } = useJob(({ latest }) => {
    const busy = known(latest?.vertices.map((vertex) => vertex.busy));
    const rates = known(latest?.edges.map((edge) => edge.recordsPerSecond));
    return {
      busyLow: Math.round(Math.min(...busy) * 100),
      busyHigh: Math.round(Math.max(...busy) * 100),
      rateLow: figureText(countFigure(rates.length === 0 ? null : Math.min(...rates))),
      rateHigh: figureText(countFigure(rates.length === 0 ? null : Math.max(...rates), 'rec/s')),
    };
  });
  const range = Number.isFinite(busyLow) ? `${busyLow} – ${busyHigh} %` : 'unknown';
  return (
    <section className="legend" aria-label="Legend">
      <span title="How busy the busiest subtask is; the lowest and the highest of the graph">
        busy 0
        <span className="ramp" aria-hidden="true">
          {RAMP_STOPS.map((stop) => (
            <i key={stop} style={{ background: `var(--busy-${stop})` }} />
          ))}
        </span>
        100 %<b>{range}</b>
      </span>
      <span>
        <i className="swatch hatch" style={{ width: 16 }} aria-hidden="true" />
        backpressured
      </span>
      <span className="optional" title="Width of an edge: records per second, logarithmic">
        <svg width="30" height="10" aria-hidden="true" stroke="var(--text-3)">
          <path d="M0 5h8" strokeWidth="1.5" />
          <path d="M11 5h8" strokeWidth="3" />
          <path d="M22 5h8" strokeWidth="6" />
        </svg>
        {rateHigh.startsWith(`${rateLow}\u202f`) ? '' : `${rateLow} – `}
        {rateHigh}
      </span>
      <span className="optional" title="Colour of an edge: how full its fullest channel is">
        channel
        <span className="ramp" aria-hidden="true">
          {FILL_STOPS.map((stop) => (
            <i key={stop} style={{ background: `var(--fill-${stop})` }} />
          ))}
        </span>
        full
      </span>
    </section>
  );
}

function known(values: readonly (number | null)[] | undefined): number[] {
  return (values ?? []).filter((value) => value !== null);
}
