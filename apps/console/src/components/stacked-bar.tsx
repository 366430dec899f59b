/** Busy, backpressured and idle as one bar; its numbers stand beside it. */
import { busyBarColour } from '../model/graph/busy-ramp.ts';

interface StackedBarProps {
  /** Per cent: busy, backpressured, idle; null while unknown. */
  readonly parts: readonly number[] | null;
  /** Of the busy part, where its own would be lost on what is behind. */
  readonly colour?: string;
}

export function StackedBar({ parts, colour }: StackedBarProps) {
  if (parts === null) return <div className="stacked-bar" aria-hidden="true" />;
  const [busy = 0, backpressured = 0] = parts;
  return (
    <div className="stacked-bar" aria-hidden="true">
      <span style={{ width: `${busy}%`, background: colour ?? busyBarColour(busy / 100) }} />
      <span className="hatch" style={{ width: `${backpressured}%` }} />
    </div>
  );
}
