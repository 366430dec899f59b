/** Everything about the selected vertex: what its time went to, its past, its subtasks. */
import '../../../styles/inspector.css';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { SubtaskMetric } from '@weir/console-protocol';
import { Boxes, Flame, List, X } from 'lucide-react';
import { type ReactNode, useCallback, useEffect } from 'react';
import { useJob, useJobStore } from '../../../live/use-live.ts';
import { partsOfHundred } from '../../../model/figures/figures.ts';
import { heatMetricOf } from '../../../model/graph/heat-metric.ts';
import { typeLine, type Vertex } from '../../../model/graph/vertex-kind.ts';
import { vertexTitle } from '../../../model/graph/vertex-title.ts';
import { MomentTag } from '../past-verdict.tsx';
import { InspectorCharts } from './inspector-charts.tsx';
import { SubtaskHeatmap } from './subtask-heatmap.tsx';
import { SubtasksTable } from './subtasks-table.tsx';
import { VertexExceptions } from './vertex-exceptions.tsx';
import { VertexNeighbours } from './vertex-neighbours.tsx';

export interface InspectorProps {
  readonly vertex: Vertex;
  readonly select: (vertexId: string | null) => void;
  /** Opens the group that the vertex is in; null where it is open or there is none. */
  readonly openGroup: (() => void) | null;
}

export function Inspector({ vertex, select, openGroup }: InspectorProps) {
  const { topology, past } = useJob((store) => ({ topology: store.topology, past: store.past }));
  const { heat } = useSearch({ from: ROUTE });
  const navigate = useNavigate({ from: ROUTE });
  const show = useCallback(
    (metric: SubtaskMetric) =>
      void navigate({
        replace: true,
        search: (now) => ({ ...now, heat: metric === 'busy' ? undefined : metric }),
      }),
    [navigate],
  );
  const title = vertexTitle(vertex);
  const cause = useJob((store) => store.limiting === vertex.id, vertex.id);
  useEffect(() => {
    const close = (event: KeyboardEvent) => {
      const inDialog = event.target instanceof Element && event.target.closest('dialog') !== null;
      if (event.key === 'Escape' && !event.defaultPrevented && !inDialog) select(null);
    };
    document.addEventListener('keydown', close);
    return () => document.removeEventListener('keydown', close);
  }, [select]);
  return (
    <aside className="inspector" aria-label={`Inspector: ${title}`}>
      <header>
        <h2 title={vertex.name}>{title}</h2>
        <span className="quiet-text">×{vertex.parallelism}</span>
        {cause && <span className="chip cause">Bottleneck</span>}
        <button
          type="button"
          className="btn quiet icon sm"
          aria-label="Close the inspector"
          onClick={() => select(null)}
        >
          <X aria-hidden="true" />
        </button>
      </header>
      <div className="inspector-scroll">
        <Ways vertex={vertex} openGroup={openGroup}>
          {past !== null && <MomentTag past={past} brief />}
        </Ways>
        <BusyParts vertexId={vertex.id} />
        <SubtaskHeatmap vertex={vertex} metric={heatMetricOf(heat)} show={show} />
        <InspectorCharts vertexId={vertex.id}>
          <SubtasksTable vertex={vertex} />
        </InspectorCharts>
        <VertexExceptions vertex={vertex} />
        {topology !== null && (
          <VertexNeighbours topology={topology} vertexId={vertex.id} select={select} />
        )}
        <Members vertex={vertex} />
      </div>
    </aside>
  );
}

const ROUTE = '/c/embedded/jobs/$jobId/graph';

interface WaysProps extends Omit<InspectorProps, 'select'> {
  /** Which time all this is about. */
  readonly children: ReactNode;
}

/** Where else there is something about this vertex. */
function Ways({ vertex, openGroup, children }: WaysProps) {
  const { jobId } = useJobStore();
  return (
    <div className="inspector-ways">
      {openGroup !== null && (
        <button type="button" className="btn primary sm" onClick={openGroup}>
          <Boxes aria-hidden="true" />
          Open group
        </button>
      )}
      <Link
        className="btn sm"
        to="/c/embedded/jobs/$jobId/flame"
        params={{ jobId }}
        search={{ vertex: vertex.id }}
      >
        <Flame aria-hidden="true" />
        Profile
      </Link>
      <Link
        className="btn sm"
        to="/c/embedded/jobs/$jobId/logs"
        params={{ jobId }}
        search={{ operator: vertex.id }}
      >
        <List aria-hidden="true" />
        Logs
      </Link>
      {children}
    </div>
  );
}

/** Red is the largest part of the cause, and no other. */
const CAUSE_COLOUR = 'var(--busy-100)';
const PARTS = [
  { name: 'external', colour: 'var(--busy-60)' },
  { name: 'running', colour: 'var(--busy-bar)' },
  { name: 'queued', colour: 'var(--control)' },
] as const;

/** What the busiest subtask's busy is made of, in per cent of it. */
function BusyParts({ vertexId }: { vertexId: string }) {
  const { busy, mean, subtask, shares, known, cause } = useJob((store) => {
    const tick = store.vertex(vertexId);
    const parts = partsOfHundred([tick?.external ?? 0, tick?.running ?? 0, tick?.queued ?? 0]);
    return {
      busy: tick?.busy ?? null,
      mean: tick?.busyMean ?? null,
      subtask: tick?.busySubtask ?? 0,
      known: tick !== null && tick.running !== null && parts !== null,
      shares: (parts ?? []).join(' '),
      cause: store.limiting === vertexId,
    };
  }, vertexId);
  const percent = (ratio: number | null) => (ratio === null ? '—' : `${Math.round(ratio * 100)} %`);
  const values = shares.split(' ').map(Number);
  const largest = values.indexOf(Math.max(...values));
  const parts = PARTS.map(({ name, colour }, at) => ({
    name,
    value: values[at] ?? 0,
    colour: cause && at === largest ? CAUSE_COLOUR : colour,
  }));
  return (
    <section className="inspector-part" aria-label="What its time went to">
      <div className="section-head">
        <h3>Busy {percent(busy)}</h3>
        {known && (
          <span className="legend right">
            {parts.map(({ name, colour, value }) => (
              <span key={name}>
                <i className="swatch" style={{ background: colour }} aria-hidden="true" />
                {name} <b>{value}</b>
              </span>
            ))}
          </span>
        )}
      </div>
      <div className="stacked-bar tall" aria-hidden="true">
        {known &&
          parts.map(({ name, colour, value }) => (
            <span key={name} style={{ width: `${value * (busy ?? 0)}%`, background: colour }} />
          ))}
      </div>
      <p className="reading">
        Busiest is subtask {subtask}; the mean of all is {percent(mean)}.
      </p>
    </section>
  );
}

function Members({ vertex }: { vertex: Vertex }) {
  return (
    <section className="inspector-part" aria-label="Operators">
      <h3>{vertex.operators.length === 1 ? 'Operator' : 'Operators of the chain'}</h3>
      <dl className="pairs">
        {vertex.operators.map(({ id, name, operatorType, origin }) => [
          <dt key={`${id}-name`}>{name}</dt>,
          <dd key={id} title={origin ?? undefined}>
            {origin ?? operatorType}
          </dd>,
        ])}
        <dt>Type</dt>
        <dd>{typeLine(vertex)}</dd>
        <dt>Max parallelism</dt>
        <dd>{vertex.maxParallelism}</dd>
        <dt>Slot sharing group</dt>
        <dd>{vertex.slotSharingGroup}</dd>
      </dl>
    </section>
  );
}
