/** What a savepoint's toast says besides its result: for whom it waits, and what can be done next. */
import { useNavigate } from '@tanstack/react-router';
import { useJob } from '../../../live/use-live.ts';
import { vertexTitle } from '../../../model/graph/vertex-title.ts';
import type { ActionWords } from './follow-action.ts';
import { setAction } from './open-action.ts';

export function useActionSteps(
  jobId: string,
): Required<Pick<ActionWords, 'names' | 'onSuccess' | 'onFailure'>> {
  const navigate = useNavigate();
  const vertices = useJob(({ topology }) => topology?.vertices ?? null);
  const params = { jobId };
  return {
    names: new Map((vertices ?? []).map((vertex) => [vertex.id, vertexTitle(vertex)])),
    onSuccess: ({ path }) =>
      path === null
        ? []
        : [
            {
              label: 'Restart from it…',
              run: () => {
                setAction({ jobId, action: 'restart', from: path });
                void navigate({ to: '/c/embedded/jobs/$jobId/checkpoints', params });
              },
            },
            { label: 'All savepoints', run: () => void navigate({ to: '/c/embedded/savepoints' }) },
          ],
    onFailure: [
      {
        label: 'See the checkpoints',
        run: () => void navigate({ to: '/c/embedded/jobs/$jobId/checkpoints', params }),
      },
    ],
  };
}
