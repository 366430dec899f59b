/** What users did and what limits a job, in the words of the timeline. */
import type { Actor, JobEvent, VerdictCause } from '@weir/console-protocol';

const ACTIONS: Readonly<Record<string, string>> = {
  submit: 'Submitted',
  checkpoint: 'Checkpoint triggered',
  savepoint: 'Savepoint triggered',
  stop: 'Stopped with a savepoint',
  cancel: 'Canceled',
  rerun: 'Restarted',
  rescale: 'Rescaled',
  dispose: 'Savepoint disposed',
  'history quota': 'History quota changed',
};

const ACTORS: Readonly<Record<Actor, string>> = {
  console: 'from the console',
  cli: 'by the weir command',
  rest: 'over the REST API',
};

const CAUSES: Readonly<Record<VerdictCause, string>> = {
  cpu: 'its own code takes the time',
  external: 'waits for something outside',
  queued: 'waits for its slot thread',
  skew: 'one subtask gets most of the records',
  gc: 'its thread collects garbage',
  alignment: 'waits for a late barrier',
  blocked: 'single calls hold its thread',
  state: 'reads and writes state',
  source: 'the source cannot read faster',
  stuck: 'nothing goes in or out any more',
  machine: 'the machine has no core left',
};

/** `site` = what the operator calls outside, where it is known. */
export function causeWords(cause: VerdictCause | null, site: string | null = null): string {
  if (cause === 'external' && site !== null) return `waits for ${site}`;
  return cause === null ? 'everything upstream waits on it' : CAUSES[cause];
}

export function actorWords(actor: Actor | null | undefined): string {
  return actor == null ? '' : ACTORS[actor];
}

export type RowTone = 'plain' | 'warn' | 'fail' | 'cause' | 'good' | 'accent';

/** `event` is the action's end, or its begin while there is none. */
export function actionRow(event: JobEvent): {
  readonly what: string;
  readonly why: string;
  readonly tone: RowTone;
} {
  const { subject, actor, outcome, text, relatedJobId } = event;
  const what = ACTIONS[subject ?? ''] ?? subject ?? text;
  const who = actorWords(actor);
  if (outcome === 'failed') {
    const reason = text.replace(`${subject}: `, '');
    return { what: `${what}: refused`, why: `${who}: ${reason}`, tone: 'fail' };
  }
  if (outcome === 'running') return { what, why: `${who}, under way`, tone: 'plain' };
  if (subject === 'history quota') return { what: text, why: who, tone: 'plain' };
  const job = relatedJobId === undefined ? '' : ` ${relation(subject)} ${relatedJobId.slice(0, 8)}`;
  return { what, why: `${who}${job}`, tone: 'plain' };
}

function relation(subject: string | null): string {
  return subject === 'submit' ? 'from the state of job' : 'as job';
}
