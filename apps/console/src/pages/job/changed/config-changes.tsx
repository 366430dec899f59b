/** Options, arguments, parallelism: two values with an arrow; what is equal is counted. */
import { ChevronDown } from 'lucide-react';
import type { DeploymentChanges } from '../../../model/changes/deployment-changes.ts';

export function ConfigChanges({ changes }: { changes: DeploymentChanges }) {
  const { values, equal, added, removed } = changes;
  return (
    <details open>
      <summary>
        <ChevronDown aria-hidden="true" />
        <b>Configuration and parallelism</b>
        <span className="quiet-text">
          {values.length} of {values.length + equal}
        </span>
      </summary>
      {values.length === 0 ? (
        <p className="changed-note second">All {equal} values are equal.</p>
      ) : (
        <table className="changed-values">
          <caption className="hidden-text">Values that changed</caption>
          <thead className="hidden-text">
            <tr>
              <th scope="col">Option</th>
              <th scope="col">Before</th>
              <th scope="col">After</th>
              <th scope="col">Note</th>
            </tr>
          </thead>
          <tbody>
            {values.map(({ key, before, after, note }) => (
              <tr key={key}>
                <th scope="row" className="mono">
                  {key}
                </th>
                <td className="num">
                  <Value text={before} look="changed-removed" />
                </td>
                <td>
                  <span className="quiet-text">→</span> <Value text={after} look="changed-added" />
                </td>
                <td className="second">{note}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {added.length + removed.length > 0 && (
        <p className="changed-note second">
          {added.length > 0 && `New operators: ${added.join(', ')}. `}
          {removed.length > 0 && `Operators that are gone: ${removed.join(', ')}.`}
        </p>
      )}
    </details>
  );
}

function Value({ text, look }: { text: string | null; look: string }) {
  if (text === null) return <span className="quiet-text">not set</span>;
  return <span className={`changed-value ${look}`}>{text === '' ? 'none' : text}</span>;
}
