/** What the verdict row says of the past: its time, how a range was spent, and how it is now. */
import type { JobTopology } from '@weir/console-protocol';
import { useMemo } from 'react';
import { useTimeTravel } from '../../frame/time/use-time-travel.ts';
import type { JobStore, Past } from '../../live/job-store.ts';
import { useLiveData, useSelected } from '../../live/use-live.ts';
import { clockTime, utcTime } from '../../model/time/clock-time.ts';
import { durationFigure, figureText } from '../../model/figures/figures.ts';
import { gapVerdict, rangeShares, rangeVerdict } from '../../model/verdict/range-verdict.ts';
import { vertexTitle } from '../../model/graph/vertex-title.ts';
import { jobVerdict, type Verdict } from '../../model/verdict/verdict-sentence.ts';

/** Null for an instant of which everything is known: it is judged as the present is. */
export function pastVerdict(topology: JobTopology, past: Past): Verdict | null {
  const { source, from, to, gap } = past;
  if (from === to) return gap === null ? null : gapVerdict(to, gap, topology.startedAt, clockTime);
  return rangeVerdict(topology, rangeShares(source.ticks.heads(from, to), from, to));
}

/** @param brief says of a range only how long it is. */
export function MomentTag({ past, brief = false }: { past: Past; brief?: boolean }) {
  const { from, to } = past;
  if (from === to) {
    return (
      <time className="moment-tag" title={utcTime(to)}>
        {clockTime(to)}
      </time>
    );
  }
  return (
    <time className="moment-tag" title={`${utcTime(from)} to ${utcTime(to)}`}>
      {brief
        ? `mean of ${figureText(durationFigure(to - from))}`
        : `${clockTime(from)} to ${clockTime(to)}`}
    </time>
  );
}

const WORDS = {
  bottleneck: 'bottleneck',
  change: 'changing',
  fail: 'failed',
  healthy: 'healthy',
  done: 'ended',
} as const;

/** The verdict at a store's newest tick: another object only when it says something else. */
export function useVerdict(store: JobStore): Verdict | null {
  const text = useSelected(store, (job) => {
    const { topology, verdicts, events } = job;
    if (topology === null) return null;
    return JSON.stringify(jobVerdict(topology, job, verdicts.current, events));
  });
  return useMemo(() => (text === null ? null : (JSON.parse(text) as Verdict)), [text]);
}

/** How the job is at present, and the way there. */
export function VerdictNow({ jobId }: { jobId: string }) {
  const travel = useTimeTravel();
  const live = useLiveData().job(jobId);
  const verdict = useVerdict(live);
  const topology = useSelected(live, (store) => store.topology);
  if (topology === null || verdict === null || travel === null) return null;
  const { tone, sentence, vertexId } = verdict;
  const vertex = topology.vertices.find(({ id }) => id === vertexId);
  const words = sentence.map(({ text }) => text).join('');
  return (
    <span className="verdict-now">
      Now:{' '}
      <button type="button" className={`link tone-${tone}`} title={words} onClick={travel.goLive}>
        {WORDS[tone]}
        {vertex !== undefined && <span className="optional"> {vertexTitle(vertex)}</span>}
      </button>
    </span>
  );
}
