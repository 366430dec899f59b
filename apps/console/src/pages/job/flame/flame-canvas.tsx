/**
 * The picture: pointed at, selected and zoomed by mouse and by keyboard. A list beside it says the
 * same in words.
 */
import { type KeyboardEvent, type MouseEvent, useEffect, useMemo, useRef, useState } from 'react';
import { useWidth } from '../../../components/use-width.ts';
import type { FlameColours } from '../../../model/flame/flame-colour.ts';
import type { FlameDiff } from '../../../model/flame/flame-diff.ts';
import { type FlameForest, frameOf, nodeAt } from '../../../model/flame/flame-forest.ts';
import {
  type FlameStep,
  flameLayout,
  hitNode,
  SiblingOrder,
  stepFrom,
} from '../../../model/flame/flame-layout.ts';
import { fullPlace, pointsText, shareText } from '../../../model/flame/flame-words.ts';
import { paintFlames, ROW_HEIGHT } from './flame-paint.ts';
import { useThemeName } from './use-theme-name.ts';

const STEPS: Readonly<Record<string, FlameStep>> = {
  ArrowUp: 'up',
  ArrowDown: 'down',
  ArrowLeft: 'left',
  ArrowRight: 'right',
};
/** Narrower frames are left out, px. */
const SLIVER_PX = 0.5;

export interface FlameCanvasProps {
  readonly forest: FlameForest;
  readonly colours: FlameColours;
  readonly diff: FlameDiff | null;
  readonly hits: ReadonlySet<number>;
  readonly title: string;
  readonly zoom: string | undefined;
  readonly selected: string | undefined;
  readonly select: (path: string | undefined) => void;
  readonly zoomTo: (path: string | undefined) => void;
  /** Nodes too narrow to be drawn. */
  readonly slivers: (count: number) => void;
}

export function FlameCanvas(props: FlameCanvasProps) {
  const { forest, colours, diff, hits, title, zoom, selected, select, zoomTo, slivers } = props;
  const [box, width] = useWidth<HTMLDivElement>();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [order] = useState(() => new SiblingOrder());
  const [hovered, setHovered] = useState(-1);
  const theme = useThemeName();
  const zoomed = nodeAt(forest, zoom);
  const at = nodeAt(forest, selected);
  const layout = useMemo(
    () => flameLayout(forest, zoomed, order, SLIVER_PX / Math.max(1, width)),
    [forest, zoomed, order, width],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: colours are read from the theme
  useEffect(() => {
    if (canvas.current === null || width === 0) return;
    const picture = { forest, layout, colours, diff, hits, title, selected: at, hovered };
    paintFlames(canvas.current, picture, width);
  }, [forest, layout, colours, diff, hits, title, at, hovered, width, theme]);
  const hidden = zoomed < 0 ? forest.frame.length - layout.node.length : 0;
  useEffect(() => slivers(hidden), [hidden, slivers]);

  const pointed = ({ nativeEvent: { offsetX, offsetY } }: MouseEvent): number =>
    hitNode(layout, offsetX / width, Math.floor(offsetY / ROW_HEIGHT));
  const clicked = (event: MouseEvent) => {
    const node = pointed(event);
    if (node >= 0) select(forest.path[node]);
    else if (event.nativeEvent.offsetY < ROW_HEIGHT) zoomTo(undefined);
  };
  const pressed = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    if (step !== undefined) select(forest.path[stepFrom(layout, forest, at, step)]);
    else if (event.key === 'Enter' && at >= 0) zoomTo(forest.path[at]);
    else if (event.key === 'Escape' && zoomed >= 0) zoomTo(undefined);
    else if (event.key === 'Escape' && at >= 0) select(undefined);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const inWords = at < 0 ? 'No frame selected' : words(forest, at, diff);
  return (
    <div className="flame-scroll">
      <div
        ref={box}
        className="flame-canvas"
        role="application"
        aria-label="Flame graph"
        aria-roledescription="flame graph"
        aria-describedby="flame-keys"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: walked with the arrow keys
        tabIndex={0}
        onKeyDown={pressed}
      >
        <canvas
          ref={canvas}
          style={{ width, height: layout.rows * ROW_HEIGHT }}
          onClick={clicked}
          onDoubleClick={(event) => {
            const node = pointed(event);
            if (node >= 0) zoomTo(forest.path[node]);
          }}
          onMouseMove={(event) => setHovered(pointed(event))}
          onMouseLeave={() => setHovered(-1)}
          title={hovered < 0 ? undefined : words(forest, hovered, diff)}
        />
      </div>
      <p className="hidden-text" aria-live="polite">
        {inWords}
      </p>
    </div>
  );
}

function words(forest: FlameForest, node: number, diff: FlameDiff | null): string {
  const frame = frameOf(forest, node);
  const place = fullPlace(frame);
  const share = shareText(forest.total[node]!, forest.totalMs);
  const self = shareText(forest.self[node]!, forest.totalMs);
  const change = diff === null ? '' : `, ${pointsText(diff.total[node]!)} since then`;
  return `${frame.name}${place === null ? '' : ` at ${place}`}: ${share}, itself ${self}${change}`;
}
