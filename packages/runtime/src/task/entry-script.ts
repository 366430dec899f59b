/**
 * A stack frame of its own for each subtask and each operator, so that a CPU profile tells whose
 * work it saw, also where the engine's shared code runs: channels, codecs, key selectors.
 *
 * What a subtask or an operator does is called through a script that only it uses, named as the
 * scripts of `generated-loop.ts` are; the scripts are called from one place, megamorphic on
 * purpose: V8 would inline a script that it sees alone here, and credit its samples to the caller.
 */
import { Script } from 'node:vm';

/** Calls `body` with `argument` from a frame of its own. */
export type Entry = <Argument, Result>(
  body: (argument: Argument) => Result,
  argument: Argument,
) => Result;

/** Whose frames a script's are; without an operator, a subtask's as a whole. */
export interface ScriptOwner {
  readonly vertexId: string;
  readonly operatorId: string | null;
  readonly subtask: number;
}

const SCRIPT_NAME = /^([^/#]+)(?:\/([^/#]+))?#(\d+)$/;
const TEXT =
  '"use strict"; (function enter(body, argument) { const result = body(argument); return result; })';

/** Tells a profile nothing. */
export const PLAIN_ENTRY: Entry = (body, argument) => body(argument);

export function scriptName({ vertexId, operatorId, subtask }: ScriptOwner): string {
  return `${vertexId}${operatorId === null ? '' : `/${operatorId}`}#${subtask}`;
}

/** Null for a script that belongs to no subtask. */
export function scriptOwner(name: string): ScriptOwner | null {
  const found = SCRIPT_NAME.exec(name);
  if (found === null) return null;
  const [, vertexId = '', operatorId = null, subtask] = found;
  return { vertexId, operatorId, subtask: Number(subtask) };
}

/** Cost: a tenth of a millisecond. */
export function compileEntry(owner: ScriptOwner): Entry {
  const options = { filename: scriptName(owner), lineOffset: GENERATED_LINE };
  return new Script(TEXT, options).runInThisContext() as Entry;
}

/**
 * Lines of generated scripts begin here. A profiler gives an inlined frame's line without its
 * file: beyond this line it is a generated script's.
 */
export const GENERATED_LINE = 10_000_000;

/** Calls `body` through an entry; the only place that calls entries. */
export function enterBy<Argument, Result>(
  entry: Entry,
  body: (argument: Argument) => Result,
  argument: Argument,
): Result {
  const result = entry(body, argument);
  return result;
}

const DUMMIES = 6;
// Enough for V8 to allocate the feedback that remembers the functions seen here.
const WARM_CALLS = 400;

function warm(): void {
  const dummies = Array.from({ length: DUMMIES }, (_, subtask) =>
    compileEntry({ vertexId: 'warm', operatorId: null, subtask }),
  );
  for (let i = 0; i < WARM_CALLS; i++) enterBy(dummies[i % DUMMIES]!, (value) => value, i);
}

warm();
