/**
 * What a monitor with its history costs: CPU per second of a job, memory, bytes on disk per vertex and hour.
 * Frames are made up: rates wander, nothing is at its limit. `npm run
 * bench:history` prints the table of docs/performance.md.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { JobTopology } from '@weir/console-protocol';
import { Monitor, type ProbeLayout, SERIES } from '@weir/monitor';
import { HistoryStore } from '../apps/server/src/monitor/history-store.ts';

interface Scale {
  readonly vertices: number;
  readonly parallelism: number;
  readonly seconds: number;
}

const SCALES: readonly Scale[] = [
  { vertices: 5, parallelism: 2, seconds: 3660 },
  { vertices: 20, parallelism: 64, seconds: 1260 },
  { vertices: 1000, parallelism: 1, seconds: 300 },
  { vertices: 1000, parallelism: 128, seconds: 75 },
];
const QUOTA = 2 * 1024 ** 3;
const START = 1_795_003_200_000;
const MB = 1_048_576;

/** Counters with their usual share of a second. */
const TIMES = [
  ['accumulateRunningTimeMs', 0.3],
  ['accumulateQueuedTimeMs', 0.02],
  ['accumulateExternalTimeMs', 0.08],
  ['accumulateIdleTimeMs', 0.55],
  ['accumulateBackPressuredTimeMs', 0.05],
] as const;
const RATES = ['numRecordsIn', 'numRecordsOut', 'numBytesIn', 'numBytesOut'];
const WATERMARKS = ['currentInputWatermark', 'currentOutputWatermark'];

function topologyOf({ vertices, parallelism }: Scale): JobTopology {
  const id = (index: number) => index.toString(16).padStart(32, '0');
  const operator = (index: number) => ({
    ...{ id: id(index + 1_000_000), name: `operator ${index}`, operatorType: 'map' },
    ...{ role: index === 0 ? ('source' as const) : ('operator' as const) },
    ...{ callSite: null, origin: null },
  });
  return {
    ...{ jobId: 'f'.repeat(32), name: 'made up', startedAt: START, attempt: 0 },
    vertices: Array.from({ length: vertices }, (_, index) => ({
      ...{ id: id(index), name: `vertex ${index}`, parallelism, maxParallelism: 128 },
      ...{ slotSharingGroup: 'default', operators: [operator(index)] },
    })),
    edges: Array.from({ length: vertices - 1 }, (_, index) => ({
      ...{ index, source: id(index), target: id(index + 1) },
      ...{ strategy: 'HASH' as const, outputTag: null },
    })),
  };
}

function layoutOf({ vertices }: JobTopology): ProbeLayout {
  const names = [...TIMES.map(([name]) => name), ...RATES, ...WATERMARKS];
  const series = vertices.flatMap(({ id, parallelism, operators }) =>
    Array.from({ length: parallelism }, (_, subtask) => [
      ...names.map((name) => ({ vertexId: id, subtask, operatorId: null, name })),
      { vertexId: id, subtask, operatorId: operators[0]!.id, name: 'stateBytes' },
    ]).flat(),
  );
  return { version: 1, series };
}

/** Grows the values by a second. */
function advance(values: Float64Array, second: number, perSubtask: number): void {
  for (let at = 0; at < values.length; at += perSubtask) {
    const busy = 0.4 + 0.25 * Math.sin(second / 40 + at) + 0.05 * Math.random();
    const parts = TIMES.map(([, share]) => share * (0.8 + 0.4 * Math.random()));
    const [, queued = 0, external = 0, , held = 0] = parts;
    const running = busy - queued - external;
    const shares = [running, queued, external, 1 - busy - held, held];
    for (const [part, share] of shares.entries()) values[at + part]! += 1000 * share;
    const rate = 2000 * busy * (0.9 + 0.2 * Math.random());
    const [records, bytes] = [Math.round(rate), Math.round(rate * 120)];
    for (const [i, growth] of [records, records, bytes, bytes].entries()) {
      values[at + TIMES.length + i]! += growth;
    }
    const time = START + second * 1000 - Math.round(500 * Math.random());
    values[at + TIMES.length + RATES.length] = time;
    values[at + TIMES.length + RATES.length + 1] = time;
    values[at + perSubtask - 1] = 1e6 + Math.round(1e5 * Math.sin(second / 100 + at));
  }
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function memory(): number {
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / MB;
}

function measure(scale: Scale, file: string) {
  const topology = topologyOf(scale);
  const layout = layoutOf(topology);
  const { jobId } = topology;
  const values = new Float64Array(layout.series.length);
  const perSubtask = layout.series.length / (scale.vertices * scale.parallelism);
  const before = memory();
  const store = new HistoryStore(file, QUOTA);
  const monitor = new Monitor({ onTick: () => {} }, store);
  monitor.apply({ type: 'topology', jobId, topology });
  monitor.apply({ type: 'layout', jobId, layout });
  monitor.apply({ type: 'state', jobId, state: 'RUNNING', atMs: START, tasks: {} });
  let cpuMs = 0;
  for (let second = 0; second < scale.seconds; second++) {
    advance(values, second, perSubtask);
    const frame = { layoutVersion: 1, atMs: START + second * 1000, values: values.slice() };
    const begin = process.cpuUsage();
    monitor.apply({ type: 'frame', jobId, frame });
    cpuMs += cpuMsSince(begin);
  }
  const used = memory() - before;
  const begin = process.cpuUsage();
  monitor.snapshot(jobId);
  const snapshotMs = cpuMsSince(begin);
  const sizes = store.byResolution();
  store.close();
  return { cpuMs: cpuMs / scale.seconds, used, snapshotMs, sizes };
}

function cpuMsSince(begin: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / 1000;
}

function row(scale: Scale, folder: string): string {
  const file = join(folder, `${scale.vertices}-${scale.parallelism}.sqlite`);
  const { cpuMs, used, snapshotMs, sizes } = measure(scale, file);
  const perHour = SERIES.map((_, series) => {
    const { bytes, oldest, newest, step } = sizes[series]!;
    if (oldest === null || newest === null) return '';
    const hours = (newest - oldest + step) / 3_600_000;
    return (bytes / 1024 / hours / scale.vertices).toFixed(1);
  });
  const cells = [
    `${scale.vertices} × ${scale.parallelism}`,
    cpuMs.toFixed(1),
    used.toFixed(0),
    snapshotMs.toFixed(0),
    ...[1, 3, 5, 0, 2, 4].map((series) => perHour[series]!),
  ];
  return `| ${cells.join(' | ')} |`;
}

const folder = mkdtempSync(join(tmpdir(), 'weir-bench-history-'));
try {
  console.log(
    '| vertices × subtasks | CPU-ms a second | MB | snapshot, CPU-ms | ' +
      'ticks 1 s | 10 s | 1 min | subtasks 1 s | 10 s | 1 min |',
  );
  console.log(`|${'---|'.repeat(10)}`);
  for (const scale of SCALES) console.log(row(scale, folder));
} finally {
  rmSync(folder, { recursive: true });
}
