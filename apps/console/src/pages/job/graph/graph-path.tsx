/** Where one is in a graph of groups, and the ways up and out. */
import { ChevronRight, ChevronUp } from 'lucide-react';
import { EVERY_VERTEX } from '../../../model/graph/graph-scene.ts';

export interface GraphPathProps {
  readonly groups: number;
  readonly vertices: number;
  readonly by: string;
  /** Name of the open group, `EVERY_VERTEX`, or null at the top. */
  readonly inside: string | null;
  readonly members: number;
  readonly go: (inside: string | null) => void;
}

export function GraphPath({ groups, vertices, by, inside, members, go }: GraphPathProps) {
  if (inside === null) {
    return (
      <nav className="graph-path" aria-label="Groups">
        <b>All groups</b>
        <span title={`Grouped by ${by}`}>
          {groups}, {vertices} vertices
        </span>
        <button type="button" className="btn quiet sm" onClick={() => go(EVERY_VERTEX)}>
          Every vertex
        </button>
      </nav>
    );
  }
  return (
    <nav className="graph-path" aria-label="Groups">
      <button type="button" className="link" onClick={() => go(null)}>
        All groups
      </button>
      <ChevronRight aria-hidden="true" />
      <b>{inside === EVERY_VERTEX ? 'every vertex' : inside}</b>
      <span>{members} vertices</span>
      <button
        type="button"
        className="btn quiet sm"
        onClick={() => go(null)}
        aria-keyshortcuts="u"
        aria-label="Up to all groups"
      >
        <ChevronUp aria-hidden="true" />
        Up <kbd className="kbd">U</kbd>
      </button>
    </nav>
  );
}
