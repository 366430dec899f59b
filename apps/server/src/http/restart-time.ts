/** How long a job was down when it was last started anew: what another restart will take. */
import { deploymentsOf } from './deployment-chain.ts';
import type { JobEntry } from './job-service.ts';

/** A job that was started from one that had ended long before was not waited for. */
const SUCCESSION_MS_MAX = 60_000;

/**
 * From the end of a job until all subtasks of the one that was started from it ran, in ms: of the
 * newest such pair among the versions of the job. Null = there is none.
 */
export function restartTimeOf(job: JobEntry, all: readonly JobEntry[]): number | null {
  for (const version of deploymentsOf(job, all).reverse()) {
    const before = all.find(({ jobId }) => jobId === version.submission?.rerunOf);
    const end = before === undefined ? null : endOf(before);
    const up = end === null ? null : upAt(version);
    if (up === null || end === null) continue;
    if (end <= up && up - end < SUCCESSION_MS_MAX) return up - end;
  }
  return null;
}

/** When the last of its subtasks ran; null while not all of them have. Of many: no lists. */
function upAt({ control }: JobEntry): number | null {
  let up = 0;
  for (const { subtasks } of control.view().vertices) {
    for (const { timestamps } of subtasks) {
      if (timestamps.RUNNING === undefined) return null;
      up = Math.max(up, timestamps.RUNNING);
    }
  }
  return up > 0 ? up : null;
}

function endOf({ control }: JobEntry): number | null {
  const { FINISHED, CANCELED, FAILED } = control.view().timestamps;
  return FINISHED ?? CANCELED ?? FAILED ?? null;
}
