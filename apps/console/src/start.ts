/**
 * The page's first code: asks for the live data and for the code of the view side by side, so that
 * neither waits until the other is there.
 */
import './live/without-eval.ts';
import { startTheme } from './frame/theme.ts';
import { LiveData } from './live/live-data.ts';

startTheme();

const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
const live = new LiveData(`${scheme}://${location.host}/ws`);
live.connect();

const [, jobId, view] =
  /^\/c\/embedded\/jobs\/([0-9a-f]{32})(\/graph)?/.exec(location.pathname) ?? [];
if (jobId !== undefined) {
  live.expectJob(jobId);
  void import('./pages/job/job-page.tsx');
}
if (view !== undefined) void import('./pages/job/graph/graph-tab.tsx');
void import('./main.tsx').then(({ mount }) => mount(live));
