/** A stack: the user's frames first, with the source line; the engine's folded. */
import { ChevronRight } from 'lucide-react';
import { useState } from 'react';
import { CopyButton } from '../../../components/copy-button.tsx';
import { SourceLines } from '../../../components/source-lines.tsx';
import { ownFrame, parseStack, placeText } from '../../../model/task-managers/stack-frames.ts';

export function DetailStack({ jobId, stack }: { jobId: string; stack: string }) {
  const [all, showAll] = useState(false);
  const parsed = parseStack(stack);
  const own = parsed.frames.filter((frame) => frame.own);
  const first = ownFrame(parsed);
  const shown = all || own.length === 0 ? parsed.frames : own;
  const hidden = parsed.frames.length - shown.length;
  return (
    <section className="section" aria-label="Stack">
      <div className="section-head">
        <h2>Stack</h2>
        <span className="segments sm">
          <button type="button" aria-pressed={!all} onClick={() => showAll(false)}>
            Yours
          </button>
          <button type="button" aria-pressed={all} onClick={() => showAll(true)}>
            All {parsed.frames.length}
          </button>
        </span>
        <span className="right">
          {first !== null && <code title={first.file}>{placeText(first)}</code>}
          <CopyButton text={stack} label="Copy the stack" />
        </span>
      </div>
      {first !== null && (
        <SourceLines jobId={jobId} file={first.file} line={first.line} because="failed" />
      )}
      {shown.length === 0 && (
        <p className="small second">It came with no stack: the process itself ended.</p>
      )}
      <ul className="tl-frames">
        {shown.map((frame, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the same frame may stand there twice
          <li key={at} className={frame.own ? '' : 'second'}>
            <b>{frame.name}</b>
            <span title={`${frame.file}:${frame.line}`}>{placeText(frame)}</span>
          </li>
        ))}
      </ul>
      {hidden > 0 && (
        <button type="button" className="link tl-more" onClick={() => showAll(true)}>
          <ChevronRight aria-hidden="true" />
          {hidden === 1 ? '1 frame' : `${hidden} frames`} of the engine
        </button>
      )}
    </section>
  );
}
