import { invariant } from '@weir/core';
import type { KeyedStateBackend } from '../state/keyed-state-backend.ts';
import type { OperatorContext } from './stream-operator.ts';

/** The backend that the task made because the operator's factory names a key type. */
export function keyedStateOf(context: OperatorContext): KeyedStateBackend {
  invariant(context.keyedState !== null, 'a keyed operator without keyed state', {
    operator: context.taskInfo.operatorName,
  });
  return context.keyedState;
}
