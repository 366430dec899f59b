/**
 * What was looked for because a verdict was spoken, and came later: the code that takes most, how
 * much of it is state access, the key that is hottest. They make the verdict more exact.
 *
 * Invariant: they belong to one verdict, and are forgotten with it.
 */
import {
  COMPUTING_CAUSES,
  type VerdictCause,
  type VerdictFigures,
  type VerdictSubject,
} from '@weir/console-protocol';
import type { CodeFinding, KeyFinding } from '../cluster-probe.ts';
import { rounded } from './picture.ts';

/** Of a profile's samples: from here on, state is what the time goes to. */
const STATE_MIN = 0.5;
/** Of a subtask's records: a key with less is not why it has so many. */
const KEY_MIN = 0.2;

export class VerdictFindings {
  #code: CodeFinding | null = null;
  #key: KeyFinding | null = null;

  setCode(code: CodeFinding): void {
    this.#code = code;
  }

  setKey(key: KeyFinding): void {
    this.#key = key;
  }

  clear(): void {
    this.#code = null;
    this.#key = null;
  }

  /** What computes may turn out to read and write state. */
  causeOf(cause: VerdictCause | null): VerdictCause | null {
    return cause === 'cpu' && (this.#code?.stateShare ?? 0) >= STATE_MIN ? 'state' : cause;
  }

  /** Null where nothing was found that belongs to the cause. */
  subjectOf(cause: VerdictCause | null): VerdictSubject | null {
    if (cause === 'skew' && this.#key !== null && this.#key.share >= KEY_MIN) {
      return { kind: 'key', name: this.#key.key, vertexId: null, edge: null };
    }
    const hottest = this.#code?.hottest ?? null;
    if (hottest === null || cause === null || !COMPUTING_CAUSES.has(cause)) return null;
    const name = `${hottest.functionName} (${hottest.place})`;
    return { kind: 'code', name, vertexId: null, edge: null };
  }

  /** @param stateBytes of the vertex */
  figuresOf(cause: VerdictCause | null, stateBytes: number | null): Partial<VerdictFigures> {
    const hottest = this.#code?.hottest ?? null;
    return {
      ...(hottest === null ? {} : { codeShare: rounded(hottest.share) }),
      ...(cause === 'state' && this.#code !== null
        ? { stateShare: rounded(this.#code.stateShare), stateBytes }
        : {}),
      ...(cause === 'skew' && this.#key !== null
        ? { keyShare: rounded(this.#key.share), keyGroup: this.#key.keyGroup }
        : {}),
    };
  }
}
