/** Beside the picture: the selected function between callers and callees, and the heaviest. */
import type { FlameFrame, JobTopology, VertexTimes } from '@weir/console-protocol';
import { X } from 'lucide-react';
import { CopyButton } from '../../../components/copy-button.tsx';
import { SourceLines } from '../../../components/source-lines.tsx';
import type { FlameDiff } from '../../../model/flame/flame-diff.ts';
import { elsewhere } from '../../../model/flame/flame-elsewhere.ts';
import { type FlameForest, frameOf, nodeAt } from '../../../model/flame/flame-forest.ts';
import {
  type FlameEntry,
  heaviestBySelf,
  hottestOwn,
  sandwich,
} from '../../../model/flame/flame-reading.ts';
import { fullPlace, placeText, pointsText, shareText } from '../../../model/flame/flame-words.ts';
import { vertexTitle } from '../../../model/graph/vertex-title.ts';

const HEAVIEST = 12;
/** What waits is called by its operator. */
const NAMES_OPERATOR = new Set<FlameFrame['kind']>(['queued', 'external', 'blocked', 'starved']);

export interface FlameAsideProps {
  readonly jobId: string;
  /** What subtasks do by their states; null = the picture shows that already. */
  readonly times: readonly VertexTimes[] | null;
  readonly showOffCpu: () => void;
  readonly forest: FlameForest;
  readonly diff: FlameDiff | null;
  readonly topology: JobTopology | null;
  readonly selected: string | undefined;
  readonly select: (path: string | undefined) => void;
  readonly tokenOf: (path: string) => string;
}

export function FlameAside(props: FlameAsideProps) {
  const { selected, ...rest } = props;
  const { forest, diff, topology, select, tokenOf } = rest;
  const node = nodeAt(forest, selected);
  const heaviest = heaviestBySelf(forest, HEAVIEST);
  return (
    <aside className="flame-aside" aria-label="Functions">
      {node >= 0 && <Selected node={node} {...rest} />}
      {node < 0 && <Hottest {...rest} />}
      <section aria-labelledby="flame-heaviest">
        <table className="flame-list">
          <caption id="flame-heaviest">Heaviest by self</caption>
          <colgroup>
            <col />
            <col className="wide" />
            <col className="share" />
          </colgroup>
          <thead className="hidden-text">
            <tr>
              <th scope="col">Function</th>
              <th scope="col">Operator</th>
              <th scope="col">Self</th>
            </tr>
          </thead>
          <tbody>
            {heaviest.map((entry) => (
              <tr key={entry.path}>
                <th scope="row" colSpan={ownerCell(entry, topology) === '' ? 2 : 1}>
                  <i style={{ background: tokenOf(entry.path) }} aria-hidden="true" />
                  <FrameLink frame={entry.frame} choose={() => select(entry.path)} />
                </th>
                {ownerCell(entry, topology) !== '' && <td>{ownerCell(entry, topology)}</td>}
                <td>{shareText(entry.self, forest.totalMs)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {diff !== null && diff.gone.length > 0 && (
        <section aria-labelledby="flame-gone">
          <h2 id="flame-gone">Gone since then</h2>
          <ul className="flame-gone">
            {diff.gone.slice(0, 5).map(({ frame, points }) => (
              <li key={`${frame.name}${frame.file}${points}`}>
                <span>{frame.name}</span>
                <b>{pointsText(points)}</b>
              </li>
            ))}
          </ul>
        </section>
      )}
    </aside>
  );
}

/** Which line of the job to look at first; once a function is chosen, that one is looked at. */
function Hottest({ jobId, forest, times, select }: Omit<FlameAsideProps, 'selected'>) {
  const hot = times === null ? null : hottestOwn(forest);
  const place = hot === null ? null : fullPlace(hot.frame);
  if (hot === null || place === null) return null;
  return (
    <section aria-labelledby="flame-own">
      <h2 id="flame-own">Hottest of the job’s own code</h2>
      <p className="flame-place">
        <FrameLink frame={hot.frame} choose={() => select(hot.path)} />
        <span className="mono" title={place}>
          {placeText(hot.frame)}
        </span>
        <CopyButton text={place} label="Copy file and line" />
        <b>{shareText(hot.ms, forest.totalMs)}</b>
      </p>
      <HotLine jobId={jobId} frame={hot.frame} />
    </section>
  );
}

interface SelectedProps extends Omit<FlameAsideProps, 'selected'> {
  readonly node: number;
}

function Selected(props: SelectedProps) {
  const { jobId, forest, node, diff, topology, select, tokenOf } = props;
  const frame = frameOf(forest, node);
  const found = sandwich(forest, forest.keys[forest.frame[node]!]!);
  const place = fullPlace(frame);
  const owner = ownerName(forest.owner[node]!, topology);
  const { totalMs } = forest;
  if (found === null) return null;
  return (
    <>
      <section aria-label={`Function ${frame.name}`}>
        <div className="flame-function">
          <h2>{frame.name}</h2>
          <button
            type="button"
            className="btn quiet icon sm"
            aria-label="Close"
            onClick={() => select(undefined)}
          >
            <X aria-hidden="true" />
          </button>
        </div>
        <p className="flame-place">
          {place !== null && (
            <>
              <span className="mono" title={place}>
                {placeText(frame)}
              </span>
              <CopyButton text={place} label="Copy file and line" />
            </>
          )}
          {owner !== '' && (
            <span>
              in <b>{owner}</b>
            </span>
          )}
        </p>
        <dl className="flame-three">
          <div>
            <dt>Total</dt>
            <dd>{shareText(found.total, totalMs)}</dd>
          </div>
          <div>
            <dt>Self</dt>
            <dd>{shareText(found.self, totalMs)}</dd>
          </div>
          {diff !== null && (
            <div>
              <dt>Since then</dt>
              <dd className={diff.total[node]! > 0 ? 'tone-warn' : ''}>
                {pointsText(diff.total[node]!)}
              </dd>
            </div>
          )}
        </dl>
        <Lines lines={frame.lines} file={frame.file} />
        <HotLine jobId={jobId} frame={frame} />
      </section>
      <Calls name="Callers" entries={found.callers} self={null} {...{ forest, select, tokenOf }} />
      <Calls
        name="Callees"
        entries={found.callees}
        self={found.self}
        {...{ forest, select, tokenOf }}
      />
      <OffCpu {...props} />
    </>
  );
}

function Lines({ lines, file }: { lines: readonly [number, number][]; file: string | null }) {
  const sum = lines.reduce((total, [, ms]) => total + ms, 0);
  if (file === null || sum === 0) return null;
  return (
    <p className="flame-lines">
      Hottest lines:{' '}
      {lines.slice(0, 3).map(([line, ms], i) => (
        <span key={line}>
          {i > 0 && ', '}
          <b>{line}</b> ({shareText(ms, sum)})
        </span>
      ))}
    </p>
  );
}

/** The line that takes most of it, else where it begins, among those around it. */
function HotLine({ jobId, frame }: { jobId: string; frame: FlameFrame }) {
  const line = frame.lines[0]?.[0] ?? frame.line;
  if (frame.kind !== 'user' || frame.file === null || line === null) return null;
  return <SourceLines jobId={jobId} file={frame.file} line={line} because="hot" />;
}

/** What the sampled time of the operator is against the time that it waits. */
function OffCpu({ forest, node, topology, times, showOffCpu }: SelectedProps) {
  const [vertexId = ''] = forest.owner[node]!.split('/');
  const found = times === null ? null : elsewhere(times, vertexId, topology);
  if (found === null) return null;
  return (
    <section aria-labelledby="flame-elsewhere">
      <h2 id="flame-elsewhere">The same operator off CPU</h2>
      <p className="flame-elsewhere">
        <b>{found.name}</b> {found.words}
      </p>
      {found.waits && (
        <button type="button" className="btn sm" onClick={showOffCpu}>
          Show off-CPU
        </button>
      )}
    </section>
  );
}

interface CallsProps {
  readonly name: string;
  readonly entries: readonly FlameEntry[];
  /** What the function takes itself, among its callees. */
  readonly self: number | null;
  readonly forest: FlameForest;
  readonly select: (path: string) => void;
  readonly tokenOf: (path: string) => string;
}

const CALLS_MAX = 6;

function Calls({ name, entries, self, forest, select, tokenOf }: CallsProps) {
  const { totalMs } = forest;
  const most = Math.max(self ?? 0, ...entries.map(({ total }) => total));
  if (most === 0) return null;
  return (
    <section>
      <table className="flame-list flame-calls">
        <caption>
          {name} <small>self · total</small>
        </caption>
        <colgroup>
          <col />
          <col className="share" />
          <col className="share" />
          <col className="share" />
        </colgroup>
        <tbody>
          {entries.slice(0, CALLS_MAX).map((entry) => (
            <tr key={entry.key}>
              <th scope="row">
                <FrameLink frame={entry.frame} choose={() => select(entry.path)} />
              </th>
              <td>
                <Bar share={entry.total / most} colour={tokenOf(entry.path)} />
              </td>
              <td>{shareText(entry.self, totalMs)}</td>
              <td>{shareText(entry.total, totalMs)}</td>
            </tr>
          ))}
          {self !== null && self > 0 && (
            <tr>
              <th scope="row">(self)</th>
              <td>
                <Bar share={self / most} colour="var(--text-3)" />
              </td>
              <td>{shareText(self, totalMs)}</td>
              <td>{shareText(self, totalMs)}</td>
            </tr>
          )}
        </tbody>
      </table>
    </section>
  );
}

function FrameLink({ frame, choose }: { frame: FlameFrame; choose: () => void }) {
  const title = `${frame.name} ${fullPlace(frame) ?? ''}`;
  return (
    <button type="button" className="link" title={title} onClick={choose}>
      {frame.name}
    </button>
  );
}

function Bar({ share, colour }: { share: number; colour: string }) {
  return (
    <span className="flame-bar" aria-hidden="true">
      <i style={{ width: `${share * 100}%`, background: colour }} />
    </span>
  );
}

/** '' where the frame itself names its operator, or belongs to none. */
function ownerCell({ frame, owner }: FlameEntry, topology: JobTopology | null): string {
  return NAMES_OPERATOR.has(frame.kind) ? '' : ownerName(owner, topology);
}

function ownerName(owner: string, topology: JobTopology | null): string {
  const [vertexId, operatorId] = owner.split('/');
  const vertex = topology?.vertices.find(({ id }) => id === vertexId);
  if (vertex === undefined) return '';
  const operator = vertex.operators.find(({ id }) => id === operatorId);
  return operator?.name.replace(/^(Source|Sink): /, '') ?? vertexTitle(vertex);
}
