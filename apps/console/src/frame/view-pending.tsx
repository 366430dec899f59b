/** In place of a view whose code is on its way. */
import { Notice } from '../components/notice.tsx';
import { Skeleton } from '../components/skeleton.tsx';
import { useConnection } from '../live/use-live.ts';

export function ViewPending() {
  const { phase } = useConnection();
  if (phase !== 'reconnecting') return <Skeleton lines={5} />;
  return (
    <Notice title="The server does not answer, and this view was not open before.">
      It opens by itself as soon as the server answers. What the other views show stays.
    </Notice>
  );
}
