/** Savepoints of the server: what they are of, whether their state fits, and their end. */
import '../../styles/savepoints.css';
import type { SavepointEntry, SavepointList } from '@weir/console-protocol';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { CopyButton } from '../../components/copy-button.tsx';
import { Notice } from '../../components/notice.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { useNow } from '../../components/use-now.ts';
import { useTitle } from '../../frame/use-title.ts';
import { bytesFigure, figureText } from '../../model/figures/figures.ts';
import { savepointsQuery } from '../../rest/savepoints.ts';
import { DisposeDialog } from './dispose-dialog.tsx';
import { SavepointRow } from './savepoint-row.tsx';

export function SavepointsPage() {
  useTitle('Savepoints');
  const { job = '' } = useSearch({ from: '/c/embedded/savepoints' });
  const { data, error, refetch } = useQuery(savepointsQuery(job, ''));
  if (data === undefined) {
    if (error === null) return <Skeleton lines={8} />;
    return (
      <Notice title="The savepoints could not be listed." retry={() => void refetch()}>
        {error.message} They stay where they are.
      </Notice>
    );
  }
  return (
    <>
      <header className="page-head">
        <h1>Savepoints</h1>
        {data.savepoints.length > 0 && <Summary list={data} job={job} />}
      </header>
      {data.savepoints.length === 0 ? <NoSavepoints job={job} /> : <SavepointTable list={data} />}
      <Unreadable list={data} />
    </>
  );
}

function Summary({ list: { savepoints, root }, job }: { list: SavepointList; job: string }) {
  const navigate = useNavigate({ from: '/c/embedded/savepoints' });
  const bytes = savepoints.reduce((sum, one) => sum + one.bytes, 0);
  const count = savepoints.length === 1 ? '1 savepoint' : `${savepoints.length} savepoints`;
  return (
    <>
      <p className="second">
        {count}, {figureText(bytesFigure(bytes))} in all.{' '}
        {job === '' ? (
          <span className="quiet-text">They stay until somebody disposes of them.</span>
        ) : (
          <button type="button" className="link" onClick={() => void navigate({ search: {} })}>
            Of one job; show all
          </button>
        )}
      </p>
      <span className="path right" title={root}>
        <code>{root}</code>
        <CopyButton text={root} label="Copy the folder" />
      </span>
    </>
  );
}

function NoSavepoints({ job }: { job: string }) {
  if (job !== '') {
    return (
      <p className="page-body prose second">
        No savepoint of this job. Its page takes one under “Savepoint”, while it runs.{' '}
        <Link to="/c/embedded/savepoints">Those of all jobs</Link>.
      </p>
    );
  }
  return (
    <p className="page-body prose second">
      No savepoint yet. A running job's page takes one under “Savepoint”, or use{' '}
      <code>weir savepoint JOB</code>. <Link to="/c/embedded/jobs">To the jobs</Link>.
    </p>
  );
}

function SavepointTable({ list }: { list: SavepointList }) {
  const now = useNow();
  const [disposing, dispose] = useState<SavepointEntry | null>(null);
  return (
    <div className="scroll">
      <table className="savepoints">
        <caption className="hidden-text">Savepoints, newest first</caption>
        <thead>
          <tr>
            <th scope="col">Savepoint</th>
            <th scope="col">Job</th>
            <th scope="col">Taken</th>
            <th scope="col" className="num">
              Size
            </th>
            <th scope="col" className="num">
              Operators
            </th>
            <th scope="col">Its state</th>
            <th scope="col">
              <span className="hidden-text">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {list.savepoints.map((entry) => (
            <SavepointRow key={entry.path} entry={entry} now={now} dispose={() => dispose(entry)} />
          ))}
        </tbody>
      </table>
      {disposing !== null && <DisposeDialog entry={disposing} close={() => dispose(null)} />}
    </div>
  );
}

function Unreadable({ list: { unreadable } }: { list: SavepointList }) {
  if (unreadable.length === 0) return null;
  return (
    <section className="section" aria-label="Not readable">
      <div className="section-head">
        <h2>Not readable</h2>
      </div>
      <ul className="unreadable">
        {unreadable.map(({ path, why }) => (
          <li key={path}>
            <code>{path}</code> <span className="second">{why}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
