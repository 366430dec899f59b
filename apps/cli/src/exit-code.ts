/** What the shell sees. */
export const EXIT = {
  OK: 0,
  FAILURE: 1,
  USAGE: 2,
  SERVER_UNREACHABLE: 3,
  JOB_FAILED: 4,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
