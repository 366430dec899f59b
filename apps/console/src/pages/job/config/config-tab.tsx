/** The effective configuration of the job. */
import { useQuery } from '@tanstack/react-query';
import { Search } from 'lucide-react';
import { useState } from 'react';
import { CopyButton } from '../../../components/copy-button.tsx';
import { Notice } from '../../../components/notice.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { useJobStore } from '../../../live/use-live.ts';
import { configQuery } from '../../../rest/job-queries.ts';

export function ConfigTab() {
  const { jobId } = useJobStore();
  const { data, error, refetch } = useQuery(configQuery(jobId));
  const [found, find] = useState('');
  if (data === undefined) {
    if (error === null) return <Skeleton lines={8} />;
    return (
      <Notice title="The configuration could not be read." retry={() => void refetch()}>
        {error.message} The job itself is not touched by this.
      </Notice>
    );
  }
  const execution = data['execution-config'];
  const wanted = found.trim().toLowerCase();
  const rows = [
    ['restart strategy', execution?.['restart-strategy'] ?? '—'] as const,
    ['job parallelism', `${execution?.['job-parallelism'] ?? '—'}`] as const,
    ['object reuse', execution?.['object-reuse-mode'] ? 'on' : 'off'] as const,
    ...Object.entries(execution?.['user-config'] ?? {}).sort(([a], [b]) => a.localeCompare(b)),
  ].filter(([key, value]) => `${key} ${value}`.toLowerCase().includes(wanted));
  return (
    <>
      <search className="toolbar" aria-label="Filter options">
        <label className="field">
          <Search aria-hidden="true" />
          <input
            type="search"
            aria-label="Find option"
            placeholder="Find option"
            value={found}
            onChange={(event) => find(event.target.value)}
          />
        </label>
      </search>
      <div className="scroll">
        <table className="options">
          <caption className="hidden-text">Effective configuration of the job</caption>
          <thead>
            <tr>
              <th scope="col">Option</th>
              <th scope="col">Value</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(([key, value]) => (
              <tr key={key}>
                <th scope="row">
                  <code>{key}</code>
                </th>
                <td>
                  <code>{value}</code>{' '}
                  <CopyButton text={value} label={`Copy the value of ${key}`} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
