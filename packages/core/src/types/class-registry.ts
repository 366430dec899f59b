/**
 * Classes whose instances may travel and be kept as state. Recognised by constructor, so a
 * subclass needs its own registration. One registry per thread, filled while the job's module is
 * evaluated; instances are written with the registered name, which therefore must be stable.
 */
import { WeirError } from '../errors.ts';
import type { DataInput } from './data-input.ts';
import type { DataOutput } from './data-output.ts';

export type Constructor<T = object> = abstract new (...args: never[]) => T;

export interface ClassOptions<T> {
  /** Stands in the data; default: the class's name. Change the class, keep the name. */
  readonly name?: string;
  /** Both or neither; default: all own enumerable fields, without calling the constructor. */
  readonly serialize?: (instance: T, output: DataOutput) => void;
  readonly deserialize?: (input: DataInput) => T;
}

export interface RegisteredClass {
  readonly name: string;
  readonly prototype: object;
  readonly serialize: ((instance: object, output: DataOutput) => void) | null;
  readonly deserialize: ((input: DataInput) => object) | null;
}

const byPrototype = new Map<object, RegisteredClass>();
const byName = new Map<string, RegisteredClass>();

/**
 * Makes instances of a class data.
 * @throws WeirError ARGUMENT_INVALID when the name belongs to another class, or is empty
 * @example registerClass(Money, { name: 'shop.Money' });
 */
export function registerClass<T extends object>(
  classToRegister: Constructor<T>,
  options: ClassOptions<T> = {},
): void {
  const name = options.name ?? classToRegister.name;
  const prototype = classToRegister.prototype as object;
  const taken = byName.get(name);
  if (name === '' || (taken !== undefined && taken.prototype !== prototype)) {
    throw new WeirError(
      'ARGUMENT_INVALID',
      name === ''
        ? 'a class without a name can only be registered with { name }'
        : `two classes are registered as '${name}'; give one of them another { name }`,
    );
  }
  if ((options.serialize === undefined) !== (options.deserialize === undefined)) {
    throw new WeirError(
      'ARGUMENT_INVALID',
      `the class '${name}' needs both serialize and deserialize, or neither`,
    );
  }
  const previous = byPrototype.get(prototype);
  if (previous !== undefined) byName.delete(previous.name);
  const registered: RegisteredClass = {
    name,
    prototype,
    serialize: (options.serialize as RegisteredClass['serialize'] | undefined) ?? null,
    deserialize: (options.deserialize as RegisteredClass['deserialize'] | undefined) ?? null,
  };
  byPrototype.set(prototype, registered);
  byName.set(name, registered);
}

export function classOf(prototype: object | null): RegisteredClass | null {
  return prototype === null ? null : (byPrototype.get(prototype) ?? null);
}

/** @throws WeirError CLASS_NOT_REGISTERED */
export function classNamed(name: string): RegisteredClass {
  const registered = byName.get(name);
  if (registered !== undefined) return registered;
  throw new WeirError(
    'CLASS_NOT_REGISTERED',
    `the data hold an instance of '${name}', which this job does not register; ` +
      `call registerClass(…, { name: '${name}' }) where the job is defined`,
    { context: { class: name } },
  );
}
