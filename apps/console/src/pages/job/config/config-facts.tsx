/** The job in facts: what runs, how it checkpoints, what happens when it fails. */
import type { JobConfigOption } from '@weir/console-protocol';
import { useQuery } from '@tanstack/react-query';
import { serverClock } from '../../../live/server-clock.ts';
import { CopyButton } from '../../../components/copy-button.tsx';
import { useJobStore } from '../../../live/use-live.ts';
import { joinArguments } from '../../../model/operate/argument-text.ts';
import { dayAndTime } from '../../../model/time/clock-time.ts';
import { checkpointFacts, type Fact, restartFacts } from '../../../model/jobs/config-options.ts';
import { actorWords } from '../../../model/timeline/timeline-words.ts';
import { jobInfoQuery } from '../../../rest/weir-client.ts';

export function ConfigFacts({ options }: { options: readonly JobConfigOption[] }) {
  const { jobId } = useJobStore();
  const { data: info } = useQuery(jobInfoQuery(jobId));
  const args = joinArguments(info?.args ?? []);
  return (
    <aside className="config-facts" aria-label="The job in facts">
      {info !== undefined && (
        <section className="section" aria-label="Program and run">
          <div className="section-head">
            <h2>Job</h2>
          </div>
          <dl className="pairs">
            <dt>Program</dt>
            <dd className="path-tail">
              <code title={info.entry ?? undefined}>
                <bdi>{info.entry ?? 'no longer known'}</bdi>
              </code>
              {info.entry !== null && (
                <CopyButton text={info.entry} label="Copy the program’s path" />
              )}
            </dd>
            <dt>Arguments</dt>
            <dd>{args === '' ? 'none' : <code>{args}</code>}</dd>
            <dt>Version</dt>
            <dd>
              {info.version}, <code>{info.artifactSha256.slice(0, 12)}</code>
            </dd>
            <dt>Submitted</dt>
            <dd>
              {dayAndTime(info.submittedAt, serverClock.now())} {actorWords(info.submittedBy)}
            </dd>
            <dt>Process</dt>
            <dd>{info.pid === null ? 'none now' : `pid ${info.pid}`}</dd>
            <dt>Attempt</dt>
            <dd>
              {info.attempt}, {info.restarts === 1 ? '1 restart' : `${info.restarts} restarts`}
            </dd>
          </dl>
        </section>
      )}
      <Facts title="Checkpoints" facts={checkpointFacts(options)} />
      <Facts title="When a task fails" facts={restartFacts(options)} />
    </aside>
  );
}

function Facts({ title, facts }: { title: string; facts: readonly Fact[] }) {
  return (
    <section className="section" aria-label={title}>
      <div className="section-head">
        <h2>{title}</h2>
      </div>
      <dl className="pairs">
        {facts.map(({ term, text }) => (
          <div key={term} className="pair">
            <dt>{term}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
