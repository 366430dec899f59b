/** Title and direct legend of a chart, each line with its present value where it is known. */
import type { ChartSeries } from './time-chart.tsx';

interface ChartHeadProps {
  readonly title: string;
  readonly series: readonly ChartSeries[];
  /** Beside the legend. */
  readonly note?: string;
}

export function ChartHead({ title, series, note }: ChartHeadProps) {
  return (
    <div className="section-head">
      <h2>{title}</h2>
      <span className="legend right">
        {series.map(({ key, label, colour, now }) => (
          <span key={key}>
            <i className="swatch-line" style={{ background: colour }} aria-hidden="true" />
            {label}
            {now !== undefined && <b>{now}</b>}
          </span>
        ))}
        {note !== undefined && <span className="quiet-text">{note}</span>}
      </span>
    </div>
  );
}
