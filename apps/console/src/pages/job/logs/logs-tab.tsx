/** What the job's program and its tasks printed: followed, searched, from a level on. */
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { Notice } from '../../../components/notice.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { useJob, useJobStore, useJobs } from '../../../live/use-live.ts';
import { isTerminal } from '../../../model/job-state.ts';
import { fromLevel, matchingLines, stepMatch } from '../../../model/log-lines.ts';
import { vertexTitle } from '../../../model/vertex-title.ts';
import { jobLogsQuery } from '../../../rest/job-logs.ts';
import { LogList } from './log-list.tsx';
import { LogToolbar } from './log-toolbar.tsx';

export function LogsTab() {
  const { jobId } = useJobStore();
  const over = useJobs((store) => isTerminal(store.job(jobId)?.state ?? ''), jobId);
  const { q = '', level = 'debug' } = useSearch({ from: '/c/embedded/jobs/$jobId/logs' });
  const navigate = useNavigate({ from: '/c/embedded/jobs/$jobId/logs' });
  const topology = useJob((store) => store.topology);
  const { data, error, refetch } = useQuery(jobLogsQuery(jobId, over));
  const [follow, setFollow] = useState(true);
  const [marked, setMarked] = useState<number | null>(null);
  if (data === undefined) {
    if (error === null) return <Skeleton lines={10} />;
    return (
      <Notice title="The logs could not be read." retry={() => void refetch()}>
        {error.message} The job itself is not touched by this.
      </Notice>
    );
  }
  const lines = fromLevel(data.entries, level);
  const matches = matchingLines(lines, q);
  const markedAt = lines.findIndex(({ seq }) => seq === marked);
  const step = (by: 1 | -1) => {
    const at = stepMatch(matches, markedAt < 0 && by === -1 ? lines.length : markedAt, by);
    if (at === null) return;
    setFollow(false);
    setMarked(lines[at]?.seq ?? null);
  };
  const titles = new Map(topology?.vertices.map((vertex) => [vertex.id, vertexTitle(vertex)]));
  return (
    <>
      <LogToolbar
        q={q}
        level={level}
        found={matches.length}
        at={matches.indexOf(markedAt)}
        all={lines.length}
        truncated={data.truncated}
        follow={follow}
        setFollow={setFollow}
        step={step}
        change={(next) =>
          void navigate({ replace: true, search: (now) => withoutDefaults({ ...now, ...next }) })
        }
      />
      {lines.length === 0 ? (
        <p className="page-body prose second">
          {data.entries.length === 0
            ? 'Nothing was printed since the server started. What the program and its operators write to the console appears here.'
            : 'No line is that severe. Choose another level to see the others.'}
        </p>
      ) : (
        <LogList
          lines={lines}
          titles={titles}
          q={q}
          marked={markedAt < 0 ? null : markedAt}
          follow={follow}
          setFollow={setFollow}
        />
      )}
    </>
  );
}

interface Search {
  readonly q?: string;
  readonly level?: 'debug' | 'info' | 'warn' | 'error';
}

function withoutDefaults({ q, level }: Search): Search {
  return {
    ...(q ? { q } : {}),
    ...(level !== undefined && level !== 'debug' ? { level } : {}),
  };
}
