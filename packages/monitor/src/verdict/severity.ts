/** How bad a verdict is, by its cause and by how long the backlog has been growing. */
import type { VerdictCause, VerdictSeverity } from '@weir/console-protocol';

const FALLING_BEHIND_MS = 60_000;

/** @param worseSince since when the backlog grows; null = it does not */
export function severityOf(
  cause: VerdictCause | null,
  t: number,
  worseSince: number | null,
): VerdictSeverity {
  if (cause === 'stuck') return 'critical';
  if (cause === 'skew') return 'warning';
  return worseSince !== null && t - worseSince >= FALLING_BEHIND_MS ? 'warning' : 'notice';
}
