import { expect, test } from 'vitest';
import { choiceParameter, countParameter, textParameter } from './search-parameter.ts';

test('what makes no sense is undefined by name, so that nobody else hands it on', () => {
  expect(textParameter('q', '')).toStrictEqual({ q: undefined });
  expect(countParameter('subtask', 'x')).toStrictEqual({ subtask: undefined });
  expect(countParameter('subtask', -1)).toStrictEqual({ subtask: undefined });
  expect(choiceParameter('mode', 'foo', ['off', 'mixed'])).toStrictEqual({ mode: undefined });
});

test('what makes sense is a part of the search', () => {
  expect(textParameter('q', 17)).toEqual({ q: '17' });
  expect(countParameter('subtask', 0)).toEqual({ subtask: 0 });
  expect(choiceParameter('mode', 'off', ['off', 'mixed'])).toEqual({ mode: 'off' });
});
