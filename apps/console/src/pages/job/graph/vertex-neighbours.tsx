/** Who sends to this vertex and who reads from it; for the cause, who waits. */
import type { JobTopology } from '@weir/console-protocol';
import { useMemo } from 'react';
import { useJob } from '../../../live/use-live.ts';
import { relatedVertices } from '../../../model/graph/graph-walk.ts';
import { isVictim } from '../../../model/graph/node-view.ts';
import { vertexTitle } from '../../../model/graph/vertex-title.ts';

const NAMED_MAX = 6;

export interface VertexNeighboursProps {
  readonly topology: JobTopology;
  readonly vertexId: string;
  readonly select: (vertexId: string) => void;
}

export function VertexNeighbours({ topology, vertexId, select }: VertexNeighboursProps) {
  const titles = useMemo(
    () => new Map(topology.vertices.map((vertex) => [vertex.id, vertexTitle(vertex)])),
    [topology],
  );
  const related = useMemo(() => relatedVertices(topology.edges, vertexId), [topology, vertexId]);
  const { waiting, cause } = useJob(
    (store) => ({
      cause: store.limiting === vertexId,
      waiting: [...related].filter((id) => id !== vertexId && isVictim(store.vertex(id))).length,
    }),
    `${vertexId} ${topology.attempt}`,
  );
  const before = neighbours(topology, vertexId, 'target', 'source');
  const after = neighbours(topology, vertexId, 'source', 'target');
  const lists = [
    ['Reads from', before],
    ['Sends to', after],
  ] as const;
  return (
    <section className="inspector-part" aria-label="Neighbours">
      <h3>{cause ? 'Who waits' : 'Neighbours'}</h3>
      {cause && (
        <p className="reading">
          {waiting === 0
            ? 'Nobody is held up by it at the moment.'
            : `${waiting} of ${titles.size} vertices are backpressured by it.`}
        </p>
      )}
      <dl className="pairs">
        {lists
          .filter(([, ids]) => ids.length > 0)
          .map(([label, ids]) => [
            <dt key={label}>{label}</dt>,
            <dd key={`${label}-names`} className="names">
              {ids.slice(0, NAMED_MAX).map((id) => (
                <button key={id} type="button" className="link" onClick={() => select(id)}>
                  {titles.get(id)}
                </button>
              ))}
              {ids.length > NAMED_MAX && <span>and {ids.length - NAMED_MAX} more</span>}
            </dd>,
          ])}
      </dl>
    </section>
  );
}

function neighbours(
  { edges }: JobTopology,
  vertexId: string,
  near: 'source' | 'target',
  far: 'source' | 'target',
): string[] {
  return [...new Set(edges.filter((edge) => edge[near] === vertexId).map((edge) => edge[far]))];
}
