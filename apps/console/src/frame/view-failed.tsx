/** In place of a view that broke: what happened, what is still true, what to do. */
import type { ErrorComponentProps } from '@tanstack/react-router';
import { Notice } from '../components/notice.tsx';

export function ViewFailed({ error, reset }: ErrorComponentProps) {
  return (
    <Notice title="This view could not be shown." retry={reset}>
      {error instanceof Error ? error.message : String(error)} The server and its jobs are not
      touched by this. If it stays, reload the page.
    </Notice>
  );
}
