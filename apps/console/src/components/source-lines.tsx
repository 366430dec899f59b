/** Some lines of the job's program around one that matters; nothing where they are not kept. */
import { useQuery } from '@tanstack/react-query';
import { sourceQuery } from '../rest/job-timeline.ts';
import { CodeLine } from './code-line.tsx';

export interface SourceLinesProps {
  readonly jobId: string;
  readonly file: string;
  readonly line: number;
  /** Why the line matters: it failed, or it takes the most time. */
  readonly because: 'failed' | 'hot';
}

export function SourceLines({ jobId, file, line, because }: SourceLinesProps) {
  const query = sourceQuery(jobId, file, line);
  const { data } = useQuery({ ...query, placeholderData: (before) => before });
  if (data === undefined) return null;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: reached to be scrolled
    <pre className="source-lines" tabIndex={0}>
      {data.lines.map((text, at) => {
        const number = data.first + at;
        return (
          <span key={number} className={number === line ? because : ''}>
            <u>{number}</u>
            <CodeLine text={text} file={data.file} />
            {'\n'}
          </span>
        );
      })}
    </pre>
  );
}
