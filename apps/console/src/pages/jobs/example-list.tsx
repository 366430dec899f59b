/** The examples that come with the server: one click starts one, and its page opens. */
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { LoaderCircle, Play } from 'lucide-react';
import { useState } from 'react';
import type { ExampleList as Examples } from '@weir/console-protocol';
import { serverClock } from '../../live/server-clock.ts';
import { CopyButton } from '../../components/copy-button.tsx';
import { Notice } from '../../components/notice.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { useNow } from '../../components/use-now.ts';
import { durationFigure, figureText } from '../../model/figures/figures.ts';
import { examplesQuery, submitJob } from '../../rest/weir-client.ts';

type Example = Examples['examples'][number];

export function ExampleList() {
  const { data, error, refetch } = useQuery(examplesQuery());
  const [starting, setStarting] = useState<string | null>(null);
  if (data === undefined) {
    if (error === null) return <Skeleton lines={3} />;
    return (
      <Notice title="The examples could not be listed." retry={() => void refetch()}>
        {error.message} A job of your own can still be run.
      </Notice>
    );
  }
  if (data.examples.length === 0) {
    return <p>This server was installed without its examples; run a job of your own.</p>;
  }
  return (
    <ul className="examples">
      {data.examples.map((example) => (
        <ExampleItem
          key={example.name}
          example={example}
          // One at a time: the page opens what was started.
          blocked={starting !== null && starting !== example.name}
          onStart={(on) => setStarting(on ? example.name : null)}
        />
      ))}
    </ul>
  );
}

interface ExampleItemProps {
  readonly example: Example;
  readonly blocked: boolean;
  readonly onStart: (on: boolean) => void;
}

function ExampleItem({ example, blocked, onStart }: ExampleItemProps) {
  const { title, description, entry, args, selfContained } = example;
  const navigate = useNavigate();
  const [startedAt, setStartedAt] = useState<number | null>(null);
  const [refused, setRefused] = useState<string | null>(null);
  const start = async () => {
    setStartedAt(serverClock.now());
    setRefused(null);
    onStart(true);
    try {
      const { jobId } = await submitJob({ entry, args });
      await navigate({ to: '/c/embedded/jobs/$jobId/graph', params: { jobId } });
    } catch (error) {
      setRefused(error instanceof Error ? error.message : String(error));
    } finally {
      setStartedAt(null);
      onStart(false);
    }
  };
  return (
    <li aria-label={title}>
      <div className="example">
        <div>
          <h3>{title}</h3>
          <p>{description}</p>
          <span className="path">
            <code>{commandOf(example)}</code>
            <CopyButton text={commandOf(example)} label={`Copy: ${commandOf(example)}`} />
          </span>
        </div>
        <div className="example-start">
          <button
            type="button"
            className="btn primary"
            aria-label={startedAt === null ? `Start ${title}` : `Starting ${title}`}
            disabled={startedAt !== null || blocked}
            onClick={() => void start()}
          >
            {startedAt === null ? (
              <Play aria-hidden="true" />
            ) : (
              <LoaderCircle className="spin" aria-hidden="true" />
            )}
            {startedAt === null ? 'Start' : 'Starting'}
          </button>
          <span className="micro quiet-text">
            {selfContained ? 'needs nothing else' : 'needs services beside it'}
          </span>
        </div>
      </div>
      {startedAt !== null && <Starting since={startedAt} />}
      {refused !== null && (
        <Notice title={`${title} was not started.`}>{refused} Nothing runs because of it.</Notice>
      )}
    </li>
  );
}

function Starting({ since }: { since: number }) {
  const now = useNow();
  const seconds = Math.floor(Math.max(0, now - since) / 1000);
  const age = seconds === 0 ? '' : `, ${figureText(durationFigure(seconds * 1000))}`;
  return (
    <p className="example-progress" role="status">
      Bundling its program and starting a task manager{age}.
    </p>
  );
}

/** Absolute paths are as the server sees them; below its folder the short form is enough. */
function commandOf({ entry, args }: Example): string {
  const short = /apps[/\\]examples[/\\].*$/.exec(entry)?.[0] ?? entry;
  return ['weir run', short, ...(args.length === 0 ? [] : ['--', ...args])].join(' ');
}
