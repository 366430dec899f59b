/** Which operators would have how many subtasks, and why: the busiest first. */
import { useState } from 'react';
import { useJobStore } from '../../../live/use-live.ts';
import { figureText, percentFigure } from '../../../model/figures/figures.ts';
import { rescaledOperators } from '../../../model/operate/rescale-operators.ts';

const ROWS_MAX = 4;

export function RescaleOperators({ from, to }: { readonly from: number; readonly to: number }) {
  const store = useJobStore();
  // As it was when the dialog was opened: rows that change places cannot be read.
  const [{ vertices, busy }] = useState(() => {
    const all = store.topology?.vertices ?? [];
    const busyOf = (id: string) => store.vertex(id)?.busy ?? null;
    return { vertices: all, busy: new Map(all.map(({ id }) => [id, busyOf(id)])) };
  });
  const busyOf = (id: string) => busy.get(id) ?? null;
  const { rows, more } = rescaledOperators(vertices, busyOf, from, to, ROWS_MAX);
  return (
    <table className="rescale-operators">
      <caption className="hidden-text">Operators, busiest first</caption>
      <thead>
        <tr>
          <th scope="col">Operator</th>
          <th scope="col" className="num">
            Busy
          </th>
          <th scope="col" className="num">
            Now
          </th>
          <th scope="col" className="num">
            New
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ id, title, busy: share, now, next }) => (
          <tr key={id}>
            <th scope="row" title={title}>
              {title}
            </th>
            <td className="num">{figureText(percentFigure(share))}</td>
            <td className="num">×{now}</td>
            <td className="num">{next === now ? <span>keeps ×{now}</span> : <b>×{next}</b>}</td>
          </tr>
        ))}
        {more > 0 && (
          <tr>
            <th scope="row">and {more} more</th>
            <td colSpan={3} />
          </tr>
        )}
      </tbody>
    </table>
  );
}
