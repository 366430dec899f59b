/** Which two versions are held against each other; the later one is the page's job. */
import type { Deployment } from '@weir/console-protocol';
import { useNavigate } from '@tanstack/react-router';
import { momentSearch } from '../../../model/time/moment.ts';

export interface VersionChoiceProps {
  /** Newest first. */
  readonly all: readonly Deployment[];
  readonly before: Deployment;
  readonly after: Deployment;
  readonly compare: (one: Deployment) => void;
}

export function VersionChoice({ all, before, after, compare }: VersionChoiceProps) {
  const navigate = useNavigate();
  const show = ({ jobId }: Deployment) =>
    void navigate({
      to: '/c/embedded/jobs/$jobId/what-changed',
      params: { jobId },
      search: momentSearch({ kind: 'live' }),
    });
  return (
    <span className="changed-choice">
      <span className="micro">Compare</span>
      <Versions
        label="The version compared with"
        all={all}
        other={after}
        of={before}
        to={compare}
      />
      <span aria-hidden="true">→</span>
      <Versions label="The version shown" all={all} other={null} of={after} to={show} />
    </span>
  );
}

interface VersionsProps {
  readonly label: string;
  readonly all: readonly Deployment[];
  /** It cannot be chosen on this side. */
  readonly other: Deployment | null;
  readonly of: Deployment;
  readonly to: (one: Deployment) => void;
}

function Versions({ label, all, other, of, to }: VersionsProps) {
  return (
    <select
      aria-label={label}
      value={of.jobId}
      onChange={({ target }) => {
        const chosen = all.find(({ jobId }) => jobId === target.value);
        if (chosen !== undefined) to(chosen);
      }}
    >
      {all
        .filter((one) => one !== other)
        .map(({ jobId, version, state }) => (
          <option key={jobId} value={jobId}>
            v{version}, {state.toLowerCase()}
          </option>
        ))}
    </select>
  );
}
