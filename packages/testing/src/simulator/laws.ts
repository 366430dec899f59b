/**
 * The laws that every simulation keeps, by name. A broken law is recorded, not thrown: it may be
 * noticed deep inside engine code that would take an exception for a failure of a task.
 */
export const LAWS = {
  'exactly-once': 'each expected record is committed once, and no other',
  'at-least-once': 'each expected record is committed, and none that was not there',
  'key-order': 'the records of a key keep their order',
  'commit-after-durable': 'nothing is committed before a durable, recorded checkpoint counts it',
  'acknowledged-is-durable': 'what a task acknowledges lies on disk',
  'restore-after-commit': 'no attempt starts before a checkpoint that was committed',
  'checkpoint-ids-grow': 'a checkpoint id is durable before it is used, and used once',
  'one-process': 'two processes of a job never live at once',
  'no-lost-wake-up': 'a slot does not sleep while something waits in its mailboxes',
  'no-unexpected-failure': 'nothing fails but what was made to fail',
  'job-finishes': 'a job ends as FINISHED once the faults have stopped',
} as const;

export type LawName = keyof typeof LAWS;

export interface Violation {
  readonly law: LawName;
  readonly what: string;
}

const VIOLATIONS_MAX = 20;

export class Laws {
  readonly violations: Violation[] = [];

  broken(law: LawName, what: string): void {
    if (this.violations.length < VIOLATIONS_MAX) this.violations.push({ law, what });
  }

  require(holds: boolean, law: LawName, what: () => string): void {
    if (!holds) this.broken(law, what());
  }
}
