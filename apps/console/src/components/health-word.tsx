/** How a job does, in a word with its sign. */
import { Check, TriangleAlert } from 'lucide-react';
import type { JobHealth } from '../model/jobs/job-health.ts';

const ICONS = { fail: TriangleAlert, warn: TriangleAlert, ok: Check, plain: null };

export function HealthWord({ health: { tone, head } }: { health: JobHealth }) {
  const Icon = ICONS[tone];
  return (
    <span className={`health-word health-${tone}`}>
      {Icon !== null && <Icon aria-hidden="true" />}
      {head}
    </span>
  );
}
