/** One of the figures under the verdict: label, value, line, and what it is measured against. */
import { FigureText } from '../../components/figure-text.tsx';
import { Sparkline } from '../../components/sparkline.tsx';
import { type Figure, figureText } from '../../model/figures/figures.ts';
import type { SparkPoint } from '../../model/figures/sparkline-path.ts';

const WIDTH = 108;
const HEIGHT = 36;

export interface FigureProps {
  /** Its name, also where the label says more. */
  readonly name: string;
  readonly label?: string;
  readonly figure: Figure;
  readonly title: string;
  readonly extra?: string | null;
  readonly note: string;
  /** The value at present, where the figure is of the past. */
  readonly present?: Figure | null;
  readonly points: readonly SparkPoint[];
  readonly accentFrom?: number | null;
  readonly accent?: string;
}

export function FigureCell(props: FigureProps) {
  const { name, label = name, figure, title, extra = null, note, present = null } = props;
  const { points, accentFrom = null, accent } = props;
  const whole = present === null ? note : [note, `now ${figureText(present)}`].join(' · ');
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for form controls
    <div className="figure-cell" role="group" aria-label={name}>
      <span className="label">{label}</span>
      <span className="value">
        <FigureText figure={figure} title={title} />
        {extra !== null && <small> · {extra}</small>}
      </span>
      <Sparkline
        points={points}
        width={WIDTH}
        height={HEIGHT}
        accentFrom={accentFrom}
        {...(accent === undefined ? {} : { accent })}
      />
      <span className="note" title={whole}>
        {present !== null && (
          <>
            <span className="now-chip">now</span> {figureText(present)}
            {note !== '' && ' · '}
          </>
        )}
        {note}
      </span>
    </div>
  );
}
