/** What the rerun dialog offers and says when an earlier version is gone back to. */
import type { Deployment } from '@weir/console-protocol';
import { dayAndTime } from '../time/clock-time.ts';
import type { Consequence, RestoreSource } from '../operate/rerun-wish.ts';
import type { RestorePoint } from '../operate/restore-points.ts';

/** The newest checkpoint or savepoint of the version that is still there. */
export function versionPoints({ version, lastGood }: Deployment): RestorePoint[] {
  if (lastGood === null) return [];
  const { id, path, savepoint, at, bytes } = lastGood;
  const note = `${savepoint ? 'savepoint' : 'checkpoint'}, the last of version ${version}`;
  return [{ id, path, savepoint, note, atMs: at, bytes }];
}

/** The version's last one, then the others; each once. */
export function versionFirst(back: Deployment, others: readonly RestorePoint[]): RestorePoint[] {
  const last = versionPoints(back);
  return [...last, ...others.filter(({ path }) => last[0]?.path !== path)];
}

export function pointSource(point: RestorePoint): RestoreSource {
  return { kind: 'point', point };
}

export function versionRows(back: Deployment | null, now: number): Consequence[] {
  if (back === null) return [];
  const { version, submittedAt, artifactSha256 } = back;
  const when = dayAndTime(submittedAt, now);
  const text = `version ${version} of ${when} (${artifactSha256.slice(0, 7)}), with its options`;
  return [{ term: 'Program', text, warn: false }];
}
