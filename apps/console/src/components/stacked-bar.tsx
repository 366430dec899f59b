/** Busy, backpressured and idle as one bar; its numbers stand beside it. */
import { busyBarColour } from '../model/busy-ramp.ts';

export function StackedBar({ parts }: { parts: readonly number[] | null }) {
  if (parts === null) return <div className="stacked-bar" aria-hidden="true" />;
  const [busy = 0, backpressured = 0] = parts;
  return (
    <div className="stacked-bar" aria-hidden="true">
      <span style={{ width: `${busy}%`, background: busyBarColour(busy / 100) }} />
      <span className="hatch" style={{ width: `${backpressured}%` }} />
    </div>
  );
}
