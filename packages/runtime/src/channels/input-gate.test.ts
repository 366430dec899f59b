import type { ClockPort, ObjectBatch } from '@weir/core';
import { describe, expect, test } from 'vitest';
import type { CheckpointBarrier, StreamElement } from '../operators/output-buffer.ts';
import { InputChannel } from './input-channel.ts';
import { ChannelGate } from './input-gate.ts';

class ScriptedChannel extends InputChannel {
  readonly elements: StreamElement[] = [];
  readonly queuedBytes = 0;
  override takenBytes = 10;

  get hasData(): boolean {
    return this.elements.length > 0;
  }

  put(...elements: StreamElement[]): void {
    this.elements.push(...elements);
    this.onData(this);
  }

  take(): StreamElement | null {
    return this.elements.shift()!;
  }
}

class ManualClock implements ClockPort {
  ms = 1000;
  nowMs(): number {
    return this.ms;
  }
  monotonicMs(): number {
    return this.ms;
  }
}

function rig(count: number, mode: 'EXACTLY_ONCE' | 'AT_LEAST_ONCE' = 'EXACTLY_ONCE') {
  const clock = new ManualClock();
  const channels = Array.from({ length: count }, (_, i) => new ScriptedChannel(i));
  const gate = new ChannelGate(channels, clock, mode);
  const drain = (): string[] => {
    const seen: string[] = [];
    for (let event = gate.next(); event !== null; event = gate.next()) {
      if (event.kind === 'batch')
        seen.push(`${event.input}:${(event.batch as ObjectBatch).rows[0]}`);
      else if (event.kind === 'barrier') seen.push(`barrier ${event.barrier.checkpointId}`);
      else if (event.kind === 'barrierCanceled') seen.push(`canceled ${event.checkpointId}`);
      else if (event.kind === 'watermark') seen.push(`wm ${event.timestampMs}`);
      else seen.push(event.kind);
    }
    return seen;
  };
  return { clock, channels, gate, drain };
}

function row(value: string): ObjectBatch {
  return { kind: 'objects', count: 1, rows: [value], timestamps: null, keyHashes: null };
}

function barrier(checkpointId: number): CheckpointBarrier {
  return { kind: 'barrier', checkpointId, triggeredAtMs: 990, checkpointType: 'checkpoint' };
}

const end = { kind: 'endOfInput' } as const;

describe('input gate', () => {
  test('serves channels in turn and keeps their input numbers', () => {
    const { channels, drain } = rig(3);
    channels[0]!.put(row('a'), row('b'), row('c'));
    channels[2]!.put(row('x'), row('y'));
    expect(drain()).toEqual(['0:a', '2:x', '0:b', '2:y', '0:c']);
  });

  test('takes what had arrived before it was made', () => {
    const early = new ScriptedChannel(0);
    early.put(row('early'));
    const gate = new ChannelGate([early], new ManualClock(), 'EXACTLY_ONCE');
    expect(gate.next()).toMatchObject({ kind: 'batch', batch: { rows: ['early'] } });
  });

  test('counts how long channels were held back, and says which edge is late', () => {
    const { clock, channels, gate, drain } = rig(2);
    channels.forEach((channel, index) => {
      channel.edge = 7 + index;
    });
    expect([gate.alignedMs, gate.lateEdge]).toEqual([0, -1]);
    channels[0]!.put(barrier(1));
    drain();
    clock.ms += 300;
    expect([gate.alignedMs, gate.lateEdge]).toEqual([300, 8]);
    channels[1]!.put(barrier(1), barrier(2));
    drain();
    clock.ms += 50;
    expect([gate.alignedMs, gate.lateEdge]).toEqual([350, 7]);
    gate.abortCheckpoint(2);
    clock.ms += 1000;
    expect(gate.alignedMs).toBe(350);
  });

  test('holds a channel back from its barrier to the last one', () => {
    const { channels, drain, gate } = rig(2);
    channels[0]!.put(row('a'), barrier(1), row('after'));
    channels[1]!.put(row('x'), row('y'));
    expect(drain()).toEqual(['0:a', '1:x', '1:y']);
    expect(gate.isAligning).toBe(true);
    channels[1]!.put(row('z'), barrier(1), row('later'));
    expect(drain()).toEqual(['1:z', 'barrier 1', '0:after', '1:later']);
    expect(gate.isAligning).toBe(false);
  });

  test('reports start delay, duration, bytes and the last channel of an alignment', () => {
    const { channels, gate, clock } = rig(2);
    channels[0]!.put(barrier(1));
    gate.next();
    clock.ms += 30;
    channels[1]!.put(row('x'), barrier(1));
    gate.next();
    expect(gate.next()).toMatchObject({
      alignment: { startDelayMs: 10, alignmentMs: 30, processedBytes: 10, lastChannel: 1 },
    });
  });

  test('a newer barrier gives the older checkpoint up', () => {
    const { channels, drain } = rig(2);
    channels[0]!.put(barrier(1), row('a'));
    channels[1]!.put(barrier(2), row('x'));
    expect(drain()).toEqual(['canceled 1', '0:a']);
    channels[0]!.put(barrier(2));
    expect(drain()).toEqual(['barrier 2', '1:x']);
    channels[1]!.put(barrier(3));
    channels[0]!.put(barrier(3));
    expect(drain()).toEqual(['barrier 3']);
  });

  test('an aborted checkpoint unblocks, and its late barriers are ignored', () => {
    const { channels, drain, gate } = rig(2);
    channels[0]!.put(barrier(1), row('a'));
    expect(drain()).toEqual([]);
    gate.abortCheckpoint(1);
    channels[1]!.put(barrier(1), row('x'));
    expect(drain()).toEqual(['canceled 1', '0:a', '1:x']);
    gate.abortCheckpoint(2);
    channels[0]!.put(barrier(2), row('b'));
    channels[1]!.put(barrier(2));
    expect(drain()).toEqual(['0:b']);
  });

  test('ended channels still take part in alignment', () => {
    const { channels, drain } = rig(2);
    channels[0]!.put(end, barrier(1));
    channels[1]!.put(row('x'));
    expect(drain()).toEqual(['1:x']);
    channels[1]!.put(barrier(1), end);
    expect(drain()).toEqual(['barrier 1', 'endOfInput']);
    channels[0]!.put(barrier(2));
    channels[1]!.put(barrier(2));
    expect(drain()).toEqual(['barrier 2']);
  });

  test('at least once: counts barriers and holds nothing back', () => {
    const { channels, drain } = rig(2, 'AT_LEAST_ONCE');
    channels[0]!.put(barrier(1), row('a'), barrier(2), row('b'));
    expect(drain()).toEqual(['0:a', '0:b']);
    channels[1]!.put(barrier(1), row('x'));
    expect(drain()).toEqual(['barrier 1', '1:x']);
    channels[1]!.put(barrier(2));
    expect(drain()).toEqual(['barrier 2']);
  });

  test('barrier ids that do not increase are our bug', () => {
    const { channels, gate } = rig(1);
    channels[0]!.put(barrier(2), barrier(2));
    gate.next();
    expect(() => gate.next()).toThrow('barrier ids do not increase');
  });

  test('combines watermarks of all inputs', () => {
    const { channels, drain } = rig(2);
    channels[0]!.put({ kind: 'watermark', timestampMs: 8 });
    channels[1]!.put({ kind: 'watermark', timestampMs: 5 }, row('x'));
    expect(drain()).toEqual(['wm 5', '1:x']);
  });
});
