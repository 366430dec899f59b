/** Window assigners with Flink's names. */
import { type DurationLike, toMs, WeirError } from '@weir/core';
import type { TumblingAssigner } from '@weir/runtime';

export type WindowAssigner = TumblingAssigner;

/**
 * Windows of one length that follow each other, by the records' own time.
 * @example stream.keyBy((r) => r.user).window(TumblingEventTimeWindows.of(Duration.ofHours(1)))
 */
export const TumblingEventTimeWindows = {
  /** `offset` moves all borders, e.g. by −8 h for days in China. */
  of: (size: DurationLike, offset: DurationLike = 0): WindowAssigner =>
    tumbling('EVENT_TIME', size, offset),
};

/** Windows of one length that follow each other, by the machine's clock. */
export const TumblingProcessingTimeWindows = {
  of: (size: DurationLike, offset: DurationLike = 0): WindowAssigner =>
    tumbling('PROCESSING_TIME', size, offset),
};

/** `Tumbling window, 1 h`. */
export function describeAssigner(assigner: WindowAssigner): string {
  const clock = assigner.timeDomain === 'EVENT_TIME' ? '' : ', processing time';
  return `Tumbling window, ${describeMs(assigner.sizeMs)}${clock}`;
}

/** Flink's name for the assigner, which is also its operators' default name. */
export function assignerName(assigner: WindowAssigner): string {
  return assigner.timeDomain === 'EVENT_TIME'
    ? 'TumblingEventTimeWindows'
    : 'TumblingProcessingTimeWindows';
}

function tumbling(
  timeDomain: TumblingAssigner['timeDomain'],
  size: DurationLike,
  offset: DurationLike,
): TumblingAssigner {
  const sizeMs = toMs(size);
  const offsetMs = toMs(offset);
  if (!Number.isInteger(sizeMs) || sizeMs <= 0) {
    throw new WeirError('ARGUMENT_INVALID', `a window is 1 ms or longer, not ${sizeMs} ms`);
  }
  if (!Number.isInteger(offsetMs) || Math.abs(offsetMs) >= sizeMs) {
    throw new WeirError(
      'ARGUMENT_INVALID',
      `a window's offset (${offsetMs} ms) is shorter than the window (${sizeMs} ms)`,
    );
  }
  return { kind: 'tumbling', timeDomain, sizeMs, offsetMs };
}

function describeMs(ms: number): string {
  const units = [
    [86_400_000, 'd'],
    [3_600_000, 'h'],
    [60_000, 'min'],
    [1000, 's'],
  ] as const;
  const unit = units.find(([factor]) => ms % factor === 0);
  return unit === undefined ? `${ms} ms` : `${ms / unit[0]} ${unit[1]}`;
}
