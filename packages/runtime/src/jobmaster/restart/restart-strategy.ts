/**
 * Whether and when a failed job starts again. Asked once per failover by the job's states;
 * one file per strategy. Semantics: Flink's RestartBackoffTimeStrategy.
 */
export type RestartDecision =
  | { readonly restart: true; readonly delayMs: number }
  | { readonly restart: false; readonly reason: string };

export interface RestartStrategy {
  /** As Flink's REST shows it. */
  readonly description: string;
  /** Counts this failure, which happened now. */
  onFailure(nowMs: number): RestartDecision;
  /** What it counted so far, for the job's record; empty = nothing. */
  memory(): readonly number[];
  /** Goes on from what `memory` gave in an earlier server process. */
  recall(memory: readonly number[]): void;
}
