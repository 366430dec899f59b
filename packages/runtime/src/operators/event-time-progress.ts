/**
 * How far event time had come, as operator state. After a restore it goes on from there: what was
 * late stays late, and a window that has fired does not begin again. (Flink starts over with no
 * watermark, FLINK-5601.)
 *
 * Kept by operators that make watermarks, and by the task for keyed operators.
 *
 * Where subtasks are more or fewer than before, each goes on from the least of all: that is what
 * tasks behind an exchange had seen.
 */
import { type EventTimeMs, MAX_WATERMARK, MIN_TIMESTAMP, types } from '@weir/core';
import type { OperatorStateReader, OperatorStateWriter } from '../checkpoint/operator-state.ts';

const STATE_NAME = 'event-time';

/** Once per snapshot; not where a subtask is idle. The end of event time is not progress. */
export function writeEventTime(writer: OperatorStateWriter, watermarkMs: EventTimeMs): void {
  if (watermarkMs < MAX_WATERMARK) writer.writeList(STATE_NAME, types.f64(), [watermarkMs]);
}

/** MIN_TIMESTAMP where nothing is known. */
export function readEventTime(reader: OperatorStateReader): EventTimeMs {
  const [ownMs] = reader.readOwn(STATE_NAME, types.f64()) ?? [];
  if (ownMs !== undefined) return ownMs;
  let leastMs: EventTimeMs = MAX_WATERMARK;
  for (const watermarkMs of reader.readUnion(STATE_NAME, types.f64())) {
    if (watermarkMs < leastMs) leastMs = watermarkMs;
  }
  return leastMs < MAX_WATERMARK ? leastMs : MIN_TIMESTAMP;
}
