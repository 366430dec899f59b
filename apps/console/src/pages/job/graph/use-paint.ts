/** A canvas that is painted again with every tick, past React: a thousand cells cost no rendering. */
import { type RefObject, useEffect, useLayoutEffect, useRef } from 'react';
import type { JobStore } from '../../../live/job-store.ts';
import { useJobStore } from '../../../live/use-live.ts';

export type Paint = (context: CanvasRenderingContext2D, store: JobStore) => void;

/**
 * @param width px at scale 1; the canvas has `density` times as many dots.
 * @param paint called after a tick, a change of theme, and whenever it is another function.
 */
export function usePaint(
  width: number,
  height: number,
  density: number,
  paint: Paint,
): RefObject<HTMLCanvasElement | null> {
  const store = useJobStore();
  const canvas = useRef<HTMLCanvasElement>(null);
  const draw = useRef<() => void>(() => undefined);
  useLayoutEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d') ?? null;
    if (element === null || context === null) return;
    element.width = Math.round(width * density);
    element.height = Math.round(height * density);
    draw.current = () => {
      context.setTransform(density, 0, 0, density, 0, 0);
      context.clearRect(0, 0, width, height);
      paint(context, store);
    };
    draw.current();
  }, [store, width, height, density, paint]);
  useEffect(() => {
    const again = () => draw.current();
    const themes = new MutationObserver(again);
    themes.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    const stop = store.subscribe(again);
    return () => {
      stop();
      themes.disconnect();
    };
  }, [store]);
  return canvas;
}
