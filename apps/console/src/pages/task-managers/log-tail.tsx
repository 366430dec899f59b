/** The newest lines of what the process' job printed; all of them are on the job's page. */
import '../../styles/logs.css';
import type { TaskManagerEntry } from '@weir/console-protocol';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { clockTime, utcTime } from '../../model/time/clock-time.ts';
import { jobLogsQuery } from '../../rest/job-logs.ts';

const LINES = 20;

export function LogTail({ taskManager }: { taskManager: TaskManagerEntry }) {
  const { jobId, slots } = taskManager;
  const { data } = useQuery(jobLogsQuery(jobId, false));
  const names = new Map(
    slots.flatMap(({ tasks }) => tasks.map(({ vertexId, name }) => [vertexId, name] as const)),
  );
  const lines = data?.entries.slice(-LINES) ?? [];
  const places = lines.some(({ vertexId }) => vertexId !== null);
  const more = (data?.entries.length ?? 0) - lines.length;
  return (
    <section className="log-tail" aria-label="Newest log lines">
      <div className="section-head">
        <h2>Log</h2>
        <span className="micro">the newest lines of its job</span>
        {more > 0 && (
          <Link className="right" to="/c/embedded/jobs/$jobId/logs" params={{ jobId }}>
            {more} more
          </Link>
        )}
      </div>
      {data !== undefined && lines.length === 0 && (
        <p className="small second">Nothing was printed yet.</p>
      )}
      <div className={places ? 'logs' : 'logs without-places'}>
        {lines.map(({ seq, t, level, text, vertexId, subtask }) => (
          <div key={seq} className={`log-line ${level}`}>
            <time dateTime={new Date(t).toISOString()} title={utcTime(t)}>
              {clockTime(t)}
            </time>
            <b>{level.toUpperCase()}</b>
            <span className="log-where">
              {vertexId === null ? '' : `${names.get(vertexId) ?? ''}#${subtask}`}
            </span>
            <span className="log-text">{text}</span>
          </div>
        ))}
      </div>
    </section>
  );
}
