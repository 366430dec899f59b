/**
 * Jump to anything: a field over a list. The focus stays in the field; the arrows move the choice,
 * which the field points to, as in any combobox.
 */
import { Search } from 'lucide-react';
import { type KeyboardEvent, useId, useLayoutEffect, useRef, useState } from 'react';
import { markedParts, searchPalette } from '../../model/palette-search.ts';
import type { PaletteEntry } from './palette-entry.ts';
import { usePaletteEntries } from './use-palette-entries.ts';

export function CommandPalette({ close }: { close: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const listId = useId();
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState<string | null>(null);
  const groups = searchPalette(usePaletteEntries(), text);
  const flat = groups.flatMap(({ entries }) => entries);
  const at = Math.max(
    0,
    flat.findIndex(({ id }) => id === chosen),
  );
  const current = flat[at] ?? null;
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  const optionId = (entry: PaletteEntry) => `${listId}-${flat.indexOf(entry)}`;
  const currentId = current === null ? undefined : optionId(current);
  useLayoutEffect(() => {
    if (currentId !== undefined) {
      document.getElementById(currentId)?.scrollIntoView({ block: 'nearest' });
    }
  }, [currentId]);
  const run = (entry: PaletteEntry) => {
    close();
    entry.run();
  };
  const press = (event: KeyboardEvent) => {
    const next = nextIndex(event.key, at, flat.length);
    if (next !== null) setChosen(flat[next]?.id ?? null);
    else if (event.key === 'Enter' && current !== null) run(current);
    else return;
    event.preventDefault();
  };
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Esc closes it, as it does every dialog
    <dialog
      ref={dialog}
      className="palette"
      aria-label="Command palette"
      onClick={(event) => event.target === dialog.current && close()}
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
    >
      <div className="palette-field">
        <Search aria-hidden="true" />
        <input
          role="combobox"
          aria-expanded="true"
          aria-controls={listId}
          aria-activedescendant={currentId}
          aria-autocomplete="list"
          aria-label="Jump to"
          placeholder="Jump to a job, an operator, an action"
          autoComplete="off"
          spellCheck={false}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setChosen(null);
          }}
          onKeyDown={press}
        />
        <kbd className="kbd">Esc</kbd>
      </div>
      <div className="palette-list" id={listId} role="listbox" aria-label="Found">
        {groups.map(({ name, entries }) => (
          // biome-ignore lint/a11y/useSemanticElements: a group of options, not of form fields
          <div role="group" aria-label={name} key={name}>
            <div className="palette-group" aria-hidden="true">
              {name}
            </div>
            {entries.map((entry) => (
              <PaletteOption
                key={entry.id}
                id={optionId(entry)}
                entry={entry}
                text={text}
                selected={entry === current}
                point={() => setChosen(entry.id)}
                run={() => run(entry)}
              />
            ))}
          </div>
        ))}
      </div>
      {flat.length === 0 && (
        <p className="palette-none" role="status">
          Nothing is called so.
        </p>
      )}
      <footer className="palette-keys">
        <span>
          <kbd className="kbd">↑</kbd> <kbd className="kbd">↓</kbd> move
        </span>
        <span>
          <kbd className="kbd">↵</kbd> open
        </span>
        <span>type to find operators, jobs, actions, times, pages</span>
      </footer>
    </dialog>
  );
}

interface PaletteOptionProps {
  readonly id: string;
  readonly entry: PaletteEntry;
  /** What was typed. */
  readonly text: string;
  readonly selected: boolean;
  readonly point: () => void;
  readonly run: () => void;
}

function PaletteOption({ id, entry, text, selected, point, run }: PaletteOptionProps) {
  const Icon = entry.icon;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keyboard stays in the field above
    // biome-ignore lint/a11y/useFocusableInteractive: pointed to by the field, never focused
    <div
      id={id}
      role="option"
      aria-selected={selected}
      className="palette-option"
      onPointerMove={point}
      onClick={run}
    >
      <Icon aria-hidden="true" />
      <span>
        {markedParts(entry.label, text).map((part, at) =>
          // biome-ignore lint/suspicious/noArrayIndexKey: parts are known by their place
          part.hit ? <b key={at}>{part.text}</b> : part.text,
        )}
      </span>
      {entry.cause && <span className="chip cause">Bottleneck</span>}
      <small>{entry.note}</small>
    </div>
  );
}

/** Where an arrow leads, around the ends; null for other keys. */
function nextIndex(key: string, at: number, length: number): number | null {
  if (length === 0) return null;
  if (key === 'ArrowDown') return (at + 1) % length;
  if (key === 'ArrowUp') return (at + length - 1) % length;
  return null;
}
