/** The figures behind a verdict, those that decide it first; and what would help, where it is clear. */
import { bytesFigure, countFigure, durationFigure, figureText } from '../figures/figures.ts';
import type { Bottleneck } from './verdict-tracker.ts';

export interface EvidenceRow {
  readonly label: string;
  readonly value: string;
}

export interface EvidenceGroup {
  readonly title: string;
  readonly rows: readonly EvidenceRow[];
}

type Known = NonNullable<Bottleneck['figures']>;

export function evidenceGroups(bottleneck: Bottleneck): EvidenceGroup[] {
  const { figures = {}, subtask = 0 } = bottleneck;
  const groups = [
    { title: 'Code', rows: codeRows(bottleneck) },
    { title: 'Keys of its busiest subtask', rows: keyRows(bottleneck) },
    { title: `Its busiest subtask, ${subtask}`, rows: timeRows(figures) },
    { title: 'Who waits for it', rows: waitRows(figures) },
    { title: 'Calls', rows: callRows(figures) },
    { title: 'Its thread and the machine', rows: threadRows(figures) },
    { title: 'Load', rows: loadRows(figures) },
  ];
  return groups.filter(({ rows }) => rows.length > 0);
}

function codeRows({ subject = null, figures = {} }: Bottleneck): EvidenceRow[] {
  if (subject?.kind !== 'code') return [];
  return rows([
    ['Most time in', subject.name],
    ['of the samples of a profile', percent(figures.codeShare)],
  ]);
}

/** Of a sample that was taken when the verdict was spoken. */
function keyRows({ subject = null, figures = {} }: Bottleneck): EvidenceRow[] {
  return rows([
    ['Most frequent', subject?.kind === 'key' ? subject.name : null],
    ['of the records in a sample', percent(figures.keyShare)],
    ['Key group', figures.keyGroup == null ? null : String(figures.keyGroup)],
  ]);
}

function timeRows(of: Known): EvidenceRow[] {
  return rows([
    ['Busy', percent(of.busy)],
    ['of it computing', percent(of.running)],
    ['of it waiting for its thread', percent(of.queued)],
    ['of it waiting outside', percent(of.external)],
    ['The operator alone computing', percent(of.operatorRunning)],
    ['Samples in state', percent(of.stateShare)],
    [
      'State of the operator',
      of.stateBytes == null ? null : figureText(bytesFigure(of.stateBytes)),
    ],
    ['The other subtasks, busy', percent(of.busyOthers)],
    ['Records against the others', timesText(of.skewFactor)],
    ['Inputs held back by checkpoints', percent(of.alignment)],
  ]);
}

function waitRows(of: Known): EvidenceRow[] {
  return rows([
    ['Fullest input channel', percent(of.inputFill)],
    ['Upstream backpressured', percent(of.upstreamBackpressured)],
  ]);
}

function callRows(of: Known): EvidenceRow[] {
  const { asyncInFlight = null, asyncCapacity = null, callMs = null } = of;
  const { callP50Ms = null, callP99Ms = null } = of;
  const time = (ms: number | null) => (ms === null ? null : figureText(durationFigure(ms)));
  const calls = asyncInFlight === null ? null : `${asyncInFlight} of ${asyncCapacity ?? '—'}`;
  return rows([
    ['In flight', calls],
    ['Half of the calls take at most', time(callP50Ms)],
    ['99 % of the calls', time(callP99Ms)],
    ['Mean time of a call', callP50Ms === null ? time(callMs) : null],
  ]);
}

function threadRows(of: Known): EvidenceRow[] {
  const { gcMs = null, heapUsedBytes = null, heapLimitBytes = null } = of;
  const { eventLoopDelayMs = null, machineBusy = null, machineCores = null } = of;
  const heap =
    heapUsedBytes === null
      ? null
      : `${figureText(bytesFigure(heapUsedBytes))} of ${figureText(bytesFigure(heapLimitBytes))}`;
  const machine =
    machineBusy === null ? null : `${machineBusy} of ${machineCores ?? '—'} cores in use`;
  return rows([
    ['Thread, of a core', percent(of.threadCpu)],
    ['The neighbour on it', percent(of.neighbourRunning)],
    ['Garbage collection', gcMs === null ? null : `${gcMs}\u202fms/s`],
    ['Heap', heap],
    ['Comes back late by', eventLoopDelayMs === null ? null : `${eventLoopDelayMs}\u202fms`],
    ['Machine', machine],
  ]);
}

function loadRows(of: Known): EvidenceRow[] {
  const { backlogSlope = null, drainMs = null } = of;
  const drained =
    backlogSlope === null
      ? null
      : drainMs === null
        ? backlogSlope > 0
          ? 'never, at this rate'
          : null
        : `in ${figureText(durationFigure(drainMs))}`;
  return rows([
    ['Handles now', count(of.recordsPerSecond)],
    ['Could handle, 100\u202f% busy', count(of.capacityPerSecond)],
    ['Arrives at the sources', count(of.supplyPerSecond)],
    [
      'Not read yet',
      of.backlogRecords == null ? null : figureText(countFigure(of.backlogRecords, 'rec')),
    ],
    ['That grows by', count(backlogSlope)],
    ['Drained', drained],
  ]);
}

function rows(all: readonly (readonly [string, string | null])[]): EvidenceRow[] {
  return all.flatMap(([label, value]) => (value === null ? [] : [{ label, value }]));
}

function timesText(factor: number | null | undefined): string | null {
  if (factor == null) return null;
  return factor > 100 ? 'over 100×' : `${factor}×`;
}

function percent(share: number | null | undefined): string | null {
  return share == null ? null : `${Math.round(share * 100)}\u202f%`;
}

function count(rate: number | null | undefined): string | null {
  return rate == null ? null : figureText(countFigure(rate, 'rec/s'));
}

/** Only where the model is simple, with its assumption; null where nobody can tell from outside. */
export function adviceOf({
  cause = null,
  figures = {},
  subject = null,
}: Bottleneck): string | null {
  const { asyncInFlight = null, asyncCapacity = null } = figures;
  switch (cause) {
    case 'cpu':
      return 'More subtasks help in proportion, as long as the machine has cores for them.';
    case 'external':
      return asyncInFlight !== null &&
        asyncCapacity !== null &&
        asyncInFlight >= asyncCapacity * 0.9
        ? `More calls in flight help in proportion, if ${subject?.name ?? 'what it calls'} answers ` +
            'as fast then.'
        : 'More subtasks help if what it waits for can do more at the same time.';
    case 'queued':
      return `Another slot sharing group gives it a thread of its own, away from ${
        subject?.name ?? 'its neighbour'
      }.`;
    case 'skew':
      return subject?.kind === 'key'
        ? `More subtasks do not help: the key ${subject.name} stays in one. Split it, or sum up before it.`
        : 'More subtasks do not help: one key stays in one subtask. Split the key, or sum up before it.';
    case 'state':
      return 'Keep less per key and look at less of it per record: no walks over whole maps and lists, time to live for what is old.';
    case 'gc':
      return 'Keep less in variables, or give slots more with taskmanager.memory.task.heap.size.';
    case 'alignment':
      return 'Whatever delays that barrier delays everything: see its checkpoint, phase by phase.';
    case 'blocked':
      return 'Split long computations, and wait with asyncMap instead of in the call.';
    case 'machine':
      return 'More subtasks do not help: the job needs cores, or other work has to go elsewhere.';
    default:
      return null;
  }
}
