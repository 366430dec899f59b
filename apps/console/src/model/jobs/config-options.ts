/** A job's options as they are read: values with units, in groups, and what they mean together. */
import type { JobConfigOption } from '@weir/console-protocol';
import { bytesFigure, durationFigure, figureText } from '../figures/figures.ts';

export interface OptionGroup {
  readonly title: string;
  readonly options: readonly JobConfigOption[];
}

const GROUPS: readonly (readonly [string, RegExp])[] = [
  ['Checkpoints', /^(execution\.checkpointing|state\.|execution\.state-recovery)/],
  ['Restart', /^restart-strategy/],
  ['Job', /^(pipeline|parallelism|execution)/],
  ['Task managers', /^(taskmanager|task\.|heartbeat|metrics)/],
];

export type OptionFilter = 'all' | 'set';

/** Those that hold the text in key, value or description; `set` leaves defaults out. */
export function foundOptions(
  options: readonly JobConfigOption[],
  text: string,
  filter: OptionFilter,
): JobConfigOption[] {
  const wanted = text.trim().toLowerCase();
  return options.filter(
    (option) =>
      (filter === 'all' || option.source !== 'default') &&
      `${option.key} ${valueText(option)} ${option.description} ${option.source}`
        .toLowerCase()
        .includes(wanted),
  );
}

/** In the order of the groups; empty ones are left out. */
export function optionGroups(options: readonly JobConfigOption[]): OptionGroup[] {
  const titleOf = (key: string) => GROUPS.find(([, keys]) => keys.test(key))?.[0] ?? 'Others';
  const byTitle = Map.groupBy(options, ({ key }) => titleOf(key));
  const titles = [...GROUPS.map(([title]) => title), 'Others'];
  return titles.flatMap((title) => {
    const group = byTitle.get(title);
    return group === undefined ? [] : [{ title, options: group }];
  });
}

export function valueText({ kind, value, hidden }: JobConfigOption): string {
  return hidden ? 'hidden' : textOf(kind, value);
}

/** Null where it is the default, or there is none. */
export function defaultText({ kind, default: usual, source }: JobConfigOption): string | null {
  return source === 'default' || usual === null ? null : textOf(kind, usual);
}

function textOf(kind: JobConfigOption['kind'], value: JobConfigOption['value']): string {
  if (typeof value === 'number') {
    if (value >= Number.MAX_SAFE_INTEGER) return 'unlimited';
    if (kind === 'duration') return value === 0 ? 'off' : figureText(durationFigure(value));
    if (kind === 'memory') return value === 0 ? 'Node’s own' : figureText(bytesFigure(value));
  }
  return value === '' ? 'not set' : `${value}`;
}

export interface Fact {
  readonly term: string;
  readonly text: string;
}

/** How the job checkpoints, in sentences that can be read. */
export function checkpointFacts(options: readonly JobConfigOption[]): Fact[] {
  const of = (key: string) => options.find((one) => one.key === `execution.checkpointing.${key}`);
  const number = (key: string) => Number(of(key)?.value ?? 0);
  const interval = number('interval');
  if (interval === 0) {
    return [{ term: 'Interval', text: 'none: without checkpoints a failure loses all state' }];
  }
  const pause = number('min-pause');
  const exactly = of('mode')?.value === 'EXACTLY_ONCE';
  const failures = number('tolerable-failed-checkpoints');
  return [
    {
      term: 'Interval',
      text: `every ${duration(interval)}${pause > 0 ? `, ${duration(pause)} between them` : ''}`,
    },
    { term: 'Mode', text: exactly ? 'exactly once: barriers align' : 'at least once' },
    { term: 'Given up', text: `after ${duration(number('timeout'))}` },
    { term: 'Kept', text: `the last ${number('num-retained')}, ${retention(of)}` },
    {
      term: 'Failures',
      text: failures === 0 ? 'the first one fails the job' : `${failures} in a row are tolerated`,
    },
  ];
}

/** What happens when a task fails, by the strategy in use. */
export function restartFacts(options: readonly JobConfigOption[]): Fact[] {
  const of = (key: string) => options.find((one) => one.key === `restart-strategy.${key}`);
  const text = (key: string) => {
    const option = of(key);
    return option === undefined ? '—' : valueText(option);
  };
  const chosen = `${of('type')?.value ?? ''}`;
  const interval = options.find(({ key }) => key === 'execution.checkpointing.interval')?.value;
  const strategy = chosen !== '' ? chosen : interval === 0 ? 'none' : 'exponential-delay';
  const name = chosen === '' ? `${strategy}, by default` : strategy;
  switch (strategy) {
    case 'fixed-delay':
      return [
        { term: 'Strategy', text: name },
        { term: 'Restarts', text: `${text('fixed-delay.attempts')} at most` },
        { term: 'Wait', text: `${text('fixed-delay.delay')} before each` },
      ];
    case 'failure-rate':
      return [
        { term: 'Strategy', text: name },
        {
          term: 'Restarts',
          text: `${text('failure-rate.max-failures-per-interval')} failures in ${text('failure-rate.failure-rate-interval')} at most`,
        },
        { term: 'Wait', text: `${text('failure-rate.delay')} before each` },
      ];
    case 'exponential-delay':
      return [
        { term: 'Strategy', text: name },
        {
          term: 'Wait',
          text: `${text('exponential-delay.initial-backoff')} at first, ×${text('exponential-delay.backoff-multiplier')} each time, ${text('exponential-delay.max-backoff')} at most`,
        },
        {
          term: 'Starts over',
          text: `after ${text('exponential-delay.reset-backoff-threshold')} without failure`,
        },
        { term: 'Restarts', text: text('exponential-delay.attempts-before-reset-backoff') },
      ];
    default:
      return [{ term: 'Strategy', text: `${name}: the first failure ends the job` }];
  }
}

function duration(ms: number): string {
  return figureText(durationFigure(ms));
}

function retention(of: (key: string) => JobConfigOption | undefined): string {
  const policy = of('externalized-checkpoint-retention')?.value;
  return policy === 'RETAIN_ON_CANCELLATION'
    ? 'also when the job is canceled'
    : 'deleted when the job ends';
}
