/**
 * What a version explains, and what it doesn't. It claims only what the sources carry: a failure is
 * explained when its line was added, may be when its file was changed, and is not when it happened
 * before, or when nothing near it changed.
 */
import type { Bottleneck, Deployment, ProgramDiff } from '@weir/console-protocol';
import type { DeploymentChanges } from './deployment-changes.ts';
import { placeText } from '../task-managers/stack-frames.ts';
import type { TimelineRow } from '../timeline/timeline-rows.ts';

export interface ChangeReading {
  readonly strong: string;
  readonly rest: string;
}

export interface ReadingInput {
  readonly before: Deployment | null;
  readonly after: Deployment;
  readonly diff: ProgramDiff | null;
  readonly changes: DeploymentChanges | null;
  /** Rows of exceptions of either. */
  readonly failuresBefore: readonly TimelineRow[];
  readonly failuresAfter: readonly TimelineRow[];
  readonly bottleneck: (Bottleneck & { readonly title: string }) | null;
}

type Explains = 'yes' | 'maybe' | 'no';

export function changeReading(input: ReadingInput): ChangeReading {
  const { before, after, diff, changes } = input;
  const version = `Version ${after.version}`;
  if (before === null) {
    return {
      strong: `${version} is the first that is known.`,
      rest: ' What a later one changes is shown here: run the edited program under the same name.',
    };
  }
  const what = changesText(diff, changes);
  if (what === null) {
    return {
      strong: `${version} is the same program as version ${before.version}, with the same options.`,
      rest: ` ${notItsDoing(input)}`,
    };
  }
  const found = findings(input);
  const of = (wanted: Explains) => found.filter(([explains]) => explains === wanted);
  const text = (list: readonly (readonly [Explains, string])[]) =>
    list.map(([, name]) => name).join(' and ');
  const [yes, maybe, no] = [of('yes'), of('maybe'), of('no')];
  const tail = ` It changed ${what}.`;
  if (yes.length > 0) {
    const but = no.length > 0 ? `, not ${text(no)}` : '';
    return { strong: `${version} explains ${text(yes)}${but}.`, rest: tail };
  }
  if (maybe.length > 0) {
    const but = no.length > 0 ? `, not ${text(no)}` : '';
    return { strong: `${version} may explain ${text(maybe)}${but}.`, rest: tail };
  }
  if (no.length > 0) {
    return { strong: `${version} does not explain ${text(no)}.`, rest: tail };
  }
  return {
    strong: `${version} changed ${what}.`,
    rest: ' Nothing failed or limits the job in it.',
  };
}

function notItsDoing(input: ReadingInput): string {
  const found = findings(input).map(([, name]) => name);
  return found.length === 0
    ? 'Nothing failed or limits the job in it.'
    : `So ${found.join(' and ')} came from outside of it.`;
}

function findings(input: ReadingInput): (readonly [Explains, string])[] {
  const { failuresBefore, failuresAfter, diff, bottleneck } = input;
  const known = new Set(failuresBefore.map(({ key }) => key));
  const found: (readonly [Explains, string])[] = failuresAfter.slice(0, 2).map((row) => {
    const name = `the ${row.what.split(':')[0]}`;
    const where = row.place === null ? '' : ` at ${placeText(row.place)}`;
    const explains = known.has(row.key) ? 'no' : failureExplained(row, diff);
    return [explains, `${name}${where}`] as const;
  });
  if (bottleneck !== null) {
    found.push([bottleneckExplained(input), `the bottleneck ${bottleneck.title}`]);
  }
  return found;
}

function failureExplained({ place }: TimelineRow, diff: ProgramDiff | null): Explains {
  if (place === null || diff === null || !diff.known) return 'maybe';
  const file = diff.files.find(({ path }) => `/${place.file}`.endsWith(`/${path}`));
  if (file === undefined) return 'no';
  const added = file.hunks.some(({ lines }) =>
    lines.some(({ kind, after }) => kind === 'added' && after === place.line),
  );
  return added || file.change === 'added' ? 'yes' : 'maybe';
}

/** Its own lines reach from where it is defined to where the next one is. */
function bottleneckExplained({ bottleneck, before, after, diff }: ReadingInput): Explains {
  // Other processes took the cores.
  if (bottleneck?.cause === 'machine') return 'no';
  const operator = after.operators.find(
    ({ id }) => id === (bottleneck?.operatorId ?? bottleneck?.vertexId),
  );
  const old = before?.operators.find(({ id }) => id === operator?.id);
  if (operator === undefined || old === undefined) return 'maybe';
  if (old.parallelism !== operator.parallelism) return 'maybe';
  const { file, line } = placeOf(operator.origin);
  const changed = diff?.files.find(({ path }) => file !== '' && `/${file}`.endsWith(`/${path}`));
  if (diff === null || !diff.known) return 'maybe';
  if (changed === undefined) return diff.files.length === 0 ? 'no' : 'maybe';
  const next = Math.min(
    ...after.operators
      .map(({ origin }) => placeOf(origin))
      .filter((other) => other.file === file && other.line > line)
      .map((other) => other.line),
    Number.POSITIVE_INFINITY,
  );
  const near = changed.hunks.some(({ lines }) =>
    lines.some(
      ({ kind, after: at }) => kind === 'added' && at !== null && at < next && at >= line - 15,
    ),
  );
  return near ? 'maybe' : 'no';
}

function placeOf(origin: string | null): { readonly file: string; readonly line: number } {
  const cut = origin?.lastIndexOf(':') ?? -1;
  if (origin === null || cut < 0) return { file: '', line: 0 };
  return { file: origin.slice(0, cut), line: Number(origin.slice(cut + 1)) };
}

/** Null when nothing did. */
function changesText(diff: ProgramDiff | null, changes: DeploymentChanges | null): string | null {
  const parts: string[] = [];
  const files = diff?.files.length ?? 0;
  if (files > 0) {
    const [added, removed] = [sum(diff, 'added'), sum(diff, 'removed')];
    parts.push(`${files === 1 ? '1 file' : `${files} files`} (+${added} −${removed})`);
  }
  if ((diff?.packageFiles ?? 0) > 0) parts.push('packages');
  const values = changes?.values ?? [];
  const scaled = values.filter(({ key }) => key.startsWith('parallelism, ')).length;
  const args = values.some(({ key }) => key === 'arguments');
  const options = values.length - scaled - Number(args);
  if (scaled > 0) parts.push('the parallelism');
  if (args) parts.push('the arguments');
  if (options > 0) parts.push(options === 1 ? '1 option' : `${options} options`);
  if (parts.length === 0) return null;
  const last = parts.pop()!;
  return parts.length === 0 ? last : `${parts.join(', ')} and ${last}`;
}

function sum(diff: ProgramDiff | null, key: 'added' | 'removed'): number {
  return (diff?.files ?? []).reduce((total, file) => total + file[key], 0);
}
