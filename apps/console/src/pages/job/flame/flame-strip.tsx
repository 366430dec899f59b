/**
 * What is kept of the last hour: cores in use by operator. A click goes to a moment, with Shift it
 * is compared with. What was not sampled is a gap, however long.
 */
import type { FlameMoment, FlameProfile, JobTopology } from '@weir/console-protocol';
import { type MouseEvent, useMemo } from 'react';
import { useWidth } from '../../../components/use-width.ts';
import { clockTime } from '../../../model/time/clock-time.ts';
import { type Stretch, stripAxis } from '../../../model/flame/flame-strip-axis.ts';

const HEIGHT = 56;
const HEADROOM = 4;
/** The scale's top, at least. */
const CORES_MIN = 0.2;
const SERIES = 8;

export interface FlameStripProps {
  readonly moments: readonly FlameMoment[];
  /** Kept files that could not be read. */
  readonly damaged: number;
  readonly profile: FlameProfile | null;
  readonly base: number | undefined;
  readonly topology: JobTopology | null;
  readonly goTo: (t: number) => void;
  readonly compare: (t: number) => void;
}

export function FlameStrip(props: FlameStripProps) {
  const { moments, damaged, profile, base, topology, goTo, compare } = props;
  const [box, width] = useWidth<HTMLDivElement>();
  const { stretches, x, t: timeAt } = useMemo(() => stripAxis(moments, width), [moments, width]);
  const from = stretches[0]?.from ?? 0;
  const to = stretches.at(-1)?.to ?? 0;
  const shown = moments.filter((one) => one.from >= from);
  const clicked = ({ nativeEvent: { offsetX, shiftKey } }: MouseEvent) => {
    const t = Math.round(timeAt(offsetX));
    if (shiftKey) compare(t);
    else goTo(t);
  };
  // Without a sample there is no time to choose.
  if (moments.length === 0 && damaged === 0) return null;
  const now = sum(Object.values(moments.at(-1)?.cores ?? {}));
  return (
    <section className="flame-strip" aria-label="Cores in use where it was sampled">
      <h2>
        Cores in use, as sampled <small>click a moment to see it, Shift-click to compare</small>
        {damaged > 0 && (
          <span className="tone-warn" title="The server's log names them; they can be deleted">
            {damaged === 1 ? '1 kept file' : `${damaged} kept files`} could not be read
          </span>
        )}
        <span>{now.toFixed(2)} now</span>
      </h2>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the time control and "Compare" do the same by keyboard */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: as above */}
      <div ref={box} className="flame-moments" onClick={clicked}>
        <Moments moments={shown} {...{ topology, width, x, stretches }} />
        {profile !== null && (
          <i
            className="flame-window"
            style={{ left: x(profile.from), width: Math.max(2, x(profile.to) - x(profile.from)) }}
          />
        )}
        {base !== undefined && base >= from && base <= to && (
          <i className="flame-window" style={{ left: x(base) - 3, width: 6 }} />
        )}
      </div>
      <Times stretches={stretches} />
    </section>
  );
}

/** Where each stretch begins, as far as there is room, and where the last one ends. */
function Times({ stretches }: { stretches: readonly Stretch[] }) {
  const last = stretches.at(-1);
  if (last === undefined) return null;
  const end = last.x + last.width;
  let free = 0;
  return (
    <p className="micro flame-stretches">
      {stretches.map(({ from, x }) => {
        if (x < free || x + TIME_PX > end - TIME_PX) return null;
        free = x + TIME_PX;
        return (
          <span key={from} style={{ left: x }}>
            {clockTime(from)}
          </span>
        );
      })}
      <span className="end">{clockTime(last.to)}</span>
    </p>
  );
}

/** Room for a time and some more. */
const TIME_PX = 64;

interface MomentsProps extends Pick<FlameStripProps, 'moments' | 'topology'> {
  readonly stretches: readonly Stretch[];
  readonly width: number;
  readonly x: (t: number) => number;
}

/** Stacked by vertex, what belongs to none at the bottom. */
function Moments({ moments, stretches, topology, width, x }: MomentsProps) {
  const tokens = tokensOf(topology);
  const most = Math.max(CORES_MIN, ...moments.map(({ cores }) => sum(Object.values(cores))));
  return (
    <svg width={width} height={HEIGHT} aria-hidden="true">
      {moments.flatMap(({ from, to, cores }) => {
        let top = HEIGHT;
        return ['', ...tokens.keys()].map((id) => {
          const height = ((cores[id] ?? 0) / most) * (HEIGHT - HEADROOM);
          top -= height;
          const token = tokens.get(id) ?? '--text-3';
          return (
            <rect
              key={`${from} ${id}`}
              x={x(from)}
              y={top}
              width={Math.max(1, x(to) - x(from))}
              height={height}
              fill={`color-mix(in oklab, var(${token}) calc(var(--mix) + 16%), var(--surface))`}
            />
          );
        });
      })}
      {stretches.map(({ from, x: left, width: long }) => (
        <line key={from} x1={left} x2={left + long} y1={HEIGHT - 0.5} y2={HEIGHT - 0.5} />
      ))}
    </svg>
  );
}

/** A vertex has the colour of its first operator. */
function tokensOf(topology: JobTopology | null): Map<string, string> {
  const tokens = new Map<string, string>();
  let next = 0;
  for (const { id, operators } of topology?.vertices ?? []) {
    tokens.set(id, `--s${(next % SERIES) + 1}`);
    next += operators.length;
  }
  return tokens;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
