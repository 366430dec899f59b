/** What the colours mean, with the lowest and the highest of the whole graph. */
import { useJob } from '../../../live/use-live.ts';
import { FILL_STOPS, RAMP_STOPS } from '../../../model/graph/busy-ramp.ts';
import { MODE_LOOKS, position, rampEnds, tint } from '../../../model/graph/colour-mode.ts';
import { countFigure, figureText } from '../../../model/figures/figures.ts';
import { hatches } from '../../../model/graph/node-view.ts';
import { scaleOf, useGraphColours } from './graph-colours.ts';

export function GraphLegend() {
  const colours = useGraphColours();
  const { label, figure } = MODE_LOOKS[colours.mode];
  const { low, high, lowest, highest, range, rateLow, rateHigh } = useJob((store) => {
    const scale = scaleOf(store, colours);
    const { min, max } = scale;
    const ends = rampEnds(scale);
    let least = Number.POSITIVE_INFINITY;
    let most = Number.NEGATIVE_INFINITY;
    for (const { index } of store.topology?.edges ?? []) {
      const rate = store.edgeValue(index, 'recordsPerSecond');
      if (rate < least) least = rate;
      if (rate > most) most = rate;
    }
    const known = most >= least;
    return {
      low: figureText(figure(ends?.low ?? null)),
      high: figureText(figure(ends?.high ?? null)),
      lowest: figureText(figure(min)),
      highest: figureText(figure(max)),
      range:
        min === null ? '' : `${percent(position(scale, min))} ${percent(position(scale, max))}`,
      rateLow: figureText(countFigure(known ? least : null)),
      rateHigh: figureText(countFigure(known ? most : null, 'rec/s')),
    };
  }, colours.key);
  const busy = colours.mode === 'busyness';
  const title = `${label}: the whole graph has ${lowest} to ${highest}`;
  return (
    <section className="legend" aria-label="Legend">
      <span title={busy ? `${title}, by the busiest subtask of each` : title}>
        {low}
        <span className="ramp" aria-hidden="true">
          {RAMP_STOPS.map((stop) => {
            const background = busy ? `var(--busy-${stop})` : tint(colours.mode, stop / 100).fill;
            return <i key={stop} style={{ background }} />;
          })}
          {range !== '' && <Range range={range} />}
        </span>
        <b>{high}</b>
        <em className="hidden-text">
          from {lowest} to {highest}
        </em>
      </span>
      {hatches(colours) && (
        <span>
          <i className="swatch hatch" style={{ width: 16 }} aria-hidden="true" />
          backpressured
        </span>
      )}
      <span className="optional" title="Width of an edge: records per second, logarithmic">
        <svg width="30" height="10" aria-hidden="true" stroke="var(--text-3)">
          <path d="M0 5h8" strokeWidth="1.5" />
          <path d="M11 5h8" strokeWidth="3" />
          <path d="M22 5h8" strokeWidth="6" />
        </svg>
        {rateHigh === rateLow || rateHigh.startsWith(`${rateLow}\u202f`) ? '' : `${rateLow} – `}
        {rateHigh}
      </span>
      <span className="optional" title="Colour of an edge: how full its fullest channel is">
        channel
        <span className="ramp" aria-hidden="true">
          {FILL_STOPS.map((stop) => (
            <i key={stop} style={{ background: `var(--fill-${stop})` }} />
          ))}
        </span>
        full
      </span>
    </section>
  );
}

/** As fine as a ramp shows it, so that ticks do not move it by less. */
function percent(share: number): number {
  return Math.round(share * 100);
}

/** Which part of the scale the graph has at the moment. */
function Range({ range }: { range: string }) {
  const [min = 0, max = 0] = range.split(' ').map(Number);
  return <u style={{ left: `min(${min}%, 100% - 3px)`, width: `${max - min}%` }} />;
}
