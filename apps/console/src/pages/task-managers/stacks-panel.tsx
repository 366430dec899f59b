/** Where the threads are at this moment: looked into on demand, since each is stopped for it. */
import type { TaskManagerEntry, ThreadStack, ThreadStacks } from '@weir/console-protocol';
import { useState } from 'react';
import { CopyButton } from '../../components/copy-button.tsx';
import { clockTime, utcTime } from '../../model/time/clock-time.ts';
import { stacksText, threadLine } from '../../model/task-managers/thread-lines.ts';
import { readStacks } from '../../rest/weir-client.ts';

export function StacksPanel({ taskManager }: { taskManager: TaskManagerEntry }) {
  const [stacks, setStacks] = useState<ThreadStacks | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [reading, setReading] = useState(false);
  const look = async () => {
    setReading(true);
    try {
      setStacks(await readStacks(taskManager.id));
      setProblem(null);
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    } finally {
      setReading(false);
    }
  };
  return (
    <section className="section" aria-label="Thread stacks">
      <div className="section-head">
        <h2>Thread stacks</h2>
        {stacks !== null && (
          <span className="micro" title={utcTime(stacks.t)}>
            {clockTime(stacks.t)}
          </span>
        )}
        <span className="right">
          {stacks !== null && <CopyButton text={stacksText(stacks)} label="Copy all stacks" />}
          <button
            type="button"
            className="btn sm"
            disabled={reading || taskManager.jobState !== 'RUNNING'}
            onClick={() => void look()}
          >
            {stacks === null ? 'Look now' : 'Look again'}
          </button>
        </span>
      </div>
      {problem !== null && <p className="small tone-warn">{problem}</p>}
      {stacks === null && problem === null && (
        <p className="small second">
          Stops each thread for some milliseconds to see what it is doing.
        </p>
      )}
      <ul className="thread-stacks">
        {stacks?.threads.map((thread) => (
          <Thread key={thread.slot} thread={thread} />
        ))}
      </ul>
    </section>
  );
}

function Thread({ thread }: { thread: ThreadStack }) {
  const { name, state, operator, stack } = thread;
  const { frame, place } = threadLine(thread);
  return (
    <li>
      <details>
        <summary>
          <span className="second">{name.replace('-', ' ')}</span>
          <b>{state === 'waiting' ? 'waits' : state === 'native' ? 'native' : 'runs'}</b>
          <code>{operator === null ? '' : `${operator.name}#${operator.subtask}`}</code>
          <code title={place}>{frame}</code>
        </summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: reached to be scrolled */}
        <pre tabIndex={0}>
          {stack.length === 0
            ? 'In its event loop: nothing to do.'
            : stack.map((one) => `${one.function} (${one.file}:${one.line})`).join('\n')}
        </pre>
      </details>
    </li>
  );
}
