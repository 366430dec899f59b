/** Selecting a vertex and walking the graph with the keyboard, handed down to every node. */
import { createContext, type KeyboardEvent } from 'react';

export interface GraphWalk {
  select(vertexId: string | null): void;
  key(event: KeyboardEvent, vertexId: string): void;
}

export const GraphWalkContext = createContext<GraphWalk>({
  select: () => undefined,
  key: () => undefined,
});
