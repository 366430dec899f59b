/** A figure with its units smaller than its values; the exact number on hover. */
import type { Figure } from '../model/figures/figures.ts';

export function FigureText({ figure, title }: { figure: Figure; title?: string | undefined }) {
  return (
    <span className="figure" title={title}>
      {figure.map(({ value, unit }, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: parts have no identity but their place
        <span key={at}>
          {at > 0 && '\u00a0'}
          {value}
          {unit !== '' && (
            <>
              {'\u202f'}
              <small>{unit}</small>
            </>
          )}
        </span>
      ))}
    </span>
  );
}
