/** Keys that work on every page, the overlays they open, and the list of them. */
import { useNavigate, useParams } from '@tanstack/react-router';
import { useCallback, useEffect, useRef, useSyncExternalStore } from 'react';
import { Dialog } from '../components/dialog.tsx';
import { JOB_VIEWS } from './job-views.ts';
import { KeySequence, type TimeKey } from './key-sequence.ts';
import { currentOverlay, setOverlay, subscribeOverlay } from './overlay.ts';
import { CommandPalette } from './palette/command-palette.tsx';
import { type TimeTravel, useTimeTravel } from './time/use-time-travel.ts';

export function Overlays() {
  const overlay = useSyncExternalStore(subscribeOverlay, currentOverlay);
  useShortcuts();
  if (overlay === 'palette') return <CommandPalette close={() => setOverlay(null)} />;
  return overlay === 'shortcuts' ? <ShortcutList close={() => setOverlay(null)} /> : null;
}

const PLACES: Readonly<Record<string, { readonly label: string; readonly to: PlacePath }>> = {
  o: { label: 'Overview', to: '/c/embedded/overview' },
  j: { label: 'Jobs', to: '/c/embedded/jobs' },
  t: { label: 'Task managers', to: '/c/embedded/task-managers' },
  v: { label: 'Savepoints', to: '/c/embedded/savepoints' },
  s: { label: 'Settings', to: '/c/embedded/settings' },
};
type PlacePath =
  | '/c/embedded/overview'
  | '/c/embedded/jobs'
  | '/c/embedded/task-managers'
  | '/c/embedded/savepoints'
  | '/c/embedded/settings';

function useShortcuts(): void {
  const jump = useJump();
  const travel = useTimeTravel();
  const sequence = useRef(new KeySequence());
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      // A dialog has the keyboard to itself.
      if (event.defaultPrevented || document.querySelector('dialog[open]') !== null) return;
      const shortcut = sequence.current.press({
        key: event.key,
        ctrlOrMeta: event.ctrlKey || event.metaKey,
        alt: event.altKey,
        typing: isField(event.target),
        at: event.timeStamp,
      });
      if (shortcut === null) return;
      event.preventDefault();
      if (shortcut.kind === 'overlay') setOverlay(shortcut.overlay);
      else if (shortcut.kind === 'jump') jump(shortcut.key);
      else if (travel !== null) move(travel, shortcut.key);
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, [jump, travel]);
}

function move(travel: TimeTravel, key: TimeKey): void {
  if (key === 'live') travel.goLive();
  else if (key === 'earlier') travel.step(-1);
  else if (key === 'later') travel.step(1);
  else if (travel.moment.kind === 'live') travel.pause();
}

/** To a place, or to a view of the job whose page is open. */
function useJump(): (key: string) => void {
  const navigate = useNavigate();
  const { jobId } = useParams({ strict: false });
  return useCallback(
    (key: string) => {
      const place = PLACES[key];
      const view = JOB_VIEWS.find((one) => one.key === key);
      if (place !== undefined) void navigate({ to: place.to });
      else if (view !== undefined && jobId !== undefined) {
        void navigate({ to: view.to, params: { jobId } });
      }
    },
    [navigate, jobId],
  );
}

function isField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.closest('input, textarea, select') !== null;
}

interface ShortcutGroup {
  readonly title: string;
  readonly keys: readonly (readonly [string, string])[];
}

const SHORTCUTS: readonly ShortcutGroup[] = [
  {
    title: 'Go to',
    keys: Object.entries(PLACES).map(([key, { label }]) => [`g then ${key}`, label] as const),
  },
  {
    title: 'Views of the open job',
    keys: JOB_VIEWS.map(({ key, label }) => [`g then ${key}`, label] as const),
  },
  {
    title: 'Time',
    keys: [
      ['p', 'Pause the page; the job goes on'],
      ['[ or ]', 'One step back or on'],
      ['l', 'Back to live'],
      ['Drag', 'On a strip of time: scrub; with Shift, a range'],
    ],
  },
  {
    title: 'Graph',
    keys: [
      ['b', 'To the bottleneck'],
      ['Arrow keys', 'Along the edges'],
      ['Enter', 'Open the inspector, or a group'],
      ['u', 'Up from a group'],
      ['+ or -', 'Nearer, farther'],
      ['0', 'Show all of it'],
      ['/', 'Find an operator'],
    ],
  },
  {
    title: 'Anywhere',
    keys: [
      ['Ctrl K or ⌘ K', 'Jump to a job, an operator, an action'],
      ['Esc', 'Close what lies on top'],
      ['?', 'This list'],
    ],
  },
];

function ShortcutList({ close }: { close: () => void }) {
  return (
    <Dialog
      title="Keyboard shortcuts"
      close={close}
      submit={close}
      footer={
        <button type="submit" className="btn primary">
          Close
        </button>
      }
    >
      <div className="shortcuts">
        {SHORTCUTS.map(({ title, keys: list }) => (
          <section key={title} aria-label={title}>
            <h3>{title}</h3>
            <dl>
              {list.map(([keys, what]) => (
                <div key={keys}>
                  <dt>
                    {keys.split(/ (?=or |then )/).map((part) => (
                      <Keys key={part} part={part} />
                    ))}
                  </dt>
                  <dd>{what}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}

function Keys({ part }: { part: string }) {
  const [, word = '', keys = ''] = /^(or |then )?(.*)$/.exec(part) ?? [];
  return (
    <>
      {word !== '' && ` ${word}`}
      <kbd className="kbd">{keys}</kbd>
    </>
  );
}
