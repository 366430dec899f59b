/** The document's title: what is shown, then the product. */
import { useEffect } from 'react';

export function useTitle(subject: string): void {
  useEffect(() => {
    document.title = `${subject} · Weir`;
  }, [subject]);
}
