/**
 * How long an operator has been limiting: what there was in most seconds counts, single seconds
 * without do not end it. Also which bursts it had that passed by themselves.
 *
 * Invariant: a streak ends when the seconds without evidence, counted double, outweigh those with.
 */
import type { VerdictCause } from '@weir/console-protocol';
import type { Finding } from './cause.ts';
import type { Limit } from './limits.ts';

const CAUSES_REMEMBERED = 7;
const ABSENCE_WEIGHT = 2;
const SCORE_MS_FIRST = 1000;
/** Seconds of the past that a streak can live on. */
const SCORE_MS_MAX = 10_000;
const BURSTS_MAX = 5;
const BURSTS_MEMORY_MS = 600_000;

export class Evidence {
  readonly vertexId: string;
  /** Epoch ms of the first and the last second with evidence. */
  since = 0;
  seenAt = 0;
  limit: Limit | null = null;
  /** A verdict was spoken in this streak. */
  spoken = false;
  #scoreMs = 0;
  #causes: (VerdictCause | null)[] = [];
  /** The last finding of each cause. */
  readonly #findings = new Map<VerdictCause | null, Finding>();
  #cause: VerdictCause | null = null;
  #bursts: { readonly at: number; readonly lastedMs: number }[] = [];

  constructor(vertexId: string) {
    this.vertexId = vertexId;
  }

  get isThere(): boolean {
    return this.#scoreMs > 0;
  }

  /** The last one with the cause that is spoken of. */
  get finding(): Finding | null {
    return this.#findings.get(this.#cause) ?? null;
  }

  get lastedMs(): number {
    return this.seenAt - this.since;
  }

  /** The cause of most of the last seconds; it changes only when another outweighs it. */
  get cause(): VerdictCause | null {
    return this.#cause;
  }

  /** `spanMs` = for how long before `t` the evidence reaches back. */
  saw(limit: Limit, finding: Finding, t: number, spanMs: number): void {
    if (!this.isThere) {
      this.since = t - spanMs;
      this.#scoreMs = Math.max(SCORE_MS_FIRST, spanMs);
      this.#causes = [];
      this.#findings.clear();
      this.#cause = finding.cause;
      this.spoken = false;
    } else {
      this.#scoreMs = Math.min(SCORE_MS_MAX, this.#scoreMs + t - this.seenAt);
    }
    this.seenAt = t;
    this.limit = limit;
    this.#remember(finding);
  }

  /** A second without evidence. True when the streak is over. */
  missed(stepMs: number): boolean {
    if (!this.isThere) return false;
    this.#scoreMs -= ABSENCE_WEIGHT * stepMs;
    return this.#scoreMs <= 0;
  }

  /** The streak is over; a burst when nothing was said about it. */
  end(t: number): void {
    this.#scoreMs = 0;
    if (this.spoken) return;
    this.#bursts.push({ at: t, lastedMs: this.lastedMs });
    if (this.#bursts.length > BURSTS_MAX) this.#bursts.shift();
  }

  /** The longest of at least two bursts of late; null if there were not so many. */
  longestBurstMs(t: number): number | null {
    const recent = this.#bursts.filter(({ at }) => at >= t - BURSTS_MEMORY_MS);
    return recent.length < 2 ? null : Math.max(...recent.map(({ lastedMs }) => lastedMs));
  }

  #remember(finding: Finding): void {
    this.#findings.set(finding.cause, finding);
    this.#causes.push(finding.cause);
    if (this.#causes.length > CAUSES_REMEMBERED) this.#causes.shift();
    const count = (cause: VerdictCause | null) =>
      this.#causes.filter((one) => one === cause).length;
    for (const cause of this.#causes) if (count(cause) > count(this.#cause)) this.#cause = cause;
  }
}
