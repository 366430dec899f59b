/**
 * What a verdict case is: a job's shape and names, what goes wrong in it, and what is to be said.
 * All of it is drawn from a seed, so that no rule can know a case by its looks.
 */
export const TROUBLES = [
  'slow-map',
  'slow-sink',
  'slow-look-up',
  'hot-key',
  'slow-state',
  'slow-source',
  'garbage',
  'long-alignment',
  'neighbour',
  'two-in-a-row',
] as const;
/** Those that wait most of the time, and leave the machine's cores to others. */
export const WAITING: readonly Trouble[] = [
  'slow-sink',
  'slow-look-up',
  'slow-source',
  'long-alignment',
];
/** Of the case with one. */
export const HOT_KEY = 0;
/** Jobs about which nothing may be said. */
export const CALM = ['healthy', 'bursty'] as const;

export type Trouble = (typeof TROUBLES)[number];
export type CaseKind = Trouble | (typeof CALM)[number];

export interface Plan {
  readonly kind: CaseKind;
  readonly seed: number;
  readonly parallelism: number;
  readonly checkpointMs: number;
  /** Records per second. */
  readonly supply: number;
  readonly tellsBacklog: boolean;
  /** Light operators before and after the one in question; where a new vertex begins. */
  readonly before: readonly Stage[];
  readonly after: readonly Stage[];
  readonly hasSideBranch: boolean;
  readonly names: Names;
  /** Of the capacity that is left once it goes wrong: how much of the supply it can take. */
  readonly keepsUp: number;
  /** How long a record, a call or a write takes while all is well. */
  readonly unitMs: number;
  /** Of a bursty supply: how long a burst takes to be worked off, and the time between two. */
  readonly burstMs: number;
  readonly burstEveryMs: number;
  /** The second of two bottlenecks waits instead of computing. */
  readonly secondWaits: boolean;
}

export interface Stage {
  readonly name: string;
  readonly breaks: boolean;
}

export interface Names {
  readonly job: string;
  readonly source: string;
  readonly other: string;
  readonly culprit: string;
  readonly second: string;
  readonly sink: string;
  readonly service: string;
}

/** The operator that has to be named, and the causes that are right. */
export interface Expected {
  readonly operator: string;
  /** Those that compute: where the machine's cores are taken, that is the cause, and theirs. */
  readonly computing?: readonly string[];
  readonly causes: readonly string[];
  /** Where the cause points at something. */
  readonly subject?: string;
}

export function drawPlan(kind: CaseKind, seed: number): Plan {
  const random = randomOf(seed);
  const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)]!;
  const between = (low: number, high: number) => low + random() * (high - low);
  const words = shuffled(WORDS, random);
  const name = () => `${pick(VERBS)}-${words.pop()}`;
  const stages = (most: number): Stage[] =>
    Array.from({ length: Math.floor(random() * (most + 1)) }, () => ({
      name: name(),
      breaks: random() < 0.5,
    }));
  return {
    kind,
    seed,
    parallelism: kind === 'hot-key' ? 2 : kind === 'neighbour' ? 1 : pick([1, 2]),
    checkpointMs: kind === 'long-alignment' ? 2000 : pick([0, 5000, 10_000]),
    supply: Math.round(between(150, 400) * (kind === 'long-alignment' ? 20 : 1)),
    tellsBacklog: random() < 0.5,
    before: stages(2),
    after: stages(2),
    hasSideBranch: random() < 0.4,
    names: {
      job: `${words.pop()} ${words.pop()}`,
      source: `${words.pop()}s`,
      other: `${words.pop()}s`,
      culprit: name(),
      second: name(),
      sink: `${words.pop()}-store`,
      service: `${words.pop()} service`,
    },
    keepsUp: between(0.35, 0.65),
    unitMs: between(0.2, 0.6),
    burstMs: between(1500, 3500),
    burstEveryMs: between(9000, 16_000),
    secondWaits: random() < 0.5,
  };
}

export function expectedOf({ kind, names, secondWaits }: Plan): Expected | null {
  switch (kind) {
    case 'slow-map':
      return { operator: names.culprit, causes: ['cpu'], computing: [names.culprit] };
    case 'slow-sink':
      return { operator: names.sink, causes: ['external'] };
    case 'slow-look-up':
      return { operator: names.culprit, causes: ['external'], subject: names.service };
    case 'hot-key':
      return {
        operator: names.culprit,
        causes: ['skew'],
        subject: String(HOT_KEY),
        computing: [names.culprit],
      };
    case 'slow-state':
      return { operator: names.culprit, causes: ['state'], computing: [names.culprit] };
    case 'slow-source':
      return { operator: names.source, causes: ['source'] };
    case 'garbage':
      return { operator: names.culprit, causes: ['gc'], computing: [names.culprit] };
    case 'long-alignment':
      return { operator: names.second, causes: ['alignment'], subject: names.other };
    case 'neighbour':
      return {
        operator: names.culprit,
        causes: ['queued'],
        subject: names.second,
        computing: [names.culprit, names.second],
      };
    case 'two-in-a-row':
      // Without a core, the first is the slower one.
      return {
        operator: names.second,
        causes: [secondWaits ? 'external' : 'cpu'],
        computing: secondWaits ? [names.culprit] : [names.culprit, names.second],
      };
    default:
      return null;
  }
}

/** Uniform in 0…1; the same for the same seed. */
export function randomOf(seed: number): () => number {
  let state = (seed * 2_654_435_761) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function shuffled<T>(all: readonly T[], random: () => number): T[] {
  const left = [...all];
  return all.map(() => left.splice(Math.floor(random() * left.length), 1)[0]!);
}

const VERBS = [
  'parse',
  'enrich',
  'join',
  'score',
  'clean',
  'route',
  'price',
  'merge',
  'tag',
  'fold',
];
const WORDS = [
  ...['order', 'ticket', 'parcel', 'invoice', 'sensor', 'meter', 'trip', 'basket', 'session'],
  ...['visit', 'claim', 'quote', 'trade', 'refund', 'alarm', 'letter', 'booking', 'review'],
  ...['payment', 'recipe', 'sample', 'frame', 'track', 'image', 'route', 'stock', 'draft'],
];
