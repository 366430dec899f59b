/** Where the time of a job goes: a sentence, the flame graph, and what was sampled when. */
import '../../../styles/flame.css';
import type { FlameGraphAnswer, JobTopology } from '@weir/console-protocol';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useState } from 'react';
import { Notice } from '../../../components/notice.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { useGoTo } from '../../../frame/use-moment.ts';
import { useJob } from '../../../live/use-live.ts';
import { cpuProfile, foldedStacks } from '../../../model/flame/flame-export.ts';
import { diffSentence, flameSentence, inUse, shareText } from '../../../model/flame/flame-words.ts';
import { vertexTitle } from '../../../model/graph/vertex-title.ts';
import { download } from './download.ts';
import { FlameAside } from './flame-aside.tsx';
import { FlameCanvas } from './flame-canvas.tsx';
import { Legend, NoProfile, Sentence } from './flame-head.tsx';
import { type ChangeFlame, FLAME_FROM, type FlameSearch } from './flame-search.ts';
import { FlameStrip } from './flame-strip.tsx';
import { FlameTimes } from './flame-times.tsx';
import { FlameToolbar } from './flame-toolbar.tsx';
import { useFlameGraph } from './use-flame-graph.ts';
import { type FlameView, useFlamePicture } from './use-flame-picture.ts';

const MODE_WORDS = { on: 'on CPU', off: 'off CPU', mixed: 'all time' } as const;

export function FlameTab() {
  const { jobId, topology } = useJob((store) => ({
    jobId: store.jobId,
    topology: store.topology,
  }));
  const asked = useSearch({ from: FLAME_FROM });
  const known = topology?.vertices.some(({ id }) => id === asked.vertex) ?? true;
  // An address may be of another job, or of an earlier version of it.
  const search = known ? asked : { ...asked, vertex: undefined, subtask: undefined };
  const navigate = useNavigate({ from: FLAME_FROM });
  const goTo = useGoTo();
  const goToInstant = (at: number) => void goTo({ kind: 'instant', at });
  const change = useCallback(
    (next: Partial<FlameSearch>) =>
      void navigate({ replace: true, search: (now) => ({ ...now, ...next }) }),
    [navigate],
  );
  const { answer, error, retry, base, live } = useFlameGraph(jobId, search);
  const view = useFlamePicture(answer, base, search, topology);
  if (answer === undefined) {
    if (error === null) return <Skeleton lines={10} />;
    return (
      <Notice title="The profile could not be read." retry={retry}>
        {error.message} The job itself is not touched by this.
      </Notice>
    );
  }
  const { forest, profile, matches, diff, tokenOf } = view;
  const select = (path: string | undefined) => change({ node: path });
  const subject = subjectOf(search, topology);
  return (
    <div className="flame">
      <div className="flame-main">
        <FlameToolbar
          search={search}
          topology={topology}
          answer={answer}
          found={search.q === undefined ? null : shareText(matches.ms, forest.totalMs)}
          change={change}
          exportAs={(format) => exportProfile(format, view, subject, search)}
        />
        {profile === null ? (
          <NoProfile answer={answer} live={live} goTo={goToInstant} />
        ) : (
          <Picture {...{ answer, view, search, topology, subject, change, select }} />
        )}
        <FlameStrip
          moments={answer.moments}
          damaged={answer.damaged}
          profile={profile}
          base={search.base}
          topology={topology}
          goTo={goToInstant}
          compare={(t) => change({ base: t })}
        />
        <p className="flame-keys micro" id="flame-keys">
          <span>Arrows walk callers, callees and siblings; Enter zooms, Esc leaves the zoom</span>
          <span>{live ? 'sampled while this tab is seen, ends with it' : 'a kept profile'}</span>
        </p>
      </div>
      <FlameAside
        selected={search.node}
        times={(search.mode ?? 'on') === 'on' ? (profile?.times ?? null) : null}
        showOffCpu={() => change({ mode: 'off', zoom: undefined, node: undefined })}
        {...{ jobId, forest, diff, topology, select, tokenOf }}
      />
    </div>
  );
}

interface PictureProps {
  readonly answer: FlameGraphAnswer;
  readonly view: FlameView;
  readonly search: FlameSearch;
  readonly topology: JobTopology | null;
  readonly subject: string;
  readonly change: ChangeFlame;
  readonly select: (path: string | undefined) => void;
}

function Picture({ answer, view, search, topology, subject, change, select }: PictureProps) {
  const [slivers, setSlivers] = useState(0);
  const { forest, profile, before, colours, diff, matches } = view;
  const { vertex, subtask, zoom, node, engine, base } = search;
  const mode = search.mode ?? 'on';
  if (profile === null) return null;
  const amount = inUse(forest, profile, mode);
  const title = `${subject} · ${MODE_WORDS[mode]} · ${amount} ${mode === 'on' ? 'cores' : 'subtasks'}`;
  const sentence =
    diff === null || before === null
      ? flameSentence(forest, profile, mode, topology)
      : diffSentence(forest, diff, topology, before);
  return (
    <>
      <Sentence {...sentence} show={(next) => change({ mode: next, zoom: undefined })} />
      <Legend
        answer={answer}
        mode={mode}
        colours={colours.legend}
        compares={base === undefined ? 'nothing' : diff === null ? 'missing' : 'two'}
        slivers={slivers}
      />
      <div className="flame-picture">
        <FlameCanvas
          key={`${mode} ${vertex} ${subtask} ${engine}`}
          {...{ forest, colours, diff, title, zoom, select }}
          hits={matches.nodes}
          selected={node}
          zoomTo={(path) => change({ zoom: path })}
          slivers={setSlivers}
        />
        {mode !== 'on' && (
          <FlameTimes times={profile.times} selected={vertex} {...{ topology, change }} />
        )}
      </div>
    </>
  );
}

function subjectOf({ vertex }: FlameSearch, topology: JobTopology | null): string {
  const scope = topology?.vertices.find(({ id }) => id === vertex);
  return scope === undefined ? (topology?.name ?? 'job') : vertexTitle(scope);
}

function exportProfile(
  format: 'cpuprofile' | 'folded',
  { profile }: FlameView,
  subject: string,
  { mode }: FlameSearch,
): void {
  if (profile === null) return;
  const name = `${subject}-${mode ?? 'on'}-${new Date(profile.to).toISOString().replaceAll(':', '-')}`;
  if (format === 'folded') download(`${name}.folded.txt`, foldedStacks(profile.tree));
  else download(`${name}.cpuprofile`, cpuProfile(profile));
}
