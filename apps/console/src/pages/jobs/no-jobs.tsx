/** The empty console teaches: two ways to start a job, both runnable from here. */
import { CopyButton } from '../../components/copy-button.tsx';
import { ExampleList } from './example-list.tsx';

const PROGRAM = `import { StreamExecutionEnvironment } from '@weir/datastream';

const env = StreamExecutionEnvironment.getExecutionEnvironment();
env
  .fromData('to be', 'or not to be')
  .map((line) => line.toUpperCase())
  .print();
await env.execute('shout');`;

export function NoJobs() {
  return (
    <div className="start">
      <section aria-labelledby="start-example">
        <h2 id="start-example">Run an example</h2>
        <p>Real data, replayed on this machine; nothing leaves it.</p>
        <ExampleList />
      </section>
      <section aria-labelledby="start-own">
        <h2 id="start-own">Write a job of your own</h2>
        <p>A module that builds a pipeline; save it as job.ts and run it.</p>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: reached to be scrolled */}
        <pre className="code-block" tabIndex={0}>
          {PROGRAM}
        </pre>
        <Command text="weir run job.ts" />
      </section>
    </div>
  );
}

function Command({ text }: { text: string }) {
  return (
    <div className="command">
      <code>{text}</code>
      <CopyButton text={text} label={`Copy: ${text}`} />
    </div>
  );
}
