/** Above the graph: what colours it, the legend, always; where one is; a search; graph or table. */
import { Link } from '@tanstack/react-router';
import { useJobStore } from '../../../live/use-live.ts';
import { COLOUR_MODES, type ColourMode, MODE_LOOKS } from '../../../model/graph/colour-mode.ts';
import { GraphFind, type GraphFindProps } from './graph-find.tsx';
import { GraphLegend } from './graph-legend.tsx';
import { GraphPath, type GraphPathProps } from './graph-path.tsx';

export interface GraphToolbarProps extends GraphFindProps {
  readonly table: boolean;
  readonly mode: ColourMode;
  readonly colourBy: (mode: ColourMode) => void;
  /** Null for a graph without groups. */
  readonly path: GraphPathProps | null;
}

export function GraphToolbar({ table, mode, colourBy, path, ...find }: GraphToolbarProps) {
  const { jobId } = useJobStore();
  return (
    <div className="graph-toolbar">
      {path !== null && <GraphPath {...path} />}
      <label className="colour-by">
        <span>Colour by</span>
        <select
          className="bare"
          value={mode}
          onChange={(event) => colourBy(event.target.value as ColourMode)}
        >
          {COLOUR_MODES.map((one) => (
            <option key={one} value={one}>
              {MODE_LOOKS[one].label}
            </option>
          ))}
        </select>
      </label>
      <GraphLegend />
      <span className="grow" />
      <GraphFind {...find} />
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
