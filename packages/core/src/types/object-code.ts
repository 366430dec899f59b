/** Generates the four functions of an object type from its field names and field types. */
import type { DataInput } from './data-input.ts';
import type { DataOutput } from './data-output.ts';
import type { TypeInformation } from './type-information.ts';

export interface ObjectCode {
  serialize(value: object, output: DataOutput): void;
  deserialize(input: DataInput): object;
  copy(value: object): object;
  equals(left: object, right: object): boolean;
}

/** `names` may hold any text except `__proto__`; they only ever appear as JSON strings. */
export function generateObjectCode(
  names: readonly string[],
  types: readonly TypeInformation<unknown>[],
): ObjectCode {
  const keys = names.map((name) => JSON.stringify(name));
  const each = (line: (key: string, at: number) => string, joiner: string): string =>
    keys.map(line).join(joiner);
  const constants = types.map((_, at) => `const t${at} = types[${at}];`).join('\n');
  const copied = (key: string, at: number): string =>
    types[at]!.immutable ? `${key}: value[${key}]` : `${key}: t${at}.copy(value[${key}])`;
  const source = `'use strict';
${constants}
return {
  serialize(value, output) {
    ${each((key, at) => writeLine(key, at, types[at]!.fingerprint), '\n    ')}
  },
  deserialize(input) {
    return {
      ${each((key, at) => `${key}: ${readExpression(at, types[at]!.fingerprint)}`, ',\n      ')}
    };
  },
  copy(value) {
    return { ${each(copied, ', ')} };
  },
  equals(left, right) {
    return ${each((key, at) => `t${at}.equals(left[${key}], right[${key}])`, ' && ') || 'true'};
  },
};`;
  return new Function('types', source)(types) as ObjectCode;
}

/** Frequent primitives are inlined; what does not fit goes to the type, which throws. */
function writeLine(key: string, at: number, fingerprint: string): string {
  const value = `v${at}`;
  const inline = (test: string, write: string): string =>
    `const ${value} = value[${key}]; if (${test}) output.${write}(${value}); ` +
    `else t${at}.serialize(${value}, output);`;
  switch (fingerprint) {
    case 'string':
      return inline(`typeof ${value} === 'string'`, 'writeString');
    case 'f64':
      return inline(`typeof ${value} === 'number'`, 'writeFloat64');
    case 'i32':
      return inline(`(${value} | 0) === ${value}`, 'writeInt32');
    default:
      return `t${at}.serialize(value[${key}], output);`;
  }
}

function readExpression(at: number, fingerprint: string): string {
  switch (fingerprint) {
    case 'string':
      return 'input.readString()';
    case 'f64':
    case 'i64':
      return 'input.readFloat64()';
    case 'i32':
      return 'input.readInt32()';
    default:
      return `t${at}.deserialize(input)`;
  }
}
