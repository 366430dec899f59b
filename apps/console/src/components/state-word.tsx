/** A state as shape and word. The shape alone stands before words of one's own. */
import { stateTone } from '../model/jobs/job-state.ts';

export function StateWord({ state }: { state: string }) {
  return (
    <span className={`state state-${stateTone(state)}`}>
      <i aria-hidden="true" />
      {state}
    </span>
  );
}

export function StateMark({ state }: { state: string }) {
  return (
    <span className={`state state-${stateTone(state)}`}>
      <i aria-hidden="true" />
    </span>
  );
}
