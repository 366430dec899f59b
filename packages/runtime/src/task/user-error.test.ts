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

  it('does without a line where there is none', () => {
    expect(operatorError('no', node, 0).message).toBe('map "parse" failed: no');
  });

  it('keeps the code of an error of ours and says where it happened', () => {
    const error = new WeirError('TYPE_INVALID', 'field "a" is no string', { retryable: false });
    const shown = operatorError(error, node, 1);
    expect(shown).toMatchObject({
      code: 'TYPE_INVALID',
      message: 'map "parse": field "a" is no string',
      context: { operator: 'parse', subtask: 1 },
    });
    expect(operatorError(shown, node, 1)).toBe(shown);
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
