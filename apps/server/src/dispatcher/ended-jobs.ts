/** Which ended jobs a server goes on showing. Semantics: Flink's `jobstore.max-capacity`. */
import { type JobView, TERMINAL_STATUS } from '@weir/runtime';

/** Those that ended first, beyond the `capacity` that ended last. */
export function surplusJobs(views: readonly JobView[], capacity: number): readonly JobView[] {
  return views
    .filter(({ status }) => TERMINAL_STATUS.has(status))
    .sort((left, right) => endOf(right) - endOf(left))
    .slice(capacity);
}

function endOf({ status, timestamps }: JobView): number {
  return timestamps[status] ?? 0;
}
