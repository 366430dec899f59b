/** The keyboard in the graph: arrows along edges, Enter into a group or to a vertex, U up. */
import { type KeyboardEvent, useCallback, useEffect, useState } from 'react';
import type { GraphLayout } from '../../../layout-worker/graph-layout.ts';
import type { GraphScene } from '../../../model/graph/graph-scene.ts';
import { type Direction, neighbour } from '../../../model/graph/graph-walk.ts';

const ARROWS: Readonly<Record<string, Direction>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
};

interface GraphKeysInput {
  readonly scene: GraphScene;
  readonly inside: boolean;
  readonly layout: GraphLayout;
  readonly centre: (nodeId: string) => void;
  readonly select: (vertexId: string | null) => void;
  readonly openGroup: (name: string | null) => void;
}

export interface GraphKeys {
  readonly onNodeKey: (event: KeyboardEvent, nodeId: string) => void;
  /** Where the keyboard is among blocks that are no elements; null while it is elsewhere. */
  readonly cursor: string | null;
  readonly startCursor: () => void;
  readonly endCursor: () => void;
  readonly onCursorKey: (event: KeyboardEvent) => void;
}

export function useGraphKeys(input: GraphKeysInput): GraphKeys {
  const { scene, inside, layout, centre, select, openGroup } = input;
  const [cursor, setCursor] = useState<string | null>(null);
  useEffect(() => {
    const press = (event: globalThis.KeyboardEvent) => {
      if (!inside || event.defaultPrevented || event.key.toLowerCase() !== 'u') return;
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      event.preventDefault();
      openGroup(null);
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, [inside, openGroup]);
  const enter = useCallback(
    (nodeId: string) => {
      const node = scene.nodes.find(({ id }) => id === nodeId);
      if (node === undefined) return;
      if ('group' in node) openGroup(node.group.name);
      else select(nodeId);
    },
    [scene, select, openGroup],
  );
  const onNodeKey = useCallback(
    (event: KeyboardEvent, nodeId: string) => {
      if (event.key === 'Enter' || event.key === ' ') enter(nodeId);
      else if (event.key === 'Escape') select(null);
      else {
        const direction = ARROWS[event.key];
        if (direction === undefined) return;
        const next = neighbour(layout.nodes, scene.edges, nodeId, direction);
        if (next !== null) focusNode(next, centre);
      }
      event.preventDefault();
    },
    [layout, scene, enter, select, centre],
  );
  const onCursorKey = useCallback(
    (event: KeyboardEvent) => {
      const from = cursor ?? layout.nodes[0]?.id;
      const direction = ARROWS[event.key];
      if (from === undefined) return;
      if (event.key === 'Enter' || event.key === ' ') enter(from);
      else if (direction !== undefined) {
        const next = neighbour(layout.nodes, scene.edges, from, direction) ?? from;
        setCursor(next);
        centre(next);
      } else return;
      event.preventDefault();
    },
    [cursor, layout, scene, enter, centre],
  );
  const startCursor = useCallback(() => setCursor(layout.nodes[0]?.id ?? null), [layout]);
  const endCursor = useCallback(() => setCursor(null), []);
  return { onNodeKey, cursor, startCursor, endCursor, onCursorKey };
}

/** A node out of sight may not be there yet: the camera goes first. */
function focusNode(nodeId: string, centre: (nodeId: string) => void): void {
  centre(nodeId);
  const focus = () => {
    const element = document.querySelector<HTMLElement>(`[data-node="${CSS.escape(nodeId)}"]`);
    element?.focus({ preventScroll: true });
    return element !== null;
  };
  if (!focus()) requestAnimationFrame(() => requestAnimationFrame(focus));
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false;
  return target.closest('input, textarea, select, dialog') !== null;
}
