/**
 * What users do with jobs, as events of the job: one when it is asked for, one with its outcome,
 * both with the same trace. Called by whatever carries out a wish: Flink's triggers, Weir's router.
 *
 * Invariant: every begin is followed by exactly one end, whatever the operation does.
 */
import type { IncomingMessage } from 'node:http';
import { type Actor, CLIENT_HEADER, type JobEvent } from '@weir/console-protocol';
import { toWire } from '@weir/core';

/** Also the event's subject. */
export type UserAction =
  | 'submit'
  | 'checkpoint'
  | 'savepoint'
  | 'stop'
  | 'cancel'
  | 'rerun'
  | 'rescale'
  | 'dispose'
  | 'history quota';

/** What the outcome of an action says beside that it went well. */
export type ActionResult = Pick<JobEvent, 'path' | 'relatedJobId'>;

const CLIENTS: Readonly<Record<string, Actor>> = { console: 'console', cli: 'cli' };

/** By the header that the console and the `weir` command send with everything. */
export function actorOf(client: string | null | undefined): Actor {
  return CLIENTS[client ?? ''] ?? 'rest';
}

export function actorOfRequest({ headers }: IncomingMessage): Actor {
  return actorOf(String(headers[CLIENT_HEADER] ?? ''));
}

export class UserActions {
  readonly #emit: (jobId: string, event: JobEvent) => void;
  readonly #nowMs: () => number;
  readonly #newId: () => string;

  constructor(
    emit: (jobId: string, event: JobEvent) => void,
    nowMs: () => number,
    newId: () => string,
  ) {
    this.#emit = emit;
    this.#nowMs = nowMs;
    this.#newId = newId;
  }

  /** Runs the operation between its two events; answers and fails as it does. */
  async follow<T>(
    jobId: string,
    action: UserAction,
    actor: Actor,
    run: () => Promise<T>,
    resultOf: (value: T) => ActionResult = () => ({}),
  ): Promise<T> {
    const trace = this.#newId();
    const about = { kind: 'action' as const, subject: action, actor, trace };
    const begun = this.#nowMs();
    this.#emit(jobId, { t: begun, ...about, text: `${action}: asked for`, outcome: 'running' });
    const end = (outcome: 'completed' | 'failed', text: string, result: ActionResult) => {
      const t = this.#nowMs();
      this.#emit(jobId, { t, ...about, text, outcome, durationMs: t - begun, ...result });
    };
    try {
      const value = await run();
      end('completed', `${action}: done`, resultOf(value));
      return value;
    } catch (error) {
      end('failed', `${action}: ${toWire(error).message}`, {});
      throw error;
    }
  }

  /** Something that was done at once. */
  note(jobId: string, action: UserAction, actor: Actor, text: string, result: ActionResult): void {
    const trace = this.#newId();
    const outcome = 'completed' as const;
    const t = this.#nowMs();
    this.#emit(jobId, {
      t,
      kind: 'action',
      subject: action,
      actor,
      trace,
      text,
      outcome,
      ...result,
    });
  }
}
