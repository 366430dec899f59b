/** A state as shape and word. */
import { stateTone } from '../model/job-state.ts';

export function StateWord({ state }: { state: string }) {
  return (
    <span className={`state state-${stateTone(state)}`}>
      <i aria-hidden="true" />
      {state}
    </span>
  );
}
