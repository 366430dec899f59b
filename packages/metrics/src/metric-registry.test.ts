import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aggregateValues, percentile } from './aggregation.ts';
import { jobMetrics, taskManagerMetrics } from './job-metrics.ts';
import { MetricRegistry } from './metric-registry.ts';
import { prometheusText } from './prometheus.ts';
import { metricText, type ProcessFigures, type Series, type SeriesLayout } from './series.ts';

const VERTEX = 'a'.repeat(32);
const OPERATOR = 'b'.repeat(32);
const JOB = 'c'.repeat(32);

const TIMES = [
  'accumulateRunningTimeMs',
  'accumulateQueuedTimeMs',
  'accumulateExternalTimeMs',
  'accumulateIdleTimeMs',
  'accumulateBackPressuredTimeMs',
];

function task(name: string, kind: Series['kind'] = 'counter'): Series {
  return { vertexId: VERTEX, subtask: 0, operatorId: null, operatorName: null, name, kind };
}

function process(cpuMs = 0): ProcessFigures {
  const thread = { slot: 0, heapUsedBytes: 30, heapLimitBytes: 90, gcMs: 5, cpuMs: 10 };
  return {
    rssBytes: 100,
    cpuMs,
    segmentBytes: 64,
    segmentBytesUsed: 16,
    threads: [{ ...thread, eventLoopDelayMs: 2 }],
  };
}

function registryWith(names: readonly Series[], frames: readonly (readonly number[])[]) {
  const registry = new MetricRegistry();
  registry.setLayout(JOB, { version: 1, series: names });
  frames.forEach((values, second) => {
    const frame = { layoutVersion: 1, atMs: second * 1000, process: process(second * 500) };
    registry.addFrame(JOB, { ...frame, values: Float64Array.from(values) });
  });
  return registry;
}

describe('MetricRegistry', () => {
  it('splits each second into parts that add up to 1000 ms', () => {
    const parts = fc.array(fc.double({ min: 0, max: 1500, noNaN: true }), {
      minLength: 5,
      maxLength: 5,
    });
    fc.assert(
      fc.property(parts, parts, (first, growth) => {
        fc.pre(growth.reduce((a, b) => a + b, 0) > 1);
        const second = first.map((value, index) => value + growth[index]!);
        const registry = registryWith(
          TIMES.map((name) => task(name)),
          [first, second],
        );
        const read = (id: string) => Number(registry.job(JOB)!.vertexValue(VERTEX, `0.${id}`));
        const busy = read('busyTimeMsPerSecond');
        const others = read('idleTimeMsPerSecond') + read('backPressuredTimeMsPerSecond');
        expect(busy + others).toBeCloseTo(1000, 6);
        const mine = ['running', 'queued', 'external'].map((part) =>
          read(`${part}TimeMsPerSecond`),
        );
        expect(mine.reduce((a, b) => a + b, 0)).toBeCloseTo(busy, 6);
      }),
    );
  });

  it('takes rates over the last seconds, not since the start', () => {
    const frames = Array.from({ length: 12 }, (_, i) => [i < 6 ? i * 1000 : 5000 + (i - 5) * 10]);
    const registry = registryWith([task('numRecordsIn')], frames);
    expect(registry.job(JOB)!.vertexValue(VERTEX, '0.numRecordsInPerSecond')).toBe(10);
  });

  it('knows nothing before there are two frames', () => {
    const registry = registryWith(
      [task('numRecordsIn'), ...TIMES.map((name) => task(name))],
      [[5, 1, 1, 1, 1, 1]],
    );
    const job = registry.job(JOB)!;
    expect(job.vertexValue(VERTEX, '0.numRecordsIn')).toBe(5);
    expect(job.vertexValue(VERTEX, '0.numRecordsInPerSecond')).toBeNaN();
    expect(job.vertexValue(VERTEX, '0.busyTimeMsPerSecond')).toBeNaN();
    expect(job.vertexValue(VERTEX, '0.noSuch')).toBeNull();
    expect(job.vertexValue(VERTEX, '7.numRecordsIn')).toBeNull();
  });

  it('gives latencies to the job, by quantile to Prometheus', () => {
    const name = `latency.source_id.${'a'.repeat(32)}.operator_id.b.operator_subtask_index.3.latency`;
    const series = ['max', 'p99'].map((one) => ({
      ...task(`${name}_${one}`, 'gauge'),
      operatorId: 'b',
      operatorName: 'Map',
    }));
    const job = registryWith([task('numRecordsIn'), ...series], [[1, 20, 12.5]]).job(JOB)!;
    expect([...job.latencies]).toEqual([
      [`${name}_max`, 20],
      [`${name}_p99`, 12.5],
    ]);
    expect(job.vertexMetricIds(VERTEX).join()).not.toContain('latency');
    const text = prometheusText('h', new Map(), [
      {
        jobId: JOB,
        name: 'job',
        attempt: 0,
        taskManagerId: 'tm',
        vertexNames: new Map(),
        own: new Map(),
        taskManager: new Map(),
        tasks: job,
      },
    ]);
    const lines = text.split('\n').filter((line) => line.includes('latency{'));
    expect(lines).toEqual([
      `flink_taskmanager_job_latency_source_id_operator_id_operator_subtask_index_latency` +
        `{host="h",tm_id="tm",job_id="${JOB}",job_name="job",source_id="${'a'.repeat(32)}",` +
        `operator_id="b",operator_subtask_index="3",quantile="0.99"} 12.5`,
    ]);
  });

  it('starts afresh after a restart, and goes on when a layout only grew', () => {
    const layout = (version: number, names: string[]): SeriesLayout => ({
      version,
      series: names.map((name) => task(name)),
    });
    const registry = registryWith([task('numRecordsIn')], [[0], [100]]);
    registry.setLayout(JOB, layout(2, ['numRecordsIn', 'mine']));
    const frame = { layoutVersion: 2, atMs: 2000, process: process() };
    expect(registry.addFrame(JOB, { ...frame, values: Float64Array.of(200, 1) })).toBe(true);
    const rate = () => registry.job(JOB)!.vertexValue(VERTEX, '0.numRecordsInPerSecond');
    expect(rate()).toBe(100);
    registry.setLayout(JOB, layout(1, ['numRecordsIn', 'mine']));
    expect(rate()).toBeNaN();
    expect(registry.addFrame(JOB, { ...frame, values: Float64Array.of(0, 0) })).toBe(false);
  });

  it("names operators' metrics as Flink does", () => {
    const series = { ...task('numRecordsIn'), operatorId: OPERATOR, operatorName: 'Source: a.b' };
    const registry = registryWith([series], [[1], [3]]);
    expect(registry.job(JOB)!.vertexMetricIds(VERTEX)).toContain('0.Source__a_b.numRecordsIn');
  });
});

describe('values', () => {
  it('write longs without exponent and at their limits', () => {
    expect(metricText(-(2 ** 63))).toBe('-9223372036854775808');
    expect(metricText(2 ** 63)).toBe('9223372036854775807');
    expect(metricText(25.5)).toBe('25.5');
    expect(metricText(Number.NaN)).toBe('NaN');
    expect(metricText(true)).toBe('true');
  });

  it('aggregate with skew', () => {
    expect(aggregateValues([1, 3])).toEqual({ min: 1, max: 3, avg: 2, sum: 4, skew: 50 });
    expect(aggregateValues([0, 0]).skew).toBe(0);
    expect(aggregateValues([1, Number.NaN]).max).toBeNaN();
  });

  it('interpolate percentiles', () => {
    expect(percentile([], 50)).toBeNaN();
    expect(percentile([1, 2, 3, 4], 50)).toBe(2.5);
    expect(percentile([1, 2], 99)).toBe(2);
  });
});

describe('prometheusText', () => {
  it('is valid, grouped by metric, and labelled as by Flink', () => {
    const registry = registryWith(
      [
        task('numRecordsIn'),
        { ...task('numRecordsIn'), operatorId: OPERATOR, operatorName: 'Map' },
        ...TIMES.map((name) => task(name)),
      ],
      [
        [0, 0, 0, 0, 0, 0, 0],
        [10, 10, 400, 0, 0, 600, 0],
      ],
    );
    const job = registry.job(JOB)!;
    const checkpoints = { total: 3, inProgress: 0, completed: 3, failed: 0, restoredAtMs: null };
    const facts = { nowMs: 5000, status: 'RUNNING', timestamps: { RUNNING: 1000 }, restarts: 2 };
    const text = prometheusText('localhost', new Map([['numRunningJobs', 1]]), [
      {
        jobId: JOB,
        name: 'my job',
        attempt: 2,
        taskManagerId: 'tm-1',
        vertexNames: new Map([[VERTEX, 'Source: in -> Map']]),
        own: jobMetrics({ ...facts, checkpoints: { ...checkpoints, last: null } }),
        taskManager: taskManagerMetrics(job, 2),
        tasks: job,
      },
    ]);
    expect(text).toContain(
      `flink_taskmanager_job_task_numRecordsIn{host="localhost",tm_id="tm_1",job_id="${JOB}",` +
        `job_name="my_job",task_id="${VERTEX}",task_name="Source:_in____Map"`,
    );
    expect(text).toMatch(/flink_taskmanager_job_task_operator_numRecordsIn\{.*operator_name="Map"/);
    expect(text).toMatch(/flink_taskmanager_job_task_busyTimeMsPerSecond\{.*\} 400\n/);
    expect(text).toMatch(/flink_taskmanager_job_task_isBackPressured\{.*\} 0\n/);
    expect(text).toMatch(/flink_taskmanager_Status_JVM_CPU_Load\{.*\} 0\.25\n/);
    expect(text).toContain('flink_jobmanager_job_uptime{');
    const line = /^(# (HELP|TYPE) \w+ .+|[a-zA-Z_:][\w:]*\{(\w+="[\w:]*",?)+\} \S+)$/;
    for (const one of text.trimEnd().split('\n')) expect(one).toMatch(line);
    const types = text.match(/# TYPE \S+/g)!;
    expect(new Set(types).size).toBe(types.length);
  });
});
