/** The sentence about the job, with its evidence one click away. */
import { CircleCheck, Crosshair, Info, TriangleAlert } from 'lucide-react';
import { memo, useState } from 'react';
import { useGoTo } from '../../frame/use-moment.ts';
import { JOB_COLUMNS, type JobStore } from '../../live/job-store.ts';
import { useJob, useJobStore } from '../../live/use-live.ts';
import { clockTime } from '../../model/time/clock-time.ts';
import { isTerminal } from '../../model/jobs/job-state.ts';
import type { SentencePart } from '../../model/verdict/verdict-reason.ts';
import { trendText, type VerdictTone } from '../../model/verdict/verdict-sentence.ts';
import { MomentTag, pastVerdict, useVerdict, VerdictNow } from './past-verdict.tsx';
import { EvidencePanel, type EvidencePanelProps } from './verdict/evidence-panel.tsx';

const ICONS: Readonly<Record<VerdictTone, typeof Info>> = {
  bottleneck: Crosshair,
  change: Info,
  fail: TriangleAlert,
  healthy: CircleCheck,
  done: Info,
};

const ARROWS = { worse: '↗', steady: '→', recovering: '↘' } as const;

export function VerdictRow() {
  const store = useJobStore();
  const { jobId } = store;
  const { topology, going, goingText, past } = useJob((job) => {
    const { trend = null, figures } = job.verdicts.current ?? {};
    const text = trend === null ? '' : trendText(trend, figures);
    return { topology: job.topology, past: job.past, going: trend, goingText: text };
  });
  const shown = useVerdict(store);
  if (topology === null || shown === null) return null;
  const verdict = past === null ? null : pastVerdict(topology, past);
  const { tone, sentence, vertexId, warning } = verdict ?? shown;
  const trend = vertexId === null ? null : going;
  return (
    <div
      className={`verdict verdict-${tone}`}
      data-past={past !== null || undefined}
      role="status"
      aria-label="Verdict"
      aria-live="off"
    >
      {past !== null && <MomentTag past={past} />}
      <ToneIcon tone={tone} />
      <p>
        {keyed(sentence).map(({ key, text, strong }) =>
          strong ? <strong key={key}>{text}</strong> : <span key={key}>{text}</span>,
        )}
        {warning !== null && <span className="verdict-warning">{warning}</span>}
      </p>
      {trend !== null && (
        <span className={`trend ${trend === 'worse' ? 'tone-fail' : 'second'}`} title={goingText}>
          <span aria-hidden="true">{ARROWS[trend]} </span>
          <span className="trend-words">{goingText}</span>
        </span>
      )}
      {vertexId !== null && <Evidence jobId={jobId} topology={topology} />}
      {past === null ? <LastNumbers /> : <VerdictNow jobId={jobId} />}
    </div>
  );
}

/** Of an ended job: the way to the last moment that numbers are known of. */
function LastNumbers() {
  const goTo = useGoTo();
  const at = useJob(lastNumbersTime);
  if (at === null) return null;
  return (
    <button type="button" className="btn sm" onClick={() => void goTo({ kind: 'instant', at })}>
      Its last numbers, {clockTime(at)}
    </button>
  );
}

/** Null while the job goes on. What came while its tasks ended says nothing of it. */
function lastNumbersTime({ latest, job, states }: JobStore): number | null {
  if (latest === null || !isTerminal(latest.state)) return null;
  const running = states.findLastIndex(({ state }) => state === 'RUNNING');
  return job.lastKnownTime(JOB_COLUMNS.recordsIn, states[running + 1]?.from ?? latest.t);
}

/** Apart from the sentence, whose numbers change every second. */
const ToneIcon = memo(function ToneIcon({ tone }: { tone: VerdictTone }) {
  const Icon = ICONS[tone];
  return <Icon aria-hidden="true" />;
});

/** By their places: when only numbers change, only texts do. */
function keyed(sentence: readonly SentencePart[]) {
  return sentence.map((part, at) => ({ ...part, key: at }));
}

type EvidenceProps = Omit<EvidencePanelProps, 'close' | 'bottleneck'>;

const Evidence = memo(function Evidence(props: EvidenceProps) {
  const [open, setOpen] = useState(false);
  const known = useJob(({ verdicts }) => verdicts.current !== null);
  const bottleneck = useJob(({ verdicts }) => (open ? verdicts.current : null), open);
  if (!known) return null;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: what leaves the area closes the panel
    <span
      className="evidence-area"
      onBlur={({ currentTarget, relatedTarget }) => {
        if (!currentTarget.contains(relatedTarget)) setOpen(false);
      }}
    >
      <button
        type="button"
        className="btn sm"
        aria-haspopup="dialog"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        Evidence
      </button>
      {bottleneck !== null && (
        <EvidencePanel {...props} bottleneck={bottleneck} close={() => setOpen(false)} />
      )}
    </span>
  );
});
