/** Title and direct legend of a chart, with the present value where there is one. */
import type { ChartSeries } from './time-chart.tsx';

interface ChartHeadProps {
  readonly title: string;
  readonly series: readonly ChartSeries[];
  readonly now?: string;
}

export function ChartHead({ title, series, now }: ChartHeadProps) {
  return (
    <div className="section-head">
      <h2>{title}</h2>
      <span className="legend right">
        {series.map(({ key, label, colour }) => (
          <span key={key}>
            <i className="swatch-line" style={{ background: colour }} aria-hidden="true" />
            {label}
          </span>
        ))}
        {now !== undefined && <b>{now}</b>}
      </span>
    </div>
  );
}
