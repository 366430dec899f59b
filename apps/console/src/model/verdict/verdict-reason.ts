/** Why an operator is the bottleneck, in the words that follow its name. */
import type { Bottleneck, JobTopology, VerdictCause, VertexTick } from '@weir/console-protocol';
import { bytesFigure, countFigure, durationFigure, figureText } from '../figures/figures.ts';
import { vertexTitle } from '../graph/vertex-title.ts';

/** Strong parts are names; the text in order is the sentence. */
export interface SentencePart {
  readonly text: string;
  readonly strong: boolean;
}

export const plain = (text: string): SentencePart => ({ text, strong: false });
export const strong = (text: string): SentencePart => ({ text, strong: true });

/** The operator of the chain, if it is known which; else what the vertex is called. */
export function operatorName(
  topology: JobTopology,
  { vertexId, operatorId = null }: Pick<Bottleneck, 'vertexId' | 'operatorId'>,
): string {
  const vertex = topology.vertices.find(({ id }) => id === vertexId);
  if (vertex === undefined) return vertexId;
  const operator = vertex.operators.find(({ id }) => id === operatorId);
  return operator === undefined
    ? vertexTitle(vertex)
    : vertexTitle({ name: '', operators: [operator] });
}

export function reasonParts(
  topology: JobTopology,
  bottleneck: Bottleneck,
  now: VertexTick | null,
): readonly SentencePart[] {
  const { cause = null, subtask = 0, subject = null, figures = {} } = bottleneck;
  const vertex = topology.vertices.find(({ id }) => id === bottleneck.vertexId);
  const parallelism = vertex?.parallelism ?? 1;
  const who = busyWords(now, parallelism, figures.busy ?? null);
  const code = subject?.kind === 'code' ? subject.name : null;
  const key = subject?.kind === 'key' ? subject.name : null;
  const name = code === null && key === null ? (subject?.name ?? null) : null;
  const reason = REASONS[cause ?? 'unknown'];
  return reason({ who, name, code, key, subtask, figures, now });
}

type Known = NonNullable<Bottleneck['figures']>;

interface Case {
  /** `both subtasks are 98 % busy`. */
  readonly who: string;
  readonly name: string | null;
  /** Function and line, from a profile. */
  readonly code: string | null;
  /** The most frequent key. */
  readonly key: string | null;
  readonly subtask: number;
  readonly figures: Known;
  readonly now: VertexTick | null;
}

const IS = ' is the bottleneck: ';
/** Times the others' records: of a number beyond it nobody learns anything. */
const NEARLY_ALL = 100;

const REASONS: Readonly<Record<VerdictCause | 'unknown', (of: Case) => readonly SentencePart[]>> = {
  cpu: ({ who, figures, code }) => [
    plain(`${IS}${who}${shareOf(figures.running, figures, 'in its own code')}`),
    ...inCode(code),
  ],
  external: ({ who, figures, name }) => [
    plain(`${IS}${who}${shareOf(figures.external, figures, 'waiting on ')}`),
    strong(name ?? 'a call outside'),
  ],
  queued: ({ who, figures, name }) => [
    plain(`${IS}${who}${shareOf(figures.queued, figures, 'waiting for its slot thread')}`),
    ...(name === null ? [] : usedBy(name, figures.neighbourRunning ?? null)),
  ],
  skew: ({ subtask, figures, key }) => {
    const { skewFactor: factor = null, busyOthers: others = null } = figures;
    const all = factor !== null && factor >= NEARLY_ALL;
    const takes =
      factor === null
        ? 'takes more than its share'
        : all
          ? 'takes nearly all of the records'
          : `takes ${factor}× the records of the others`;
    const busy = others === null ? '' : `${percent(others)} busy`;
    const rest = others === null ? '' : all ? ` (the others are ${busy})` : `, which are ${busy}`;
    const hot = key === null ? [] : hotKey(key, figures.keyShare ?? null);
    return [plain(`${IS}subtask ${subtask} ${takes}${rest}`), ...hot];
  },
  gc: ({ figures: { gcMs = null, heapUsedBytes = null, heapLimitBytes = null } }) => {
    const lost = gcMs === null ? 'much' : `${Math.round(gcMs)}\u202fms`;
    const heap =
      heapUsedBytes === null || heapLimitBytes === null
        ? ''
        : `; ${figureText(bytesFigure(heapUsedBytes))} of a heap of ${figureText(bytesFigure(heapLimitBytes))} are in use`;
    return [plain(`${IS}garbage collection takes ${lost} of each second${heap}`)];
  },
  alignment: ({ figures, name }) => [
    plain(' is the bottleneck: its inputs stand still for '),
    plain(`${percent(figures.alignment ?? 0)} of the time, until the barrier of `),
    strong(name ?? 'the last one'),
    plain(' has come'),
  ],
  blocked: ({ code, figures: { eventLoopDelayMs = null, threadCpu = null } }) => {
    const sleeps = threadCpu !== null && threadCpu < 0.5 ? ' and compute little' : '';
    const long =
      eventLoopDelayMs === null || eventLoopDelayMs < 200
        ? ''
        : `, up to ${figureText(durationFigure(eventLoopDelayMs))} at once`;
    const calls = plain(`${IS}single calls hold its thread${long}${sleeps}`);
    return [calls, ...inCode(code), plain('; nothing else runs there')];
  },
  state: ({ who, figures, code }) => {
    const { stateShare: share = null, stateBytes: bytes = null } = figures;
    const part = share === null ? 'most' : percent(share);
    const size = bytes === null ? '' : ` (${figureText(bytesFigure(bytes))})`;
    const called = code === null ? [] : [plain(', called in '), strong(code)];
    return [plain(`${IS}${who}, ${part} of it reading and writing state${size}`), ...called];
  },
  source: ({ figures }) => {
    const { recordsPerSecond: rate = null, supplyPerSecond: supply = null } = figures;
    if (rate === null || supply === null || supply <= rate) {
      return [plain(' is the bottleneck: it cannot read faster, and more is waiting')];
    }
    const reads = figureText(countFigure(rate, 'rec/s'));
    const arrive = figureText(countFigure(supply, 'rec/s'));
    return [plain(`${IS}it reads ${reads}, while ${arrive} arrive`)];
  },
  stuck: ({ name }) => [
    plain(' is stuck: input waits, but no record goes in or out'),
    ...(name === null ? [] : [plain('; it waits in '), strong(name)]),
  ],
  machine: ({ code, figures: { threadCpu = null, machineCores = null } }) => {
    const cores = machineCores === null ? 'the cores' : `the ${machineCores} cores`;
    const got = threadCpu === null ? '' : `; its thread gets ${percent(threadCpu)} of one`;
    const rest = plain(`, but other threads have ${cores} of the machine${got}`);
    return [plain(`${IS}it computes`), ...inCode(code), rest];
  },
  unknown: ({ who }) => [plain(IS + who)],
};

function inCode(code: string | null): SentencePart[] {
  return code === null ? [] : [plain(', most in '), strong(code)];
}

function hotKey(key: string, share: number | null): SentencePart[] {
  const part = share === null ? 'most' : percent(share);
  return [plain(`; ${part} of its records have the key `), strong(key)];
}

function usedBy(name: string, share: number | null): SentencePart[] {
  const part = share === null ? '' : ` for ${percent(share)} of the time`;
  return [plain(', which '), strong(name), plain(` uses${part}`)];
}

function busyWords(now: VertexTick | null, parallelism: number, busyThen: number | null): string {
  const busy = Math.round((now?.busy ?? busyThen ?? 0) * 100);
  const mean = Math.round((now?.busyMean ?? now?.busy ?? busyThen ?? 0) * 100);
  if (parallelism === 1) return `its subtask is ${busy}\u202f% busy`;
  if (mean >= busy - 8) {
    return `${parallelism === 2 ? 'both' : `all ${parallelism}`} subtasks are ${busy}\u202f% busy`;
  }
  const rest = mean < 50 ? ` while their mean is ${mean}\u202f%` : '';
  return `subtask ${now?.busySubtask ?? 0} is ${busy}\u202f% busy${rest}`;
}

/** A part of the busy time, as `, 91 % of it …`. */
function shareOf(part: number | null | undefined, { busy = null }: Known, words: string): string {
  if (part == null || busy === null || busy <= 0) return `, mostly ${words}`;
  return `, ${percent(Math.min(1, part / busy))} of it ${words}`;
}

function percent(share: number): string {
  return `${Math.round(share * 100)}\u202f%`;
}
