/** Keys for the picture as a whole: b to the bottleneck, + and − zoom, 0 shows everything. */
import { useEffect } from 'react';
import { useReactFlow } from 'reactflow';
import { useJobStore } from '../../../live/use-live.ts';

interface ViewKeysInput {
  /** Selects a vertex and brings it into the picture. */
  readonly goTo: (vertexId: string) => void;
  readonly fit: () => void;
}

export function useViewKeys({ goTo, fit }: ViewKeysInput): void {
  const store = useJobStore();
  const flow = useReactFlow();
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (isTyping(event.target)) return;
      const { key } = event;
      if (key === 'b' && store.limiting !== null) goTo(store.limiting);
      else if (key === '0') fit();
      else if (key === '+' || key === '=') void flow.zoomIn();
      else if (key === '-') void flow.zoomOut();
      else return;
      event.preventDefault();
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, [store, flow, goTo, fit]);
}

/** A dialog has the keyboard to itself. */
function isTyping(target: EventTarget | null): boolean {
  if (document.querySelector('dialog[open]') !== null) return true;
  return target instanceof Element && target.closest('input, textarea, select') !== null;
}
