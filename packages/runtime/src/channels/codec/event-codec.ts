/** Watermarks, status, end of input, latency markers and barriers as elements of a segment. */
import { InvariantError } from '@weir/core';
import type { CheckpointType, StreamElement } from '../../operators/output-buffer.ts';
import {
  ELEMENT_BARRIER,
  ELEMENT_END_OF_INPUT,
  ELEMENT_HEADER_BYTES,
  ELEMENT_LATENCY_MARKER,
  ELEMENT_STATUS,
  ELEMENT_WATERMARK,
  writeElementHeader,
} from './element-header.ts';
import { align8, type Memory } from './memory.ts';

export type StreamEvent = Exclude<StreamElement, { kind: 'objects' | 'columns' }>;

const CHECKPOINT_TYPES: readonly CheckpointType[] = [
  'checkpoint',
  'savepoint',
  'stop',
  'drain',
  'final',
];

/** Bytes that `writeEvent` takes. */
export function eventBytes(event: StreamEvent): number {
  switch (event.kind) {
    case 'watermark':
      return ELEMENT_HEADER_BYTES + 8;
    case 'barrier':
      return ELEMENT_HEADER_BYTES + 16;
    case 'latencyMarker':
      return ELEMENT_HEADER_BYTES + 16 + align8(event.operatorId.length * 2);
    default:
      return ELEMENT_HEADER_BYTES;
  }
}

/** Writes an event at an 8-aligned offset with enough room after it. */
export function writeEvent(memory: Memory, at: number, event: StreamEvent): void {
  const bytes = eventBytes(event);
  const double = (at + ELEMENT_HEADER_BYTES) >> 3;
  switch (event.kind) {
    case 'watermark':
      writeElementHeader(memory, at, ELEMENT_WATERMARK, bytes, 0, 0);
      memory.doubles[double] = event.timestampMs;
      break;
    case 'status':
      writeElementHeader(memory, at, ELEMENT_STATUS, bytes, 0, event.idle ? 1 : 0);
      break;
    case 'endOfInput':
      writeElementHeader(memory, at, ELEMENT_END_OF_INPUT, bytes, 0, 0);
      break;
    case 'barrier': {
      const type = CHECKPOINT_TYPES.indexOf(event.checkpointType);
      writeElementHeader(memory, at, ELEMENT_BARRIER, bytes, 0, type);
      memory.doubles[double] = event.checkpointId;
      memory.doubles[double + 1] = event.triggeredAtMs;
      break;
    }
    case 'latencyMarker': {
      const textAt = at + ELEMENT_HEADER_BYTES + 16;
      writeElementHeader(memory, at, ELEMENT_LATENCY_MARKER, bytes, 0, event.operatorId.length);
      memory.doubles[double] = event.markedAtMs;
      memory.doubles[double + 1] = event.subtask;
      memory.text.write(event.operatorId, textAt, 'utf16le');
      break;
    }
  }
}

/** Reads what `writeEvent` wrote. */
export function readEvent(memory: Memory, at: number): StreamEvent {
  const kind = memory.words[at >> 2]!;
  const info = memory.words[(at >> 2) + 3]!;
  const double = (at + ELEMENT_HEADER_BYTES) >> 3;
  switch (kind) {
    case ELEMENT_WATERMARK:
      return { kind: 'watermark', timestampMs: memory.doubles[double]! };
    case ELEMENT_STATUS:
      return { kind: 'status', idle: info === 1 };
    case ELEMENT_END_OF_INPUT:
      return { kind: 'endOfInput' };
    case ELEMENT_BARRIER:
      return {
        kind: 'barrier',
        checkpointId: memory.doubles[double]!,
        triggeredAtMs: memory.doubles[double + 1]!,
        checkpointType: CHECKPOINT_TYPES[info]!,
      };
    case ELEMENT_LATENCY_MARKER: {
      const textAt = at + ELEMENT_HEADER_BYTES + 16;
      return {
        kind: 'latencyMarker',
        markedAtMs: memory.doubles[double]!,
        operatorId: memory.text.toString('utf16le', textAt, textAt + info * 2),
        subtask: memory.doubles[double + 1]!,
      };
    }
    default:
      throw new InvariantError('unknown element in a segment', { kind, at });
  }
}
