/** A canvas that is painted again with every tick, past React: a thousand cells cost no rendering. */
import { type RefObject, useEffect, useLayoutEffect, useRef } from 'react';
import type { JobStore } from '../../../live/job-store.ts';
import { useJobStore } from '../../../live/use-live.ts';

export interface Picture {
  /** What of the store is painted, by part: a tick that leaves all of it the same paints nothing. */
  readonly looksOf: (store: JobStore) => readonly string[];
  /** Where its points lie on the canvas; without it, in px from the corner. */
  readonly place?: (context: CanvasRenderingContext2D) => void;
  /** All of it, on nothing. */
  readonly paint: (context: CanvasRenderingContext2D, looks: readonly string[]) => void;
  /**
   * One part anew over what it was; false = only painting all can show it. Without it, every change
   * paints all.
   */
  readonly paintPart?: (context: CanvasRenderingContext2D, look: string, part: number) => boolean;
}

/**
 * @param width px at scale 1; the canvas has `density` times as many dots.
 * @param picture painted when a tick changes its look, after a change of theme, and whenever it is
 * another object.
 */
export function usePaint(
  width: number,
  height: number,
  density: number,
  picture: Picture,
): RefObject<HTMLCanvasElement | null> {
  const store = useJobStore();
  const canvas = useRef<HTMLCanvasElement>(null);
  const draw = useRef<(all: boolean) => void>(() => undefined);
  useLayoutEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d') ?? null;
    if (element === null || context === null) return;
    element.width = Math.round(width * density);
    element.height = Math.round(height * density);
    let painted: readonly string[] = [];
    draw.current = (all) => {
      const looks = picture.looksOf(store);
      const changed = all ? [] : changedParts(painted, looks);
      if (!all && changed.length === 0) return;
      painted = looks;
      context.setTransform(density, 0, 0, density, 0, 0);
      picture.place?.(context);
      const part = (at: number) => picture.paintPart?.(context, looks[at]!, at) ?? false;
      if (!all && changed.every(part)) return;
      context.setTransform(density, 0, 0, density, 0, 0);
      context.clearRect(0, 0, width, height);
      picture.place?.(context);
      picture.paint(context, looks);
    };
    draw.current(true);
  }, [store, width, height, density, picture]);
  useEffect(() => {
    const themes = new MutationObserver(() => draw.current(true));
    themes.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    const stop = store.subscribe(() => draw.current(false));
    return () => {
      stop();
      themes.disconnect();
    };
  }, [store]);
  return canvas;
}

function changedParts(before: readonly string[], now: readonly string[]): number[] {
  const changed: number[] = [];
  for (let part = 0; part < now.length; part++) if (now[part] !== before[part]) changed.push(part);
  return changed;
}
