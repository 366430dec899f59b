/** The frame around every view: top bar, rail, the view itself, toasts. */
import { Outlet, useRouterState } from '@tanstack/react-router';
import { useConnection } from '../live/use-live.ts';
import { Rail } from './rail.tsx';
import { Overlays } from './shortcuts.tsx';
import { Toasts } from './toasts.tsx';
import { TopBar } from './top-bar.tsx';

export function AppFrame() {
  const { phase } = useConnection();
  const routing = useRouterState({ select: (state) => state.isLoading });
  return (
    <div className="app">
      <a className="skip" href="#main">
        Skip to content
      </a>
      <TopBar />
      <Rail />
      <main
        id="main"
        className="main"
        data-stale={phase === 'reconnecting' || undefined}
        aria-busy={routing}
        tabIndex={-1}
      >
        <Outlet />
      </main>
      <Toasts />
      <Overlays />
    </div>
  );
}
