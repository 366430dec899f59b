/** Where the time of a job goes: a sentence, the flame graph, and what was sampled when. */
import '../../../styles/flame.css';
import type { FlameGraphAnswer } from '@weir/console-protocol';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Flame } from 'lucide-react';
import { useCallback, useMemo, useState } from 'react';
import { Notice } from '../../../components/notice.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { useGoTo } from '../../../frame/use-moment.ts';
import { useJob } from '../../../live/use-live.ts';
import { clockTime } from '../../../model/clock-time.ts';
import { flameColours } from '../../../model/flame-colour.ts';
import { flameDiff } from '../../../model/flame-diff.ts';
import { cpuProfile, foldedStacks } from '../../../model/flame-export.ts';
import { flameForest, NO_FOREST } from '../../../model/flame-forest.ts';
import { matchesOf } from '../../../model/flame-reading.ts';
import {
  diffSentence,
  flameSentence,
  type FlameSentence,
  inUse,
  shareText,
} from '../../../model/flame-words.ts';
import { vertexTitle } from '../../../model/vertex-title.ts';
import { FlameAside } from './flame-aside.tsx';
import { FlameCanvas } from './flame-canvas.tsx';
import { FLAME_FROM, type FlameSearch } from './flame-search.ts';
import { FlameStrip } from './flame-strip.tsx';
import { FlameTimes } from './flame-times.tsx';
import { FlameToolbar } from './flame-toolbar.tsx';
import { useFlameGraph } from './use-flame-graph.ts';

const MODE_WORDS = { on: 'on CPU', off: 'off CPU', mixed: 'all time' } as const;

export function FlameTab() {
  const { jobId, topology } = useJob((store) => ({
    jobId: store.jobId,
    topology: store.topology,
  }));
  const search = useSearch({ from: FLAME_FROM });
  const navigate = useNavigate({ from: FLAME_FROM });
  const goTo = useGoTo();
  const [slivers, setSlivers] = useState(0);
  const change = useCallback(
    (next: Partial<FlameSearch>) =>
      void navigate({ replace: true, search: (now) => ({ ...now, ...next }) }),
    [navigate],
  );
  const { answer, error, retry, base, live } = useFlameGraph(jobId, search);
  const { mode = 'on', vertex, q = '', zoom, node, by = 'operator', engine } = search;
  const profile = answer?.profile ?? null;
  const folding = engine === 'shown' ? 'shown' : 'folded';
  const forest = useMemo(
    () => (profile === null ? NO_FOREST : flameForest(profile.tree, folding)),
    [profile, folding],
  );
  const before = base?.profile ?? null;
  const diff = useMemo(
    () => (before === null ? null : flameDiff(forest, flameForest(before.tree, folding))),
    [forest, before, folding],
  );
  const colours = useMemo(() => flameColours(forest, topology, by), [forest, topology, by]);
  const matches = useMemo(() => matchesOf(forest, q), [forest, q]);
  if (answer === undefined) {
    if (error === null) return <Skeleton lines={10} />;
    return (
      <Notice title="The profile could not be read." retry={retry}>
        {error.message} The job itself is not touched by this.
      </Notice>
    );
  }
  const scope = topology?.vertices.find(({ id }) => id === vertex);
  const subject = scope === undefined ? (topology?.name ?? 'job') : vertexTitle(scope);
  const amount = profile === null ? '' : inUse(forest.totalMs, profile, mode);
  const title = `${subject} · ${MODE_WORDS[mode]} · ${amount} ${mode === 'on' ? 'cores' : 'subtasks'}`;
  const sentence =
    profile === null
      ? null
      : diff === null
        ? flameSentence(forest, profile, mode, topology)
        : diffSentence(forest, diff, topology);
  const select = (path: string | undefined) => change({ node: path });
  const pathTokens = new Map(forest.path.map((path, at) => [path, at]));
  const tokenOf = (path: string) =>
    `var(${colours.of(pathTokens.get(path) ?? -1).token ?? '--text-3'})`;
  const exportAs = (format: 'cpuprofile' | 'folded') => {
    if (profile === null) return;
    const name = `${subject}-${mode}-${new Date(profile.to).toISOString().replaceAll(':', '-')}`;
    if (format === 'folded') download(`${name}.folded.txt`, foldedStacks(profile.tree));
    else download(`${name}.cpuprofile`, cpuProfile(profile));
  };
  return (
    <div className="flame">
      <div className="flame-main">
        <FlameToolbar
          search={search}
          topology={topology}
          answer={answer}
          found={q === '' ? null : shareText(matches.ms, forest.totalMs)}
          change={change}
          exportAs={exportAs}
        />
        {sentence === null ? (
          <NoProfile
            answer={answer}
            live={live}
            goTo={(t) => void goTo({ kind: 'instant', at: t })}
          />
        ) : (
          <>
            <Sentence {...sentence} show={(next) => change({ mode: next, zoom: undefined })} />
            <div className="flame-legend">
              {diff === null ? (
                <Legend mode={mode} labels={colours.legend} />
              ) : (
                <DiffLegend missing={base !== null && before === null} />
              )}
              <span className="grow" />
              {slivers > 0 && <span>{slivers} slivers under 0.5 px left out</span>}
              <Source answer={answer} mode={mode} />
            </div>
            <div className="flame-picture">
              <FlameCanvas
                key={`${mode} ${vertex} ${search.subtask} ${folding}`}
                forest={forest}
                colours={colours}
                diff={diff}
                hits={matches.nodes}
                title={title}
                zoom={zoom}
                selected={node}
                select={select}
                zoomTo={(path) => change({ zoom: path })}
                slivers={setSlivers}
              />
              {mode !== 'on' && (
                <FlameTimes
                  times={profile?.times ?? []}
                  topology={topology}
                  selected={vertex}
                  change={change}
                />
              )}
            </div>
          </>
        )}
        <FlameStrip
          moments={answer.moments}
          profile={profile}
          base={search.base}
          topology={topology}
          goTo={(t) => void goTo({ kind: 'instant', at: t })}
          compare={(t) => change({ base: t })}
        />
        <p className="flame-keys micro" id="flame-keys">
          <span>Arrows walk callers, callees and siblings; Enter zooms, Esc leaves the zoom</span>
          <span>{live ? 'sampled while this tab is seen, ends with it' : 'a kept profile'}</span>
        </p>
      </div>
      <FlameAside
        forest={forest}
        diff={diff}
        topology={topology}
        selected={node}
        select={select}
        tokenOf={tokenOf}
      />
    </div>
  );
}

interface SentenceProps extends FlameSentence {
  readonly show: (mode: 'off' | undefined) => void;
}

function Sentence({ lead, rest, instead, show }: SentenceProps) {
  return (
    <p className="flame-sentence" role="status" aria-label="What the profile says">
      <Flame aria-hidden="true" />
      <span>
        <b>{lead}</b> {rest}{' '}
        {instead !== null && (
          <button
            type="button"
            className="link"
            onClick={() => show(instead === 'off' ? 'off' : undefined)}
          >
            {instead === 'off' ? 'Show off-CPU' : 'Show on-CPU'}
          </button>
        )}
      </span>
    </p>
  );
}

interface LegendProps {
  readonly mode: 'on' | 'off' | 'mixed';
  readonly labels: readonly { readonly token: string | null; readonly label: string }[];
}

function Legend({ mode, labels }: LegendProps) {
  return (
    <>
      {mode !== 'on' && (
        <>
          <span>
            <i className="hatch" aria-hidden="true" /> blocked on output: victims
          </span>
          <span>
            <i className="starved" aria-hidden="true" /> starved
          </span>
        </>
      )}
      {labels.map(({ token, label }) => (
        <span key={`${token} ${label}`}>
          <i style={{ background: `var(${token ?? '--text-3'})` }} aria-hidden="true" /> {label}
        </span>
      ))}
    </>
  );
}

function DiffLegend({ missing }: { missing: boolean }) {
  if (missing) return <span>Nothing is kept of the moment to compare with.</span>;
  return (
    <>
      <span>share fell</span>
      <span className="flame-ramp" aria-hidden="true">
        {['less-3', 'less-2', 'less-1', 'more-1', 'more-2', 'more-3'].map((step) => (
          <i key={step} style={{ background: `var(--diff-${step})` }} />
        ))}
      </span>
      <span>share grew</span>
      <span>width: share now · colour: points of the total, ±1.5 and more is full</span>
    </>
  );
}

function Source({ answer, mode }: { answer: FlameGraphAnswer; mode: string }) {
  const { status, profile, hz } = answer;
  if (profile === null) return null;
  const seconds = Math.round(profile.sampledMs / 1000);
  const what =
    mode === 'off'
      ? 'from task states, not samples'
      : `${profile.samples.toLocaleString('en')} samples in ${seconds} s`;
  return (
    <span className="flame-source">
      {status === 'live' && <i className="pulse" aria-hidden="true" />}
      {status === 'live' ? `live, ${hz} Hz · ` : `until ${clockTime(profile.to)} · `}
      {what}
    </span>
  );
}

interface NoProfileProps {
  readonly answer: FlameGraphAnswer;
  readonly live: boolean;
  readonly goTo: (t: number) => void;
}

function NoProfile({ answer, live, goTo }: NoProfileProps) {
  const last = answer.moments.at(-1);
  return (
    <div className="flame-none" role="status" aria-label="What the profile says">
      <Flame aria-hidden="true" />
      <h2>{answer.status === 'starting' ? 'Sampling begins…' : 'No profile of this moment'}</h2>
      <p>
        {answer.reason ??
          'The threads of the job are looked at 100 times a second from now on, as long as this tab is seen. The first picture comes in about a second; while the job restarts it waits.'}
      </p>
      {!live && last !== undefined && (
        <button type="button" className="btn" onClick={() => goTo(last.to)}>
          Go to the last one that is kept, {clockTime(last.to)}
        </button>
      )}
    </div>
  );
}

function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/octet-stream' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
