/** The figures behind the sentence, what would help, and where to look further. */
import { Link } from '@tanstack/react-router';
import { COMPUTING_CAUSES, type JobTopology } from '@weir/console-protocol';
import { useEffect, useRef } from 'react';
import { clockTime } from '../../../model/time/clock-time.ts';
import { adviceOf, evidenceGroups } from '../../../model/verdict/verdict-evidence.ts';
import { operatorName } from '../../../model/verdict/verdict-reason.ts';
import type { Bottleneck } from '../../../model/verdict/verdict-tracker.ts';

export interface EvidencePanelProps {
  readonly jobId: string;
  readonly topology: JobTopology;
  readonly bottleneck: Bottleneck;
  readonly close: () => void;
}

const SEVERITIES = {
  critical: 'Critical',
  warning: 'Falling behind',
  notice: 'At its limit',
} as const;

export function EvidencePanel({ jobId, topology, bottleneck, close }: EvidencePanelProps) {
  const area = useRef<HTMLDivElement>(null);
  useEffect(() => area.current?.focus(), []);
  const { since, until, severity = 'notice' } = bottleneck;
  const advice = adviceOf(bottleneck);
  const ended = until === null ? '' : `, last seen ${clockTime(until)}`;
  return (
    <div
      ref={area}
      className="evidence"
      role="dialog"
      aria-label="Evidence"
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key === 'Escape') close();
      }}
    >
      <p className="evidence-head">
        <strong>{operatorName(topology, bottleneck)}</strong>
        <span className="second">
          {SEVERITIES[severity]} · evidence since {clockTime(since)}
          {ended}
        </span>
      </p>
      <div className="evidence-groups">
        {evidenceGroups(bottleneck).map(({ title, rows }) => (
          <section key={title} aria-label={title}>
            <h2>{title}</h2>
            <dl>
              {rows.map(({ label, value }) => (
                <div key={label}>
                  <dt>{label}</dt>
                  <dd>{value}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      {advice !== null && (
        <p className="evidence-advice">
          <strong>What helps.</strong> {advice}
        </p>
      )}
      <Ways jobId={jobId} topology={topology} bottleneck={bottleneck} close={close} />
    </div>
  );
}

/** To the operator in the graph, to those that come next, and to what the cause points at. */
function Ways({ jobId, topology, bottleneck, close }: EvidencePanelProps) {
  const { vertexId, cause = null, subject = null, next = [] } = bottleneck;
  const toVertex = (id: string, text: string) => (
    <Link
      key={`${text} ${id}`}
      className="btn sm"
      to="/c/embedded/jobs/$jobId/graph"
      params={{ jobId }}
      search={{ vertex: id }}
      onClick={close}
    >
      {text}
    </Link>
  );
  const pointsAt = subject?.vertexId ?? null;
  return (
    <nav aria-label="Where to look further" className="evidence-ways">
      {toVertex(vertexId, 'In the graph')}
      {pointsAt !== null && pointsAt !== vertexId && toVertex(pointsAt, subject?.name ?? '')}
      {(cause === 'external' || (cause !== null && COMPUTING_CAUSES.has(cause))) && (
        <Link
          className="btn sm"
          to="/c/embedded/jobs/$jobId/flame"
          params={{ jobId }}
          search={{ vertex: vertexId, ...(cause === 'external' ? { mode: 'off' as const } : {}) }}
          onClick={close}
        >
          Flame graph
        </Link>
      )}
      {cause === 'alignment' && (
        <Link
          className="btn sm"
          to="/c/embedded/jobs/$jobId/checkpoints"
          params={{ jobId }}
          onClick={close}
        >
          Checkpoints
        </Link>
      )}
      {next.length > 0 && <span className="second">Limits next:</span>}
      {next.map((id) => toVertex(id, operatorName(topology, { vertexId: id })))}
    </nav>
  );
}
