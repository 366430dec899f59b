/** What happened to the job, on one axis and as a list; the selected moment in detail. */
import '../../../styles/timeline.css';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { serverClock } from '../../../live/server-clock.ts';
import { Notice } from '../../../components/notice.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { useGoTo, useMoment } from '../../../frame/use-moment.ts';
import { useJob, useJobs } from '../../../live/use-live.ts';
import { momentSearch } from '../../../model/time/moment.ts';
import { SPAN_DEFAULT, SPANS, timelineRange } from '../../../model/timeline/timeline-axis.ts';
import {
  firstRow,
  rowCounts,
  type TimelineRow,
  timelineRows,
} from '../../../model/timeline/timeline-rows.ts';
import { callSiteOf } from '../../../model/graph/vertex-kind.ts';
import { vertexTitle } from '../../../model/graph/vertex-title.ts';
import { timelineQuery } from '../../../rest/job-timeline.ts';
import { TimelineDetail } from './timeline-detail.tsx';
import { TimelineLanes } from './timeline-lanes.tsx';
import { TimelineList } from './timeline-list.tsx';
import { TimelineToolbar } from './timeline-toolbar.tsx';

const FROM = '/c/embedded/jobs/$jobId/timeline';

export function TimelineTab() {
  const { jobId, topology } = useJob((store) => ({
    jobId: store.jobId,
    topology: store.topology,
  }));
  const search = useSearch({ from: FROM });
  const navigate = useNavigate({ from: FROM });
  const moment = useMoment();
  const goTo = useGoTo();
  const { span = SPAN_DEFAULT, show = 'all', q = '', group = 'cause', event } = search;
  const { started, ended } = useJobs(
    (store) => ({
      started: store.job(jobId)?.startedAt ?? 0,
      ended: store.job(jobId)?.endedAt ?? null,
    }),
    jobId,
  );
  const range = () => timelineRange(moment, SPANS[span], started, ended ?? serverClock.now());
  const name = `${span} ${started} ${ended} ${JSON.stringify(moment)}`;
  const { data, error, refetch } = useQuery({
    ...timelineQuery(jobId, name, ended === null && moment.kind !== 'range', range),
    enabled: started > 0,
  });
  const sites = useMemo(
    () => new Map(topology?.vertices.map((vertex) => [vertex.id, callSiteOf(vertex)])),
    [topology],
  );
  const rows = useMemo(() => {
    const siteOf = (vertexId: string) => sites.get(vertexId) ?? null;
    return timelineRows(data?.events ?? [], { grouped: group === 'cause', siteOf });
  }, [data, group, sites]);
  const titles = useMemo(
    () => new Map(topology?.vertices.map((vertex) => [vertex.id, vertexTitle(vertex)])),
    [topology],
  );
  if (data === undefined) {
    if (error === null) return <Skeleton lines={10} />;
    return (
      <Notice title="The timeline could not be read." retry={() => void refetch()}>
        {error.message} The job itself is not touched by this.
      </Notice>
    );
  }
  const titleOf = (vertexId: string | null) => titles.get(vertexId ?? '') ?? '';
  const wanted = q.trim().toLowerCase();
  const shown = rows.filter(
    (row) =>
      (show === 'all' || row.kind === show) &&
      `${row.what} ${row.why} ${titleOf(row.vertexId)}`.toLowerCase().includes(wanted),
  );
  const at = moment.kind === 'instant' ? moment.at : null;
  const selected =
    event === 'none' ? null : (rows.find(({ key }) => key === event) ?? firstRow(shown, at));
  const change = (next: Partial<typeof search>) =>
    void navigate({ replace: true, search: (now) => ({ ...now, ...next }) });
  const visit = (row: TimelineRow) => {
    const next = momentSearch({ kind: 'instant', at: row.t });
    // What is folded into another row is a moment without a row of its own.
    const known = rows.some(({ key }) => key === row.key) ? row.key : undefined;
    void navigate({ search: (now) => ({ ...now, ...next, event: known }) });
  };
  return (
    <div className={selected === null ? 'tl' : 'tl with-detail'}>
      <div className="tl-main">
        <TimelineLanes
          timeline={data}
          rows={rows}
          selected={selected}
          moment={moment}
          visit={visit}
          goTo={(t) => goTo({ kind: 'instant', at: t })}
        />
        <TimelineToolbar
          counts={rowCounts(rows)}
          show={show}
          q={q}
          span={span}
          grouped={group === 'cause'}
          change={change}
        />
        <TimelineList
          rows={shown}
          of={rows.length}
          selected={selected}
          titleOf={titleOf}
          select={(row) => change({ event: row.key })}
          visit={visit}
        />
      </div>
      {selected !== null && (
        <TimelineDetail
          key={selected.key}
          row={selected}
          rows={shown}
          timeline={data}
          titleOf={titleOf}
          select={(key) => change({ event: key })}
        />
      )}
    </div>
  );
}
