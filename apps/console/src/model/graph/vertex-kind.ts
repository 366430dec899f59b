/** What kind of operator a vertex is: decides its icon and its type line. */
import type { JobTopology } from '@weir/console-protocol';

export type Vertex = JobTopology['vertices'][number];

export type VertexKind =
  | 'source'
  | 'sink'
  | 'async'
  | 'window'
  | 'join'
  | 'broadcast'
  | 'keyed'
  | 'function';

/** By the operator that does the most telling thing in the chain. */
export function vertexKind(vertex: Vertex): VertexKind {
  const types = vertex.operators.map(({ operatorType }) => operatorType.toLowerCase());
  if (types.some((type) => type.includes('async'))) return 'async';
  if (vertex.operators.some(({ role }) => role === 'source')) return 'source';
  if (types.some((type) => type.includes('window'))) return 'window';
  if (types.some((type) => type.includes('join') || type.includes('co-'))) return 'join';
  if (types.some((type) => type.includes('broadcast'))) return 'broadcast';
  if (vertex.operators[0]?.role === 'sink') return 'sink';
  if (types.some((type) => /keyed|reduce|aggregate/.test(type))) return 'keyed';
  return 'function';
}

const WORDS: Readonly<Record<VertexKind, string>> = {
  source: 'Source',
  sink: 'Sink',
  async: 'Async',
  window: 'Window',
  join: 'Join',
  broadcast: 'Broadcast process',
  keyed: 'Keyed process',
  function: 'Function',
};

/** One line below the name: what the operator is. */
export function typeLine(vertex: Vertex): string {
  const only = vertex.operators[0];
  const word = WORDS[vertexKind(vertex)];
  if (only === undefined) return word;
  const type = only.operatorType.replace(/[-_]/g, ' ').trim();
  const said = [word, only.name].map((text) => text.toLowerCase());
  if (type === '' || said.includes(only.operatorType.toLowerCase())) return word;
  return type.charAt(0).toUpperCase() + type.slice(1);
}

/** The outside system that the vertex calls, as its operator names it; null if it calls none. */
export function callSiteOf(vertex: Vertex): string | null {
  return vertex.operators.find(({ callSite }) => callSite !== null)?.callSite ?? null;
}
