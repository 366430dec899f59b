/**
 * What a TaskManager can be asked about its threads while a job runs, and what it answers. Nothing
 * is attached to a thread, and nothing costs, unless it is asked.
 */
import type { TaskLocation } from './task-location.ts';

export type InspectionRequest =
  /**
   * Samples the slots' threads for `forMs` from now on, or for longer than that if asked again
   * before; 0 ends it at once. Every `sliceMs` what was sampled is sent.
   */
  | {
      readonly type: 'sampleThreads';
      readonly forMs: number;
      readonly sliceMs: number;
      readonly intervalMicros: number;
    }
  | { readonly type: 'readStacks'; readonly requestId: string };

export type InspectionReport =
  | { readonly type: 'threadSamples'; readonly samples: ThreadSamples }
  /** How many threads have a profiler attached, at each change. */
  | { readonly type: 'sampling'; readonly threads: number }
  | {
      readonly type: 'stacks';
      readonly requestId: string;
      readonly threads: readonly ThreadStackView[];
    };

/** Whose file a function is in; `gc` is the collector, `native` what has no file. */
export type CodeKind = 'user' | 'library' | 'engine' | 'node' | 'native';

export interface SampledFrame {
  readonly name: string;
  /** `operator`: no function; what is below was called by `operatorId`. */
  readonly kind: CodeKind | 'gc' | 'operator';
  /** As the user knows it; null = in no file. */
  readonly file: string | null;
  /** 1-based, where the function begins. */
  readonly line: number | null;
  /** The npm package of a `library` frame. */
  readonly package: string | null;
  /** Of an `operator` frame. */
  readonly vertexId: string | null;
  readonly operatorId: string | null;
  /** Lines with their self time in ms, heaviest first; bounded. */
  readonly lines: readonly (readonly [line: number, selfMs: number])[];
}

/** A forest in columns; a parent (-1 = none) comes before its children. */
export interface SampledTree {
  readonly frames: readonly SampledFrame[];
  readonly frame: readonly number[];
  readonly parent: readonly number[];
  /** ms of a thread's time. */
  readonly self: readonly number[];
}

/** One slice of all slots; times in epoch ms. */
export interface ThreadSamples {
  readonly fromMs: number;
  readonly toMs: number;
  readonly intervalMicros: number;
  readonly threads: number;
  /** Without those of sleeping threads. */
  readonly samples: number;
  readonly parts: readonly SampledPart[];
}

export interface SampledPart {
  /** Null for what a thread did outside of its subtasks. */
  readonly task: TaskLocation | null;
  readonly samples: number;
  readonly tree: SampledTree;
}

export interface StackFrameView {
  readonly function: string;
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  readonly kind: CodeKind;
}

export interface ThreadStackView {
  /** -1 = the main thread. */
  readonly slot: number;
  readonly name: string;
  readonly state: 'running' | 'waiting' | 'native';
  readonly operator: (TaskLocation & { readonly name: string; readonly inside: boolean }) | null;
  /** Innermost first. */
  readonly stack: readonly StackFrameView[];
}
