import {
  type JobTick,
  type JobTopology,
  jobTick,
  packTicks,
  shapeOf,
  unpackTicks,
} from '@weir/console-protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ProbeFrame, ProbeLayout, ProbeSeries } from './cluster-probe.ts';
import { Monitor } from './monitor.ts';
import { TickBuilder } from './tick-builder.ts';

const JOB = 'f'.repeat(32);
const [SOURCE, MAP, SINK] = ['a', 'b', 'c'].map((one) => one.repeat(32)) as [
  string,
  string,
  string,
];

function vertex(id: string, name: string, role: 'source' | 'operator' | 'sink', parallelism = 1) {
  const operator = {
    id: `${id.slice(1)}0`,
    name,
    operatorType: 'x',
    role,
    callSite: null,
    origin: null,
  };
  const rest = { maxParallelism: 128, slotSharingGroup: 'default' };
  return { id, name, parallelism, ...rest, operators: [operator] };
}

const TOPOLOGY: JobTopology = {
  jobId: JOB,
  name: 'test',
  startedAt: 0,
  attempt: 0,
  vertices: [
    vertex(SOURCE, 'in', 'source'),
    vertex(MAP, 'map', 'operator'),
    vertex(SINK, 'out', 'sink'),
  ],
  edges: [SOURCE, MAP].map((source, index) => ({
    index,
    source,
    target: index === 0 ? MAP : SINK,
    strategy: 'HASH' as const,
    outputTag: null,
  })),
};

const TIMES = ['Running', 'Queued', 'External', 'Idle', 'BackPressured'];

function task(vertexId: string, name: string): ProbeSeries {
  return { vertexId, subtask: 0, operatorId: null, name };
}

/** Layout of one subtask per vertex, with the values of one second by name. */
function layoutAndFrames(seconds: readonly Record<string, number>[]) {
  const names = Object.keys(seconds[0]!);
  const series = names.map((key): ProbeSeries => {
    const [where, name] = key.split('/') as [string, string];
    const id = { in: SOURCE, map: MAP, out: SINK }[where.replace('*', '')]!;
    if (!where.startsWith('*')) return task(id, name);
    return { ...task(id, name), operatorId: `${id.slice(1)}0` };
  });
  const layout: ProbeLayout = { version: 1, series };
  const frames = seconds.map((values, second): ProbeFrame => {
    const numbers = Float64Array.from(names, (name) => values[name] ?? Number.NaN);
    return { layoutVersion: 1, atMs: 1000 * (second + 1), values: numbers };
  });
  return { layout, frames };
}

function ticksOf(seconds: readonly Record<string, number>[]): JobTick[] {
  const { layout, frames } = layoutAndFrames(seconds);
  const builder = new TickBuilder(TOPOLOGY);
  builder.setLayout(layout);
  return frames.map((frame) => builder.tick(frame, 'RUNNING', { [MAP]: { RUNNING: 1 } })!);
}

describe('TickBuilder', () => {
  it('says null where a source does not know how far it is behind', () => {
    const [known, unknown] = ticksOf([
      { '*in/pendingRecords': 7, '*in/pendingMs': 0 },
      { '*in/pendingRecords': Number.NaN, '*in/pendingMs': Number.NaN },
    ]);
    expect(known).toMatchObject({ pendingRecords: 7, pendingMs: 0 });
    expect(unknown).toMatchObject({ pendingRecords: null, pendingMs: null });
    expect(unknown!.vertices[0]).toMatchObject({ pendingRecords: null, pendingMs: null });
  });

  it('gives rates from the growth between frames, null before', () => {
    const seconds = [0, 1, 2].map((second) => ({
      '*in/numRecordsOut': 500 * second * second,
      '*out/numRecordsIn': 100 * second,
      'map/numRecordsIn': 300 * second,
      'in/edge.0.records': 300 * second,
      'in/edge.0.fill': 0.25,
    }));
    const [first, second, third] = ticksOf(seconds);
    expect(first!.recordsIn).toBeNull();
    expect(first!.edges[0]!.fill).toBe(0.25);
    expect(second!.recordsIn).toBe(500);
    expect(third).toMatchObject({ recordsIn: 1500, recordsOut: 100 });
    expect(third!.vertices[1]!.recordsIn).toBe(300);
    expect(third!.vertices[1]!.tasks).toEqual({ RUNNING: 1 });
    expect(third!.edges[0]).toEqual({
      index: 0,
      recordsPerSecond: 300,
      bytesPerSecond: null,
      fill: 0.25,
    });
    expect(jobTick.safeParse(third).success).toBe(true);
  });

  it('splits the second of the busiest subtask into parts that add up to 1', () => {
    const part = fc.double({ min: 0, max: 2000, noNaN: true });
    fc.assert(
      fc.property(fc.array(part, { minLength: 5, maxLength: 5 }), (growth) => {
        fc.pre(growth.reduce((a, b) => a + b, 0) > 1);
        const named = (values: readonly number[]) =>
          Object.fromEntries(TIMES.map((time, i) => [`map/accumulate${time}TimeMs`, values[i]!]));
        const [, tick] = ticksOf([named([7, 7, 7, 7, 7]), named(growth.map((one) => one + 7))]);
        const { busy, idle, backpressured, running, queued, external } = tick!.vertices[1]!;
        expect(busy! + idle! + backpressured!).toBeCloseTo(1, 2);
        expect(running! + queued! + external!).toBeCloseTo(busy!, 2);
      }),
    );
  });

  it('tells a watermark that has not begun, and one that lags', () => {
    const base = { 'in/currentOutputWatermark': 10_000, '*out/numRecordsIn': 0 };
    const [none] = ticksOf([{ ...base, 'out/currentInputWatermark': -(2 ** 63) }]);
    expect(none).toMatchObject({ watermark: null, watermarkLag: null });
    const [some] = ticksOf([{ ...base, 'out/currentInputWatermark': 4000 }]);
    expect(some).toMatchObject({ watermark: 4000, watermarkLag: 6000 });
  });

  it('takes no delta across a restart', () => {
    const builder = new TickBuilder(TOPOLOGY);
    const { layout, frames } = layoutAndFrames([{ '*in/numRecordsOut': 900 }]);
    builder.setLayout(layout);
    builder.tick(frames[0]!, 'RUNNING', {});
    builder.setLayout(layout);
    const after = { ...frames[0]!, atMs: 9000, values: Float64Array.of(3) };
    expect(builder.tick(after, 'RUNNING', {})!.recordsIn).toBeNull();
  });
});

describe('Monitor', () => {
  it('follows a job from its topology to ticks, snapshot and history', () => {
    const ticks: JobTick[] = [];
    const monitor = new Monitor({ onTick: (_, tick) => ticks.push(tick) });
    const seconds = Array.from({ length: 40 }, (_, i) => ({ '*in/numRecordsOut': i * 10 }));
    const { layout, frames } = layoutAndFrames(seconds);
    monitor.apply({ type: 'layout', jobId: JOB, layout });
    expect(monitor.snapshot(JOB)).toBeNull();
    monitor.apply({ type: 'topology', jobId: JOB, topology: TOPOLOGY });
    monitor.apply({ type: 'layout', jobId: JOB, layout });
    monitor.apply({ type: 'state', jobId: JOB, state: 'RUNNING', atMs: 0, tasks: {} });
    for (const frame of frames) monitor.apply({ type: 'frame', jobId: JOB, frame });
    const event = { t: 5000, kind: 'state' as const, text: 'RUNNING', subject: null };
    monitor.apply({ type: 'event', jobId: JOB, event });
    expect(ticks).toHaveLength(40);
    expect(ticks.at(-1)).toMatchObject({ state: 'RUNNING', recordsIn: 10, bottleneck: null });
    const { topology: shown, history } = monitor.snapshot(JOB)!;
    expect(unpackTicks(shapeOf(shown), history)).toEqual(
      unpackTicks(shapeOf(shown), packTicks(shapeOf(shown), ticks)),
    );
    expect(monitor.history(JOB, 3000, 6000)!.ticks.map((tick) => tick.t)).toEqual([
      3000, 4000, 5000,
    ]);
    expect(monitor.history(JOB, 0, 9000)!.events).toEqual([event]);
    monitor.tickSilentJobs(41_000);
    expect(ticks).toHaveLength(40);
    monitor.tickSilentJobs(45_000);
    expect(ticks.at(-1)).toMatchObject({ t: 45_000, recordsIn: null });
    monitor.apply({ type: 'state', jobId: JOB, state: 'FINISHED', atMs: 45_500, tasks: {} });
    expect(ticks.at(-1)).toMatchObject({ t: 45_500, state: 'FINISHED', recordsIn: null });
    monitor.tickSilentJobs(90_000);
    expect(ticks).toHaveLength(42);
    monitor.apply({ type: 'removed', jobId: JOB });
    expect(monitor.snapshot(JOB)).toBeNull();
  });
});
