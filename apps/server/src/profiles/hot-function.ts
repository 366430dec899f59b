/** The function of the user's that takes most of a profile, with all that it calls and is not the user's. */
import type { FlameFrame, FlameTree } from '@weir/console-protocol';

export interface HotFunction {
  readonly function: string;
  /** As the user knows it. */
  readonly file: string;
  /** 1-based: the line that ran most, else where the function begins. */
  readonly line: number;
  /** Where the function begins. */
  readonly functionLine: number;
  /** 0…1 of the profile's time. */
  readonly share: number;
}

/** Where keyed state and timers are kept. */
export const STATE_FOLDER = 'packages/runtime/src/state/';

/**
 * Which part of a profile's time went to keyed state, 0…1, with all that it calls: hashing, copies,
 * walks. What a timer calls back is the user's again.
 */
export function stateShare({ frames, frame, parent, self }: FlameTree): number {
  let stateMs = 0;
  let totalMs = 0;
  self.forEach((ms, node) => {
    totalMs += ms;
    for (let at = node; at >= 0; at = parent[at]!) {
      const { kind, file } = frames[frame[at]!]!;
      if (kind === 'user' && file !== null) return;
      if (file?.startsWith(STATE_FOLDER) !== true) continue;
      stateMs += ms;
      return;
    }
  });
  return totalMs === 0 ? 0 : stateMs / totalMs;
}

/** Null when no code of the user's was seen. */
export function hotFunction({ frames, frame, parent, self }: FlameTree): HotFunction | null {
  const ownMs = new Map<FlameFrame, number>();
  let totalMs = 0;
  self.forEach((ms, node) => {
    totalMs += ms;
    for (let at = node; at >= 0; at = parent[at]!) {
      const one = frames[frame[at]!]!;
      if (one.kind !== 'user' || one.file === null) continue;
      ownMs.set(one, (ownMs.get(one) ?? 0) + ms);
      return;
    }
  });
  const [hottest] = [...ownMs].sort((left, right) => right[1] - left[1]);
  if (hottest === undefined || hottest[1] === 0) return null;
  const [{ name, file, line, lines }, ms] = hottest;
  const functionLine = line ?? 1;
  return {
    function: name,
    file: file!,
    line: lines[0]?.[0] ?? functionLine,
    functionLine,
    share: ms / totalMs,
  };
}
