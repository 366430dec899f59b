/** Keys that work on every page, the overlays they open, and the list of them. */
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useSyncExternalStore } from 'react';
import { Dialog } from '../components/dialog.tsx';
import { KeySequence, type Shortcut } from './key-sequence.ts';
import { currentOverlay, setOverlay, subscribeOverlay } from './overlay.ts';
import { CommandPalette } from './palette/command-palette.tsx';

export function Overlays() {
  const overlay = useSyncExternalStore(subscribeOverlay, currentOverlay);
  useShortcuts();
  if (overlay === 'palette') return <CommandPalette close={() => setOverlay(null)} />;
  return overlay === 'shortcuts' ? <ShortcutList close={() => setOverlay(null)} /> : null;
}

const PLACES = {
  overview: '/c/embedded/overview',
  jobs: '/c/embedded/jobs',
  'task-managers': '/c/embedded/task-managers',
} as const satisfies Partial<Record<Shortcut, string>>;

function useShortcuts(): void {
  const navigate = useNavigate();
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
      if (shortcut === 'palette' || shortcut === 'shortcuts') setOverlay(shortcut);
      else void navigate({ to: PLACES[shortcut] });
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, [navigate]);
}

function isField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.closest('input, textarea, select') !== null;
}

const SHORTCUTS: readonly (readonly [string, string])[] = [
  ['Ctrl K or ⌘ K', 'Jump to a job, an operator, an action'],
  ['g then o', 'Overview'],
  ['g then j', 'Jobs'],
  ['g then t', 'Task managers'],
  ['Arrow keys', 'In the graph: along the edges'],
  ['Enter', 'In the graph: open the inspector'],
  ['Esc', 'Close what lies on top'],
  ['?', 'This list'],
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
      <dl className="shortcuts">
        {SHORTCUTS.map(([keys, what]) => (
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
