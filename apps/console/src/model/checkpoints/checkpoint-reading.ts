/**
 * The sentence above a checkpoint: why it took as long as it did, by its last acknowledging subtask
 * and the phase that grew most over what is usual for it.
 */
import type { JobTopology } from '@weir/console-protocol';
import type { Checkpoint } from '@weir/flink-rest';
import type { Baseline, OperatorUsual } from './checkpoint-baseline.ts';
import { isSlow } from './checkpoint-history.ts';
import { PHASES, type PhaseName, type Phases, type SubtaskRow } from './checkpoint-phases.ts';
import type { OperatorRow } from './checkpoint-record.ts';
import { bytesFigure, durationFigure, figureText } from '../figures/figures.ts';
import type { Activity } from '../graph/subtask-activity.ts';

export interface Reading {
  readonly lead: string;
  readonly rest: string;
}

export interface ReadingContext {
  readonly topology: JobTopology | null;
  readonly baseline: Baseline;
  /** Name of the operator that limited the job then; null = none, or not known. */
  readonly limiting: string | null;
  /** Who of those that never acknowledged is to blame, and what it was doing; null = not known. */
  readonly culprit: Culprit | null;
}

const ms = (value: number) => figureText(durationFigure(value));
const bytes = (value: number) => figureText(bytesFigure(value));

/** Null while nothing is known beyond the numbers. */
export function checkpointReading(
  item: Checkpoint,
  operators: readonly OperatorRow[],
  context: ReadingContext,
): Reading | null {
  if (item.status === 'FAILED') return failedReading(item, operators, context.culprit);
  if (item.status === 'IN_PROGRESS') return runningReading(operators, context);
  const last = lastToAcknowledge(operators);
  if (last === null) return null;
  const { operator, row, phases } = last;
  const usual = context.baseline.operator(operator.vertexId);
  const slow = isSlow(item.end_to_end_duration, context.baseline.durationMs);
  const phase = grownPhase(phases, slow ? (usual?.phases ?? null) : null);
  const because = BECAUSE[phase]({ operator, row, phases, usual, operators, context });
  const share = Math.min(
    100,
    Math.round((phases[phase] / Math.max(1, item.end_to_end_duration)) * 100),
  );
  const inAll = context.baseline.durationMs;
  const compared =
    usual === null ? '' : `; this phase usually takes ${ms(usual.phases[phase])} there`;
  const usually = inAll === null ? '' : `, the whole ${ms(inAll)}`;
  if (!slow) {
    return { lead: 'As usual.', rest: `Most of it: ${because} (${share}\u202f%).` };
  }
  return { lead: `Slow because ${because}`, rest: `(${share}\u202f%${compared}${usually}).` };
}

interface Last {
  readonly operator: OperatorRow;
  readonly row: SubtaskRow;
  readonly phases: Phases;
}

function lastToAcknowledge(operators: readonly OperatorRow[]): Last | null {
  const operator = operators.toSorted((a, b) => (b.endToEndMs ?? 0) - (a.endToEndMs ?? 0))[0];
  const row = operator?.rows.find(({ phases }) => phases !== null);
  if (operator === undefined || row?.phases == null) return null;
  return { operator, row, phases: row.phases };
}

/** The phase that exceeds its usual length most; without one, the longest. */
export function grownPhase(phases: Phases, usual: Phases | null): PhaseName {
  let found: PhaseName = 'startDelay';
  let most = Number.NEGATIVE_INFINITY;
  for (const { name } of PHASES) {
    const grown = phases[name] - (usual?.[name] ?? 0);
    if (grown > most) [found, most] = [name, grown];
  }
  return found;
}

interface Cause extends Last {
  readonly usual: OperatorUsual | null;
  readonly operators: readonly OperatorRow[];
  readonly context: ReadingContext;
}

const BECAUSE: Readonly<Record<PhaseName, (cause: Cause) => string>> = {
  startDelay: ({ operator, row, phases, context }) => {
    const limit =
      context.limiting === null ? 'full channels' : `channels that ${context.limiting} kept full`;
    return `the barrier took ${ms(phases.startDelay)} to reach ${nameOf(operator, row)} through ${limit}`;
  },
  alignment: (cause) => {
    const { operator, row, phases } = cause;
    const late = lateInput(cause);
    const whose = late === null ? 'its other inputs' : late;
    return `${nameOf(operator, row)} waited ${ms(phases.alignment)} for the barrier of ${whose}`;
  },
  sync: ({ operator, row, phases }) => {
    const size = row.stateBytes === null ? 'its state' : `its ${bytes(row.stateBytes)} of state`;
    return `${nameOf(operator, row)} stood still for ${ms(phases.sync)} while it froze ${size}`;
  },
  async: ({ operator, row, phases, usual }) => {
    const written = row.writtenBytes ?? 0;
    const took = `${nameOf(operator, row)} took ${ms(phases.async)} to write ${bytes(written)}`;
    if (usual === null || phases.async <= 0) return took;
    if (written > GROWN * usual.writtenBytes && usual.writtenBytes > 0) {
      const times = (written / usual.writtenBytes).toFixed(1).replace(/\.0$/, '');
      return `${took}, ${times} times its usual ${bytes(usual.writtenBytes)}`;
    }
    const rate = (written / phases.async) * 1000;
    if (usual.bytesPerSecond !== null && rate * GROWN < usual.bytesPerSecond) {
      return `${took}: the storage took ${bytes(rate)}/s, usually ${bytes(usual.bytesPerSecond)}/s`;
    }
    return took;
  },
};

/** So many times the usual is what made the difference. */
const GROWN = 1.5;

function nameOf({ title, parallelism }: OperatorRow, { index }: SubtaskRow): string {
  return parallelism === 1 ? title : `${title} subtask ${index}`;
}

/** The upstream subtask through which the barrier came last, and the edge it came over. */
function lateInput({ operator, operators, context }: Cause): string | null {
  let latest: { text: string; passedMs: number } | null = null;
  for (const { source, target, strategy } of context.topology?.edges ?? []) {
    if (target !== operator.vertexId) continue;
    const sender = operators.find(({ vertexId }) => vertexId === source);
    for (const row of sender?.rows ?? []) {
      if (row.phases === null || sender === undefined) continue;
      // The barrier goes on once all inputs of the sender are aligned.
      const passedMs = row.phases.startDelay + row.phases.alignment;
      if (latest !== null && passedMs <= latest.passedMs) continue;
      latest = { text: `${nameOf(sender, row)} over its ${strategy} edge`, passedMs };
    }
  }
  return latest?.text ?? null;
}

function runningReading(operators: readonly OperatorRow[], { limiting }: ReadingContext): Reading {
  const waiting = operators.filter((row) => row.acknowledged < row.subtasks);
  const names = waiting.slice(0, 3).map(({ title }) => title);
  const behind = limiting === null || names.length === 0 ? '' : `; ${limiting} keeps channels full`;
  const rest =
    names.length === 0 ? 'being completed.' : `waiting for ${names.join(', ')}${behind}.`;
  return { lead: 'In progress', rest };
}

function failedReading(
  item: Checkpoint,
  operators: readonly OperatorRow[],
  culprit: Culprit | null,
): Reading {
  const reason = (item.failure_message ?? 'The server gave no reason').trim().replace(/\.$/, '');
  const names = silentSubtasks(operators).map(({ name }) => name);
  const [first] = names;
  if (first === undefined) return { lead: 'Failed:', rest: `${reason}.` };
  if (culprit === null) {
    return { lead: `Failed: ${namesText(names)} never acknowledged.`, rest: `${reason}.` };
  }
  const others = names.length - 1;
  const more = others === 0 ? '' : `, nor did ${others} ${others === 1 ? 'other' : 'others'}`;
  const said = `${culprit.name} never acknowledged${more}; it ${culprit.doing}`;
  return { lead: `Failed: ${said}.`, rest: `${reason}.` };
}

const NAMES_MAX = 3;

/** Where nobody knows who of them is to blame: none is made to stand for all. */
function namesText(names: readonly string[]): string {
  const shown = names.slice(0, NAMES_MAX);
  const more = names.length - shown.length;
  if (more > 0) return `${shown.join(', ')} and ${more} more`;
  return shown.length === 1 ? shown[0]! : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}

export interface SilentSubtask {
  readonly vertexId: string;
  readonly subtask: number;
  readonly name: string;
}

/** Who never acknowledged, from source to sink as the operators come. */
export function silentSubtasks(operators: readonly OperatorRow[]): SilentSubtask[] {
  return operators.flatMap((operator) =>
    operator.rows
      .filter(({ endToEndMs }) => endToEndMs === null)
      .map((row) => ({
        vertexId: operator.vertexId,
        subtask: row.index,
        name: nameOf(operator, row),
      })),
  );
}

export interface Culprit {
  readonly name: string;
  readonly doing: string;
}

export interface Observed {
  readonly subtask: SilentSubtask;
  readonly activity: Activity;
  /** What its operator calls outside. */
  readonly site: string | null;
}

/** Of those that never acknowledged, who kept the barrier: busy, and not itself held up. */
export function culpritOf(observed: readonly Observed[]): Culprit | null {
  const blame = ({ activity: { busy, backpressured } }: Observed) =>
    (busy ?? -1) - (backpressured ?? 0);
  const [first] = observed.toSorted((a, b) => blame(b) - blame(a));
  if (first === undefined) return null;
  const doing = activityText(first.activity, first.site);
  return doing === null ? null : { name: first.subtask.name, doing };
}

/** What a subtask did in the seconds before, in words; null where that is not known. */
function activityText({ busy, external, backpressured }: Activity, site: string | null) {
  const percent = (share: number) => `${Math.round(share * 100)}\u202f%`;
  if ((backpressured ?? 0) >= 0.5) {
    return `was ${percent(backpressured!)} backpressured: its output was not taken`;
  }
  if ((external ?? 0) >= 0.5) return `waited on ${site ?? 'something outside'}`;
  if (busy === null) return null;
  if (busy >= 0.5) return `was ${percent(busy)} busy with records before the barrier`;
  return 'was idle: the barrier had not reached it';
}
