/** The parallelism as a number with two buttons, and what it is now. */
import { Minus, Plus } from 'lucide-react';
import { useId } from 'react';
import type { RerunSubject } from '../../../model/operate/rerun-wish.ts';

export interface ParallelismFieldProps {
  readonly value: string;
  readonly change: (value: string) => void;
  readonly subject: RerunSubject;
  /** Worth offering with one click; the last one is advised. */
  readonly presets?: readonly number[];
}

export function ParallelismField(props: ParallelismFieldProps) {
  const { value, change, subject, presets = [] } = props;
  const id = useId();
  const now = Number(value);
  const step = (by: number) => {
    const from = Number.isInteger(now) && now > 0 ? now : subject.parallelism;
    change(`${Math.min(subject.maxParallelism, Math.max(1, from + by))}`);
  };
  return (
    <div className="form-row">
      <label htmlFor={id}>Parallelism</label>
      <span>
        <span className="stepper">
          <button type="button" aria-label="One less" disabled={now <= 1} onClick={() => step(-1)}>
            <Minus aria-hidden="true" />
          </button>
          <input
            id={id}
            inputMode="numeric"
            autoComplete="off"
            value={value}
            onChange={(event) => change(event.target.value)}
          />
          <button
            type="button"
            aria-label="One more"
            disabled={now >= subject.maxParallelism}
            onClick={() => step(1)}
          >
            <Plus aria-hidden="true" />
          </button>
        </span>
        {presets.length > 0 && (
          <span className="segments sm">
            {presets.map((preset, at) => (
              <button
                key={preset}
                type="button"
                aria-pressed={value === `${preset}`}
                onClick={() => change(`${preset}`)}
              >
                ×{preset}
                {at === presets.length - 1 && ', advised'}
              </button>
            ))}
          </span>
        )}
      </span>
      <small>
        ×{subject.parallelism} now; at most {subject.maxParallelism}, operators with a parallelism
        of their own keep it
      </small>
    </div>
  );
}
