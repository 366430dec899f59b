/** What of the graph stands in the address, and the ways to change it. */
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import { type ColourMode, colourModeOf } from '../../../model/graph/colour-mode.ts';

const ROUTE = '/c/embedded/jobs/$jobId/graph';

export interface GraphAddress {
  readonly vertex: string | null;
  readonly table: boolean;
  readonly mode: ColourMode;
  /** The open group, `EVERY_VERTEX`, or null. */
  readonly inside: string | null;
  readonly expanded: ReadonlySet<string>;
  /** Selects a vertex where one is; null selects none. */
  readonly choose: (vertexId: string | null) => void;
  readonly select: (vertexId: string, inside: string | null) => void;
  readonly openGroup: (name: string | null) => void;
  readonly toggleChain: (vertexId: string) => void;
  readonly colourBy: (mode: ColourMode) => void;
}

export function useGraphAddress(): GraphAddress {
  const { vertex, view, color, in: inside, expanded: listed } = useSearch({ from: ROUTE });
  const navigate = useNavigate({ from: ROUTE });
  const expanded = useMemo(() => new Set(listed === undefined ? [] : listed.split('.')), [listed]);
  const choose = useCallback(
    (vertexId: string | null) =>
      void navigate({
        replace: true,
        search: (now) => ({ ...now, vertex: vertexId ?? undefined }),
      }),
    [navigate],
  );
  const select = useCallback(
    (vertexId: string, group: string | null) =>
      void navigate({ search: (now) => ({ ...now, vertex: vertexId, in: group ?? undefined }) }),
    [navigate],
  );
  const openGroup = useCallback(
    (name: string | null) =>
      void navigate({ search: (now) => ({ ...now, in: name ?? undefined }) }),
    [navigate],
  );
  const toggleChain = useCallback(
    (vertexId: string) =>
      void navigate({
        replace: true,
        search: (now) => {
          const open = new Set(now.expanded?.split('.') ?? []);
          if (!open.delete(vertexId)) open.add(vertexId);
          return { ...now, expanded: open.size === 0 ? undefined : [...open].join('.') };
        },
      }),
    [navigate],
  );
  const colourBy = useCallback(
    (mode: ColourMode) =>
      void navigate({
        replace: true,
        search: (now) => ({ ...now, color: mode === 'busyness' ? undefined : mode }),
      }),
    [navigate],
  );
  return {
    vertex: vertex ?? null,
    table: view === 'table',
    mode: colourModeOf(color),
    inside: inside ?? null,
    expanded,
    choose,
    select,
    openGroup,
    toggleChain,
    colourBy,
  };
}
