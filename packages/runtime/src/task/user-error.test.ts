import { invariant, type OperatorId, WeirError } from '@weir/core';
import type { OperatorNode } from '@weir/graph';
import { describe, expect, it } from 'vitest';
import { operatorError, userPosition } from './user-error.ts';

const node: OperatorNode = {
  id: 'abc' as OperatorId,
  uid: null,
  name: 'parse',
  role: 'operator',
  operatorType: 'Map',
  keyed: false,
  callSite: null,
  origin: 'jobs/flights.ts:40',
  chainedOutputs: [],
};

function errorWithStack(...frames: string[]): Error {
  const error = new TypeError('x is undefined');
  error.stack = ['TypeError: x is undefined', ...frames.map((f) => `    at ${f}`)].join('\n');
  return error;
}

describe('an error of a user function', () => {
  it('names operator, file and line', () => {
    const error = errorWithStack(
      'parse (file:///home/ada/project/jobs/flights.ts:42:17)',
      'map (7f/abc#0:5:22)',
    );
    const shown = operatorError(error, node, 3);
    expect(shown.message).toBe('map "parse" failed at jobs/flights.ts:42: x is undefined');
    expect(shown).toMatchObject({ code: 'USER_FUNCTION_FAILED', retryable: true, cause: error });
  });

  it('looks past the frames of Node, of packages and of generated loops', () => {
    const error = errorWithStack(
      'JSON.parse (<anonymous>)',
      'node:internal/process:3:1',
      'read (/home/ada/project/node_modules/csv/index.js:1:1)',
      'Object.<anonymous> (/home/ada/project/jobs/lib/rows.ts:9:4)',
    );
    expect(userPosition(error, node.origin)).toBe('lib/rows.ts:9');
  });

  it('names the line that defines the operator where the stack shows none of the user', () => {
    expect(operatorError('no', node, 0).message).toBe(
      'map "parse" (defined at jobs/flights.ts:40) failed: no',
    );
  });

  it('looks past the frames of the engine', () => {
    const engine = import.meta.url.replace('user-error.test.ts', 'drive.ts');
    const error = errorWithStack(`drive (${engine}:9:1)`, 'map (/home/jobs/lib/rows.ts:9:4)');
    expect(userPosition(error, null)).toBe('lib/rows.ts:9');
  });

  it('does without a line where there is none', () => {
    expect(operatorError('no', { ...node, origin: null }, 0).message).toBe(
      'map "parse" failed: no',
    );
  });

  it('keeps the code of an error of ours and says where it happened', () => {
    const error = new WeirError('TYPE_INVALID', 'field "a" is no string', { retryable: false });
    const shown = operatorError(error, node, 1);
    expect(shown).toMatchObject({
      code: 'TYPE_INVALID',
      message: expect.stringMatching(/^map "parse" at .*user-error\.test\.ts:\d+: field "a" is no/),
      context: { operator: 'parse', subtask: 1 },
    });
    expect(operatorError(shown, node, 1)).toBe(shown);
  });

  it('adds where the operator is defined to a message that names it already', () => {
    const error = new WeirError('TIMEOUT', 'a call of "parse" was too slow', {
      context: { operator: 'parse' },
    });
    expect(operatorError(error, node, 1).message).toBe(
      'a call of "parse" was too slow (map "parse" (defined at jobs/flights.ts:40))',
    );
  });

  it('leaves our own bugs as they are', () => {
    let bug: unknown;
    try {
      invariant(false, 'lost');
    } catch (error) {
      bug = error;
    }
    expect(operatorError(bug, node, 0)).toBe(bug);
  });
});
