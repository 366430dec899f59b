/** What a viewer does in the graph, handed down to everything that is drawn of it. */
import { createContext, type KeyboardEvent } from 'react';

export interface GraphWalk {
  select(vertexId: string | null): void;
  /** Of a node that has the focus, by its id in the scene. */
  key(event: KeyboardEvent, nodeId: string): void;
  openGroup(name: string): void;
  /** Shows or hides the operators of a chain. */
  toggleChain(vertexId: string): void;
}

export const GraphWalkContext = createContext<GraphWalk>({
  select: () => undefined,
  key: () => undefined,
  openGroup: () => undefined,
  toggleChain: () => undefined,
});
