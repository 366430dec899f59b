/**
 * Verdicts over time: spoken after 5 s of evidence, `since` its first second; withdrawn after 10 s
 * without. What drains by itself within a minute is no verdict but a burst.
 *
 * Fed with one picture per second, of frames or of ticks, in order. Pure: the same pictures give
 * the same verdicts, live and over history.
 */
import type {
  Bottleneck,
  JobTick,
  JobTopology,
  VerdictFigures,
  VerdictTrend,
} from '@weir/console-protocol';
import type { CodeFinding, KeyFinding } from '../cluster-probe.ts';
import { Backlog } from './backlog.ts';
import { Evidence } from './evidence.ts';
import { findCause } from './cause.ts';
import { findLimits, type Limit, nextLimits } from './limits.ts';
import type { Picture } from './picture.ts';
import { severityOf } from './severity.ts';
import { VerdictFindings } from './verdict-findings.ts';

const EVIDENCE_MS = 5000;
const ABSENCE_MS = 10_000;
/** Without evidence for so long, a verdict is on its way to its end. */
const ENDING_MS = 3000;
/** A spoken verdict gives way only to one with so much evidence. */
const TAKE_OVER_MS = 8000;
const BURST_MS_MAX = 60_000;
/** A burst may last so much longer than the longest before. */
const BURST_ROOM = 1.5;
const BURST_ROOM_MS = 3000;
/** Shorter ones are not worth a mark. */
const BURST_MS_MIN = 3000;
/** Figures are to be read: they do not change every second. */
const FIGURES_MS = 5000;
const GROWING_MS = 4000;

/** At its limit for a while, and not any more. */
export interface Burst {
  readonly vertexId: string;
  readonly operatorId: string | null;
  readonly since: number;
  readonly until: number;
}

export class VerdictTracker {
  readonly #topology: JobTopology;
  readonly #evidence = new Map<string, Evidence>();
  /** Of each source. */
  readonly #pending = new Map<string, Backlog>();
  /** Of the job. */
  readonly #backlog = new Backlog();
  #lastT = 0;
  #spoken: Evidence | null = null;
  /** As it was last told; its figures are renewed now and then. */
  #told: Bottleneck | null = null;
  #toldAt = 0;
  #worseSince: number | null = null;
  readonly #findings = new VerdictFindings();
  #bursts: Burst[] = [];
  /** With evidence at the last picture, the cause first. */
  #ranked: readonly Evidence[] = [];
  /** Evidence at the last picture that is not a verdict (yet). */
  forming: Bottleneck | null = null;

  constructor(topology: JobTopology) {
    this.#topology = topology;
  }

  /** Null = nothing limits. `tick` belongs to the same second as the picture. */
  update(picture: Picture, tick: JobTick): Bottleneck | null {
    const { t } = picture;
    this.#measure(picture, tick);
    this.#gather(picture);
    this.#lastT = t;
    this.#choose(t);
    const spoken = this.#spoken;
    this.forming = this.#formingAt(t);
    if (spoken === null) {
      this.#told = null;
      return null;
    }
    const until = t - spoken.seenAt >= ENDING_MS ? spoken.seenAt : null;
    return this.#tell(spoken, until, picture, tick);
  }

  /** What the spoken verdict's profile found; shown where the cause names nothing else. */
  setCode(code: CodeFinding): void {
    if (!this.#belongs(code)) return;
    this.#findings.setCode(code);
    this.#toldAt = 0;
  }

  /** The most frequent key of the busiest subtask, looked for because of the spoken verdict. */
  setKey(key: KeyFinding): void {
    if (!this.#belongs(key)) return;
    this.#findings.setKey(key);
    this.#toldAt = 0;
  }

  /** Bursts that ended since the last call. */
  takeBursts(): readonly Burst[] {
    const bursts = this.#bursts;
    this.#bursts = [];
    return bursts;
  }

  #belongs({ vertexId, since }: CodeFinding | KeyFinding): boolean {
    return vertexId === this.#told?.vertexId && since === this.#told.since;
  }

  #measure(picture: Picture, { pendingRecords }: JobTick): void {
    this.#backlog.add(picture.t, pendingRecords);
    this.#worseSince = this.#backlog.hasBeenGrowing ? (this.#worseSince ?? picture.t) : null;
    for (const { id, pendingRecords: pending } of picture.vertices) {
      if (pending === null && !this.#pending.has(id)) continue;
      const backlog = this.#pending.get(id) ?? new Backlog();
      this.#pending.set(id, backlog);
      backlog.add(picture.t, pending);
    }
  }

  #gather(picture: Picture): void {
    const { t, spanMs } = picture;
    const growing = new Set<string>();
    for (const [id, backlog] of this.#pending) if (backlog.holdsOut(GROWING_MS)) growing.add(id);
    const limits = findLimits(picture, this.#topology, growing);
    const seen = new Map<string, Limit>();
    for (const limit of limits) seen.set(limit.vertexId, limit);
    for (const [vertexId, limit] of seen) {
      const evidence = this.#evidence.get(vertexId) ?? new Evidence(vertexId);
      this.#evidence.set(vertexId, evidence);
      // What was looked at to find it is evidence as well, and its first second the begin.
      const reach = Math.max(0, (limit.kind === 'source' ? GROWING_MS : spanMs) - 1000);
      evidence.saw(limit, findCause(limit, picture, this.#topology), t, reach);
    }
    const stepMs = this.#lastT === 0 ? 1000 : t - this.#lastT;
    for (const evidence of this.#evidence.values()) {
      if (seen.has(evidence.vertexId) || !evidence.isThere) continue;
      const over = evidence.spoken ? t - evidence.seenAt >= ABSENCE_MS : evidence.missed(stepMs);
      if (over) this.#ended(evidence, t);
    }
    this.#ranked = limits.map(({ vertexId }) => this.#evidence.get(vertexId)!);
  }

  #ended(evidence: Evidence, t: number): void {
    const { vertexId, since, seenAt, lastedMs, finding } = evidence;
    evidence.end(t);
    if (evidence.spoken || lastedMs < BURST_MS_MIN) return;
    const operatorId = finding?.operatorId ?? null;
    this.#bursts.push({ vertexId, operatorId, since, until: seenAt });
  }

  #choose(t: number): void {
    if (this.#spoken !== null && t - this.#spoken.seenAt >= ABSENCE_MS) this.#spoken = null;
    const first = this.#ranked.find(
      (evidence) => evidence.lastedMs >= EVIDENCE_MS && !this.#mayBeBurst(evidence, t),
    );
    if (first === undefined || first === this.#spoken) return;
    const fresh = this.#spoken !== null && t - this.#spoken.seenAt < ENDING_MS;
    if (fresh && first.lastedMs < TAKE_OVER_MS) return;
    this.#spoken = first;
    this.#told = null;
    this.#findings.clear();
    first.spoken = true;
  }

  /** It drains, and will have drained within a minute; or it is no longer than those before. */
  #mayBeBurst(evidence: Evidence, t: number): boolean {
    if (evidence.spoken || evidence.lastedMs >= BURST_MS_MAX) return false;
    const drainMs = this.#backlog.burstDrainMs(evidence.since);
    if (drainMs !== null && evidence.lastedMs + drainMs < BURST_MS_MAX) return true;
    const longestMs = evidence.longestBurstMs(t);
    return longestMs !== null && evidence.lastedMs < longestMs * BURST_ROOM + BURST_ROOM_MS;
  }

  #formingAt(t: number): Bottleneck | null {
    const first = this.#ranked[0];
    if (first === undefined || first === this.#spoken || first.seenAt !== t) return null;
    const { vertexId, since, cause } = first;
    const operatorId = first.finding?.operatorId ?? null;
    return { vertexId, since, cause, operatorId };
  }

  #tell(spoken: Evidence, until: number | null, picture: Picture, tick: JobTick): Bottleneck {
    const before = this.#told;
    const cause = this.#findings.causeOf(spoken.cause);
    const trend = until === null ? this.#trend : 'recovering';
    const renews =
      before === null ||
      before.cause !== cause ||
      (until === null && picture.t - this.#toldAt >= FIGURES_MS);
    if (!renews) {
      if (before.until !== until) this.#told = { ...before, until, trend };
      return this.#told!;
    }
    this.#toldAt = picture.t;
    const finding = spoken.finding!;
    this.#told = {
      vertexId: spoken.vertexId,
      since: spoken.since,
      until,
      cause,
      severity: severityOf(cause, picture.t, this.#worseSince),
      trend,
      operatorId: finding.operatorId,
      subtask: finding.subtask,
      subject: finding.subject ?? this.#findings.subjectOf(cause),
      figures: {
        ...finding.figures,
        ...this.#backlogFigures(tick),
        ...this.#findings.figuresOf(cause, stateBytesOf(tick, spoken.vertexId)),
      },
      next: this.#next(spoken, picture),
    };
    return this.#told;
  }

  #next(spoken: Evidence, picture: Picture): string[] {
    const others = this.#ranked.filter((one) => one !== spoken).map(({ vertexId }) => vertexId);
    return [...new Set([...others, ...nextLimits(spoken.vertexId, picture, this.#topology)])];
  }

  get #trend(): VerdictTrend | null {
    return this.#backlog.trend;
  }

  #backlogFigures({ pendingRecords, recordsIn }: JobTick): Partial<VerdictFigures> {
    const slope = this.#backlog.slope;
    if (pendingRecords === null || slope === null) return {};
    const { drainMs } = this.#backlog;
    return {
      backlogRecords: pendingRecords,
      backlogSlope: Math.round(slope.perSecond),
      supplyPerSecond:
        recordsIn === null ? null : Math.max(0, Math.round(recordsIn + slope.perSecond)),
      drainMs: drainMs === null ? null : Math.round(drainMs),
    };
  }
}

function stateBytesOf({ vertices }: JobTick, vertexId: string): number | null {
  return vertices.find(({ id }) => id === vertexId)?.stateBytes ?? null;
}
