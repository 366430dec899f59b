/** The console in its page: styles, queries, routes. */
import '@fontsource-variable/inter/index.css';
import '@fontsource-variable/jetbrains-mono/index.css';
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/states.css';
import './styles/dialogs.css';
import './styles/frame.css';
import './styles/tables.css';
import './styles/time.css';
import './styles/verdict.css';
import './styles/job.css';
import './styles/operate.css';
import './styles/palette.css';
import './styles/logs.css';
import './styles/task-managers.css';
import './styles/forced-colors.css';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { router } from './frame/routes.tsx';
import type { LiveData } from './live/live-data.ts';
import { LiveDataContext } from './live/use-live.ts';

const queries = new QueryClient({
  defaultOptions: { queries: { retry: 1, refetchOnWindowFocus: true, staleTime: 2000 } },
});

/** @param live connected already. */
export function mount(live: LiveData): void {
  const element = document.getElementById('root');
  if (element === null) return;
  createRoot(element).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <LiveDataContext value={live}>
          <RouterProvider router={router} />
        </LiveDataContext>
      </QueryClientProvider>
    </StrictMode>,
  );
}
