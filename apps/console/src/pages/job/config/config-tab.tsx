/** The effective options of the job, where each comes from, and what they mean together. */
import '../../../styles/config.css';
import type { JobConfigOption } from '@weir/console-protocol';
import { useQuery } from '@tanstack/react-query';
import { Lock } from 'lucide-react';
import { useState } from 'react';
import { CopyButton } from '../../../components/copy-button.tsx';
import { Notice } from '../../../components/notice.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { useJobStore } from '../../../live/use-live.ts';
import {
  defaultText,
  foundOptions,
  type OptionFilter,
  type OptionGroup,
  optionGroups,
  valueText,
} from '../../../model/jobs/config-options.ts';
import { configQuery } from '../../../rest/weir-client.ts';
import { ConfigFacts } from './config-facts.tsx';
import { SearchField } from '../../../components/search-field.tsx';

export function ConfigTab() {
  const { jobId } = useJobStore();
  const { data, error, refetch } = useQuery(configQuery(jobId));
  const [text, find] = useState('');
  const [filter, choose] = useState<OptionFilter>('all');
  if (data === undefined) {
    if (error === null) return <Skeleton lines={8} />;
    return (
      <Notice title="The configuration could not be read." retry={() => void refetch()}>
        {error.message} The job itself is not touched by this.
      </Notice>
    );
  }
  const { options } = data;
  const set = options.filter(({ source }) => source !== 'default').length;
  const groups = optionGroups(foundOptions(options, text, filter));
  return (
    <div className="config">
      <div className="config-main">
        <search className="toolbar" aria-label="Filter options">
          <SearchField label="Find option" value={text} change={find} />
          <fieldset className="segments bare" aria-label="Which options">
            <button type="button" aria-pressed={filter === 'all'} onClick={() => choose('all')}>
              All {options.length}
            </button>
            <button type="button" aria-pressed={filter === 'set'} onClick={() => choose('set')}>
              Set {set}
            </button>
          </fieldset>
        </search>
        <div className="scroll">
          {groups.length === 0 && <p className="prose second">No option is called or set so.</p>}
          {groups.map((group) => (
            <OptionTable key={group.title} group={group} />
          ))}
        </div>
      </div>
      <ConfigFacts options={options} />
    </div>
  );
}

function OptionTable({ group }: { group: OptionGroup }) {
  return (
    <table className="options">
      <caption>{group.title}</caption>
      <thead>
        <tr>
          <th scope="col">Option</th>
          <th scope="col">Value</th>
          <th scope="col">From</th>
          <th scope="col">Default</th>
        </tr>
      </thead>
      <tbody>
        {group.options.map((option) => (
          <OptionRow key={option.key} option={option} />
        ))}
      </tbody>
    </table>
  );
}

function OptionRow({ option }: { option: JobConfigOption }) {
  const { key, text, description, source, hidden } = option;
  const value = valueText(option);
  return (
    <tr className={source === 'default' ? 'by-default' : undefined}>
      <th scope="row">
        <code>{key}</code>
        <small>{description}</small>
      </th>
      <td title={text ?? undefined}>
        {hidden ? (
          <span className="quiet-text">
            <Lock aria-hidden="true" /> hidden
          </span>
        ) : (
          <>
            <code>{value}</code>{' '}
            <CopyButton text={text ?? `${option.value}`} label={`Copy the value of ${key}`} />
          </>
        )}
      </td>
      <td>{source}</td>
      <td className="second">{defaultText(option) ?? ''}</td>
    </tr>
  );
}
