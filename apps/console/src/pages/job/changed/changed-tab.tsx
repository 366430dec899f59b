/** What changed between two deployments of the job, and what that explains. */
import '../../../styles/changed.css';
import type { JobTopology } from '@weir/console-protocol';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Notice } from '../../../components/notice.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { useNow } from '../../../components/use-now.ts';
import { useJob } from '../../../live/use-live.ts';
import { changeReading } from '../../../model/changes/change-reading.ts';
import { deploymentChanges } from '../../../model/changes/deployment-changes.ts';
import { timelineRows } from '../../../model/timeline/timeline-rows.ts';
import { vertexTitle } from '../../../model/graph/vertex-title.ts';
import { deploymentsQuery, programDiffQuery } from '../../../rest/deployments.ts';
import { jobHistoryQuery } from '../../../rest/job-history.ts';
import { ChangeCharts } from './change-charts.tsx';
import { CodeDiff } from './code-diff.tsx';
import { ConfigChanges } from './config-changes.tsx';
import { DeploymentList } from './deployment-list.tsx';
import { SameLoadTable } from './same-load-table.tsx';
import { VersionChoice } from './version-choice.tsx';

const FROM = '/c/embedded/jobs/$jobId/what-changed';
const SHOWN_MS = 1_800_000;
/** So that coming back to the view finds what was read before. */
const ROUND_MS = 10_000;

export function ChangedTab() {
  const { jobId, bottleneck } = useJob((store) => ({
    jobId: store.jobId,
    bottleneck: store.latest?.bottleneck ?? null,
  }));
  const titles = useJob(({ topology }) => topology?.vertices);
  const search = useSearch({ from: FROM });
  const navigate = useNavigate({ from: FROM });
  const now = Math.ceil(useNow() / ROUND_MS) * ROUND_MS;
  const { data, error, refetch } = useQuery(deploymentsQuery(jobId));
  const all = data?.deployments ?? [];
  const after = all.find((one) => one.jobId === jobId) ?? null;
  const earlier = all.filter((one) => after !== null && one.submittedAt < after.submittedAt);
  const before = all.find((one) => one.jobId === search.with) ?? earlier[0] ?? null;
  const rangeOf = (one: typeof after) => {
    if (one === null) return null;
    const to = one.endedAt === null ? now : Math.ceil(one.endedAt) + 1000;
    return { from: Math.max(Math.floor(one.submittedAt), to - SHOWN_MS), to };
  };
  const { data: diff } = useQuery(programDiffQuery(before?.jobId ?? null, after?.jobId ?? null));
  const { data: old } = useQuery({
    ...jobHistoryQuery(before?.jobId ?? '', rangeOf(before)),
    placeholderData: keepPreviousData,
  });
  const { data: recent } = useQuery({
    ...jobHistoryQuery(jobId, rangeOf(after)),
    placeholderData: keepPreviousData,
  });
  if (data === undefined) {
    if (error === null) return <Skeleton lines={10} />;
    return (
      <Notice title="The deployments could not be read." retry={() => void refetch()}>
        {error.message} The job itself is not touched by this.
      </Notice>
    );
  }
  if (after === null) return null;
  const compare = ({ jobId: other }: { readonly jobId: string }) =>
    void navigate({ replace: true, search: (was) => ({ ...was, with: other }) });
  const changes = before === null ? null : deploymentChanges(before, after);
  const limiting = titles?.find(({ id }) => id === bottleneck?.vertexId);
  const reading = changeReading({
    before,
    after,
    diff: diff ?? null,
    changes,
    failuresBefore: failuresOf(old?.events ?? []),
    failuresAfter: failuresOf(recent?.events ?? []),
    bottleneck:
      bottleneck === null || limiting === undefined
        ? null
        : { ...bottleneck, title: operatorTitle(limiting, bottleneck.operatorId ?? null) },
  });
  return (
    <div className="changed">
      <div className="changed-say">
        <p role="status" aria-label="What the version explains">
          <b>{reading.strong}</b>
          {reading.rest}
        </p>
        {before !== null && <VersionChoice {...{ all, before, after, compare }} />}
      </div>
      {before !== null && recent !== undefined && (
        <ChangeCharts before={before} after={after} old={old ?? null} recent={recent} />
      )}
      <div className="changed-parts">
        <DeploymentList all={all} shown={after} compared={before} compare={compare} />
        <section className="changed-code" aria-label="Changed">
          {before === null || changes === null ? (
            <p className="prose second">There is no earlier version to compare with.</p>
          ) : (
            <>
              <CodeDiff diff={diff ?? null} before={before} after={after} />
              <ConfigChanges changes={changes} />
            </>
          )}
        </section>
        {before !== null && recent !== undefined && (
          <SameLoadTable before={before} after={after} old={old ?? null} recent={recent} />
        )}
      </div>
    </div>
  );
}

/** The operator of the chain, as far as it is known which. */
function operatorTitle(vertex: JobTopology['vertices'][number], operatorId: string | null): string {
  return vertex.operators.find(({ id }) => id === operatorId)?.name ?? vertexTitle(vertex);
}

function failuresOf(events: Parameters<typeof timelineRows>[0]) {
  return timelineRows(events, { grouped: true }).filter(({ kind }) => kind === 'exception');
}
