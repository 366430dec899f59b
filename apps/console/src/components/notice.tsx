/** What happened, what is still true, what to do: in place of what could not be shown. */
import { TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';

export interface NoticeProps {
  readonly title: string;
  readonly children: ReactNode;
  readonly retry?: (() => void) | undefined;
}

export function Notice({ title, children, retry }: NoticeProps) {
  return (
    <div className="notice" role="alert">
      <TriangleAlert aria-hidden="true" />
      <div>
        <strong>{title}</strong>
        <p>{children}</p>
        {retry !== undefined && (
          <button type="button" className="btn" onClick={retry}>
            Try again
          </button>
        )}
      </div>
    </div>
  );
}
