/** What differs between two deployments beside their code: options, arguments, parallelism. */
import type { Deployment } from '@weir/console-protocol';
import { joinArguments } from '../operate/argument-text.ts';

export interface ValueChange {
  readonly key: string;
  /** Null = not there. */
  readonly before: string | null;
  readonly after: string | null;
  readonly note: string;
}

export interface DeploymentChanges {
  readonly values: readonly ValueChange[];
  /** Options, arguments and parallelisms that are equal. */
  readonly equal: number;
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/** Keys that stand for the parallelism, which is shown by operator. */
const PARALLELISM = 'parallelism.default';

export function deploymentChanges(before: Deployment, after: Deployment): DeploymentChanges {
  const values: ValueChange[] = [];
  let equal = 0;
  const compare = (key: string, old: string | null, now: string | null, note = '') => {
    if (old === now) equal++;
    else values.push({ key, before: old, after: now, note });
  };
  const known = new Map(before.operators.map((one) => [one.id, one]));
  for (const { id, name, parallelism } of after.operators) {
    const old = known.get(id);
    if (old === undefined) continue;
    const note = old.parallelism === parallelism ? '' : `its state is split over ${parallelism}`;
    compare(`parallelism, ${name}`, `×${old.parallelism}`, `×${parallelism}`, note);
  }
  compare('arguments', joinArguments(before.args), joinArguments(after.args));
  const keys = new Set([...Object.keys(before.configuration), ...Object.keys(after.configuration)]);
  for (const key of [...keys].sort()) {
    if (key === PARALLELISM) continue;
    compare(key, before.configuration[key] ?? null, after.configuration[key] ?? null);
  }
  const ids = new Set(after.operators.map(({ id }) => id));
  return {
    values,
    equal,
    added: after.operators.filter(({ id }) => !known.has(id)).map(({ name }) => name),
    removed: before.operators.filter(({ id }) => !ids.has(id)).map(({ name }) => name),
  };
}

/** Whether an earlier version can take the state that a later one left. */
export function stateFit(from: Deployment, to: Deployment): string {
  const ids = new Set(to.operators.map(({ id }) => id));
  const lost = from.operators.filter(({ id }) => !ids.has(id));
  const all = from.operators.length;
  const version = `Version ${to.version}`;
  if (lost.length === 0) {
    return `${version} takes the state of version ${from.version}: all ${all} operators match.`;
  }
  const names = lost.map(({ name }) => name).join(', ');
  return `${version} does not know ${names}: ${all - lost.length} of ${all} operators match.`;
}
