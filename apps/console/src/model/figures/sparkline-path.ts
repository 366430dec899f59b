/** A small line over time as an SVG path; gaps stay gaps. */
export interface SparkPoint {
  readonly t: number;
  readonly value: number;
}

export interface SparkShape {
  readonly line: string;
  readonly area: string;
  readonly end: { readonly x: number; readonly y: number } | null;
}

/** `accentFrom`: epoch ms from which on a second line is drawn. */
export function sparkShape(
  points: readonly SparkPoint[],
  width: number,
  height: number,
  accentFrom: number | null = null,
): SparkShape & { readonly accent: string } {
  const first = points[0];
  const last = points.at(-1);
  let top = 1e-9;
  let final: SparkPoint | null = null;
  for (const point of points) {
    if (Number.isNaN(point.value)) continue;
    final = point;
    if (point.value > top) top = point.value;
  }
  if (first === undefined || last === undefined || final === null) {
    return { line: '', area: '', accent: '', end: null };
  }
  const span = Math.max(1, last.t - first.t);
  const x = (t: number) => round(1 + ((t - first.t) / span) * (width - 4));
  const y = (value: number) => round(height - 1.5 - (Math.max(0, value) / top) * (height - 4));
  const pieces = split(points);
  const draw = (piece: readonly SparkPoint[]) => {
    let path = '';
    for (const { t, value } of piece) path += `${path === '' ? 'M' : 'L'}${x(t)} ${y(value)}`;
    return path;
  };
  const lines = pieces.map(draw);
  const closed = (piece: readonly SparkPoint[], at: number) =>
    `${lines[at]}L${x(piece.at(-1)!.t)} ${height}L${x(piece[0]!.t)} ${height}Z`;
  const accented = accentFrom === null ? [] : split(points.filter(({ t }) => t >= accentFrom));
  return {
    line: lines.join(''),
    area: pieces.map(closed).join(''),
    accent: accented.map(draw).join(''),
    end: { x: x(final.t), y: y(final.value) },
  };
}

function split(points: readonly SparkPoint[]): SparkPoint[][] {
  const pieces: SparkPoint[][] = [];
  let piece: SparkPoint[] = [];
  for (const point of points) {
    if (Number.isNaN(point.value)) {
      if (piece.length > 0) pieces.push(piece);
      piece = [];
    } else piece.push(point);
  }
  if (piece.length > 0) pieces.push(piece);
  return pieces;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
