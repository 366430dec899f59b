/** Where the time of an operator goes that a profile of the CPU cannot show. */
import type { JobTopology, VertexTimes } from '@weir/console-protocol';
import { vertexTitle } from '../graph/vertex-title.ts';

export interface Elsewhere {
  readonly name: string;
  /** Behind the name. */
  readonly words: string;
  /** Worth looking at off CPU. */
  readonly waits: boolean;
}

type Part = 'running' | 'queued' | 'external' | 'blocked' | 'starved';

/** By what its subtasks do most of the time; null when nothing is known of the vertex. */
export function elsewhere(
  times: readonly VertexTimes[],
  vertexId: string,
  topology: JobTopology | null,
): Elsewhere | null {
  const own = times.find((one) => one.vertexId === vertexId);
  const vertex = topology?.vertices.find(({ id }) => id === vertexId);
  if (own === undefined || vertex === undefined || own.subtasks === 0) return null;
  const parts: readonly Part[] = ['running', 'queued', 'external', 'blocked', 'starved'];
  const most = parts.reduce((left, right) => (own[right] > own[left] ? right : left));
  const much = `${own[most].toFixed(1)} of its ${own.subtasks} subtasks’ time`;
  const site = vertex.operators.find(({ callSite }) => callSite !== null)?.callSite ?? null;
  const words: Record<Part, string> = {
    running: `runs ${much}: what it costs is here.`,
    queued: `waits ${much} for its slot thread, which runs other subtasks.`,
    external: `waits ${much} on ${site ?? 'calls outside'}: it is not here but in the answer.`,
    blocked: `is blocked ${much}: what comes after it does not take its output.`,
    starved: `has no input for ${much}: what comes before it, or the source, is slower.`,
  };
  return { name: vertexTitle(vertex), words: words[most], waits: most !== 'running' };
}
