/** The sentence about the job, with its evidence one click away. */
import { Link } from '@tanstack/react-router';
import { CircleCheck, Crosshair, Info, TriangleAlert } from 'lucide-react';
import { useJob, useJobStore } from '../../live/use-live.ts';
import { jobVerdict, type VerdictTone } from '../../model/verdict-sentence.ts';
import { MomentTag, pastVerdict, VerdictNow } from './past-verdict.tsx';

const ICONS: Readonly<Record<VerdictTone, typeof Info>> = {
  bottleneck: Crosshair,
  change: Info,
  fail: TriangleAlert,
  healthy: CircleCheck,
  done: Info,
};

const ARROWS = { 'getting worse': '↗', steady: '→', recovering: '↘' } as const;

export function VerdictRow() {
  const { jobId } = useJobStore();
  const { topology, latest, bottleneck, past } = useJob((store) => ({
    topology: store.topology,
    latest: store.latest,
    bottleneck: store.verdicts.current,
    past: store.past,
  }));
  if (topology === null) return null;
  const verdict = past === null ? null : pastVerdict(topology, past);
  const { tone, sentence, vertexId } = verdict ?? jobVerdict(topology, latest, bottleneck);
  const Icon = ICONS[tone];
  const trend = vertexId === null ? null : (bottleneck?.trend ?? null);
  return (
    <div
      className={`verdict verdict-${tone}`}
      data-past={past !== null || undefined}
      role="status"
      aria-label="Verdict"
      aria-live="off"
    >
      {past !== null && <MomentTag past={past} />}
      <Icon aria-hidden="true" />
      <p>
        {sentence.map(({ text, strong }) =>
          strong ? <strong key={text}>{text}</strong> : <span key={text}>{text}</span>,
        )}
      </p>
      {trend !== null && (
        <span className={`trend ${trend === 'getting worse' ? 'tone-fail' : 'second'}`}>
          <span aria-hidden="true">{ARROWS[trend]} </span>
          {trend}
        </span>
      )}
      {vertexId !== null && (
        <Link
          className="btn sm"
          to="/c/embedded/jobs/$jobId/graph"
          params={{ jobId }}
          search={{ vertex: vertexId }}
        >
          Evidence
        </Link>
      )}
      {past !== null && <VerdictNow jobId={jobId} />}
    </div>
  );
}
