/** What this vertex threw, newest first, each line the way to the whole. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMoment } from '../../../frame/use-moment.ts';
import { useJobStore } from '../../../live/use-live.ts';
import { clockTime } from '../../../model/time/clock-time.ts';
import { exceptionHead } from '../../../model/timeline/exception-head.ts';
import type { Vertex } from '../../../model/graph/vertex-kind.ts';
import { exceptionsQuery } from '../../../rest/job-queries.ts';

const SHOWN_MAX = 3;

export function VertexExceptions({ vertex }: { vertex: Vertex }) {
  const { jobId } = useJobStore();
  const moment = useMoment();
  const { data } = useQuery(exceptionsQuery(jobId));
  const [from, until] =
    moment.kind === 'live'
      ? [0, Number.POSITIVE_INFINITY]
      : moment.kind === 'instant'
        ? [0, moment.at]
        : [moment.from, moment.to];
  const own = (data?.exceptionHistory.entries ?? [])
    .filter(({ timestamp }) => timestamp >= from && timestamp <= until)
    .map((info) => ({ info, head: exceptionHead(info) }))
    .filter(({ head }) => head.operator === vertex.name);
  if (own.length === 0) return null;
  return (
    <section className="inspector-part" aria-label="Exceptions">
      <h3>
        {own.length} {own.length === 1 ? 'exception' : 'exceptions'}
      </h3>
      <ul className="vertex-exceptions">
        {own.slice(0, SHOWN_MAX).map(({ info, head }) => (
          <li key={`${info.timestamp} ${head.subtask}`}>
            <Link to="/c/embedded/jobs/$jobId/exceptions" params={{ jobId }}>
              <span>{clockTime(info.timestamp)}</span> {head.name}: {head.message}
              {head.subtask !== null && ` (subtask ${head.subtask})`}
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
