/** The difference of two programs: blue was taken away, orange was added, always with its sign. */
import type { Deployment, DiffLine, FileDiff, ProgramDiff } from '@weir/console-protocol';
import { ChevronDown } from 'lucide-react';
import { useState } from 'react';
import { CodeLine } from '../../../components/code-line.tsx';

export interface CodeDiffProps {
  readonly diff: ProgramDiff | null;
  readonly before: Deployment;
  readonly after: Deployment;
}

export function CodeDiff({ diff, before, after }: CodeDiffProps) {
  const [split, setSplit] = useState(false);
  return (
    <>
      <div className="section-head changed-head">
        <h2>Changed</h2>
        <span className="legend">
          <span>
            <i className="swatch changed-added" aria-hidden="true" />
            added
          </span>
          <span>
            <i className="swatch changed-removed" aria-hidden="true" />
            taken away
          </span>
        </span>
        <span className="right">
          <code>
            {before.artifactSha256.slice(0, 7)} → {after.artifactSha256.slice(0, 7)}
          </code>
          <span className="segments sm">
            <button type="button" aria-pressed={!split} onClick={() => setSplit(false)}>
              Unified
            </button>
            <button type="button" aria-pressed={split} onClick={() => setSplit(true)}>
              Split
            </button>
          </span>
        </span>
      </div>
      {diff !== null && diff.files.length === 0 && (
        <p className="changed-note second">
          {diff.known
            ? `The code is the same: ${diff.sameFiles === 1 ? '1 file' : `${diff.sameFiles} files`}.`
            : 'The sources of one of them are no longer kept.'}
        </p>
      )}
      {diff?.files.map((file) => (
        <File key={file.path} file={file} split={split} />
      ))}
      {diff !== null && diff.packageFiles > 0 && (
        <p className="changed-note second">
          {diff.packageFiles} files of packages differ as well; other versions were installed.
        </p>
      )}
    </>
  );
}

const CHANGES = { changed: '', added: 'new file', removed: 'file is gone' } as const;

function File({ file, split }: { file: FileDiff; split: boolean }) {
  const { path, change, added, removed, hunks, rewritten } = file;
  return (
    <details open>
      <summary>
        <ChevronDown aria-hidden="true" />
        <b className="mono">{path}</b>
        <span className="quiet-text">
          +{added} −{removed} {CHANGES[change]}
        </span>
      </summary>
      {rewritten ? (
        <p className="changed-note second">So much was changed that lines cannot be compared.</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: reached to be scrolled
        <section className="changed-diff" tabIndex={0} aria-label={`Lines of ${path}`}>
          {hunks.map(({ skipped, lines }, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: hunks do not move
            <div key={at}>
              {skipped > 0 && (
                <span className="diff-gap">
                  {skipped === 1 ? '1 line' : `${skipped} lines`} the same
                </span>
              )}
              {split ? (
                <SplitLines lines={lines} file={path} />
              ) : (
                <UnifiedLines lines={lines} file={path} />
              )}
            </div>
          ))}
        </section>
      )}
    </details>
  );
}

const SIGNS = { same: ' ', added: '+', removed: '−' } as const;

interface LinesProps {
  readonly lines: readonly DiffLine[];
  readonly file: string;
}

function UnifiedLines({ lines, file }: LinesProps) {
  return lines.map(({ kind, before, after, text }) => (
    <span key={`${before}/${after}`} className={`diff-line ${kind}`}>
      <u>{before}</u>
      <u>{after}</u>
      <em>{SIGNS[kind]}</em>
      <CodeLine text={text} file={file} />
    </span>
  ));
}

/** Removed lines left of the added ones that came in their place. */
function SplitLines({ lines, file }: LinesProps) {
  const pairs: [DiffLine | null, DiffLine | null][] = [];
  for (const line of lines) {
    const free = line.kind === 'added' ? pairs.findIndex(([, right]) => right === null) : -1;
    if (line.kind === 'same') pairs.push([line, line]);
    else if (line.kind === 'removed') pairs.push([line, null]);
    else if (free >= 0) pairs[free] = [pairs[free]![0], line];
    else pairs.push([null, line]);
  }
  return pairs.map(([left, right]) => (
    <span key={`${left?.before}/${right?.after}`} className="diff-pair">
      <Side line={left} number={left?.before ?? null} file={file} />
      <Side line={right} number={right?.after ?? null} file={file} />
    </span>
  ));
}

interface SideProps {
  readonly line: DiffLine | null;
  readonly number: number | null;
  readonly file: string;
}

function Side({ line, number, file }: SideProps) {
  return (
    <span className={`diff-line ${line?.kind ?? 'none'}`}>
      <u>{number}</u>
      <em>{line === null ? '' : SIGNS[line.kind]}</em>
      {line !== null && <CodeLine text={line.text} file={file} />}
    </span>
  );
}
