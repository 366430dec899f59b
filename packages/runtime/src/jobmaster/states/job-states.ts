/** Every state that has a file, by its status; JOB_TRANSITIONS says how they follow each other. */
import type { JobStates } from '../job-context.ts';
import { canceled } from './canceled.ts';
import { cancelling } from './cancelling.ts';
import { created } from './created.ts';
import { failed } from './failed.ts';
import { failing } from './failing.ts';
import { finished } from './finished.ts';
import { restarting } from './restarting.ts';
import { running } from './running.ts';
import { suspended } from './suspended.ts';

export const JOB_STATES: JobStates = {
  CREATED: created,
  RUNNING: running,
  RESTARTING: restarting,
  FAILING: failing,
  FAILED: failed,
  CANCELLING: cancelling,
  CANCELED: canceled,
  FINISHED: finished,
  SUSPENDED: suspended,
};
