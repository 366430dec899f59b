/** The icon and word of a kind of event; a job that was stopped says that. */
import { Bookmark, Crosshair, RefreshCw, TriangleAlert, User, Waypoints } from 'lucide-react';
import type { RowKind } from '../../../model/timeline/timeline-rows.ts';

export const KINDS = {
  exception: [TriangleAlert, 'Exception'],
  verdict: [Crosshair, 'Verdict'],
  checkpoint: [Waypoints, 'Checkpoint'],
  savepoint: [Bookmark, 'Savepoint'],
  state: [RefreshCw, 'State'],
  action: [User, 'User'],
} as const;

export function KindWord({ kind, fail }: { kind: RowKind; fail: boolean }) {
  const [Icon, word] = KINDS[kind];
  return (
    <span className={fail ? 'tl-kind tone-fail' : 'tl-kind'}>
      <Icon aria-hidden="true" />
      {word}
    </span>
  );
}
